"""What the terminal's tests share: the scripted assistant, consoles that remember, and a terminal of their own."""

import runpy
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def scripted() -> SimpleNamespace:
    """What the scripted assistant's file defines; the file is a program as well."""
    return SimpleNamespace(**runpy.run_path(str(HERE / "scripted_assistant.py")))


@pytest.fixture
def pipe() -> Console:
    """A console that is not a terminal."""
    return Console(file=StringIO(), markup=False, emoji=False, highlight=False)


@pytest.fixture
def screen() -> Console:
    """A console that is a terminal with colours, 60 columns wide."""
    return Console(
        file=StringIO(), force_terminal=True, width=60, height=20, markup=False, emoji=False, highlight=False
    )


@pytest.fixture(scope="session")
def terminal() -> Any:
    """The class of pseudo-terminals, to start programs with."""
    return runpy.run_path(str(HERE / "pseudo_terminal.py"))["Terminal"]


@pytest.fixture
def chatting(terminal: Any, tmp_path: Path) -> Iterator[Any]:
    """A chat with the scripted assistant, at its first prompt."""
    with terminal([str(HERE / "scripted_assistant.py"), str(tmp_path)]) as running:
        running.wait_for("›")
        yield running
