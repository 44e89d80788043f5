"""What the commands' tests share: running a command in this process, with an assistant that plays a script."""

import runpy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from switchboard.__main__ import main
from switchboard.commands import running

TERMINAL = Path(__file__).parents[1] / "channels" / "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], calm_logging: None) -> Run:
    """Runs a command in an empty folder, with a data folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str) -> Outcome:
        code = main(arguments)
        captured = capsys.readouterr()
        return Outcome(code=code, out=captured.out, err=captured.err)

    return command


@pytest.fixture
def calm_logging() -> Any:
    """Puts the logging back that a command has set up."""
    import logging

    root, ours = logging.getLogger(), logging.getLogger("switchboard")
    before = root.handlers[:], root.level, ours.level
    yield
    logging.captureWarnings(capture=False)
    for handler in root.handlers:
        if handler not in before[0]:
            handler.close()
    root.handlers[:], root.level = before[0], before[1]
    ours.setLevel(before[2])


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The scripted assistant, in the place of the one that the settings describe."""
    given = runpy.run_path(str(TERMINAL / "scripted_assistant.py"))
    scripted = given["ScriptedAssistant"](given["SCRIPTS"])

    @asynccontextmanager
    async def instead(setup: object, **options: object) -> AsyncIterator[Any]:
        yield scripted

    monkeypatch.setattr(running, "assistant", instead)
    return scripted


@pytest.fixture(scope="session")
def terminal() -> Any:
    """The class of pseudo-terminals, to start programs with."""
    return runpy.run_path(str(TERMINAL / "pseudo_terminal.py"))["Terminal"]
