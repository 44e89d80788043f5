"""The real assistant with the embedded models on a served page, and the command in a process of its own."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agent.assistant import build
from switchboard.settings import load
from tests.channels.websocket.conftest import Site, site_of

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of the server and the command."""
    return tmp_path / "data"


@pytest.fixture
def command(tmp_path: Path, data: Path) -> Command:
    """Runs ``switchboard``; a module called ``sitecustomize`` in the folder runs first."""

    def run(*arguments: str, folder: Path = data) -> "subprocess.CompletedProcess[str]":
        env = {**os.environ, "SWITCHBOARD_DATA_DIR": str(folder), "PYTHONPATH": str(tmp_path), "COLUMNS": "200"}
        line = [sys.executable, "-m", "switchboard", *arguments]
        return subprocess.run(line, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
async def real(data: Path) -> AsyncIterator[Site]:
    """The web chat with all its parts, on an empty library."""
    async with site_of(build(load(None, {"SWITCHBOARD_DATA_DIR": str(data)}))) as site:
        yield site
