"""The real assistant with the embedded models on a served page, and the command in a process of its own."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agent.assistant import build
from switchboard.settings import load
from tests.channels.websocket.conftest import Site, site_of
from tests.forks import Done, switchboard

Command = Callable[..., Done]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of the server and the command."""
    return tmp_path / "data"


@pytest.fixture
def command(tmp_path: Path, data: Path) -> Command:
    """Runs ``switchboard``; a module called ``sitecustomize`` in the folder runs first."""

    def run(*arguments: str, folder: Path = data) -> Done:
        env = {**os.environ, "SWITCHBOARD_DATA_DIR": str(folder), "PYTHONPATH": str(tmp_path), "COLUMNS": "200"}
        return switchboard(arguments, folder=tmp_path, env=env)

    return run


@pytest.fixture
async def real(data: Path) -> AsyncIterator[Site]:
    """The web chat with all its parts, on an empty library."""
    async with site_of(build(load(None, {"SWITCHBOARD_DATA_DIR": str(data)}))) as site:
        yield site
