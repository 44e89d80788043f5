"""Finding the command, help that is quick, and complaints that help."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from switchboard.commands import COMMANDS

FORBIDDEN = (
    "pydantic",
    "rich",
    "prompt_toolkit",
    "asyncio",
    "channels",
    "agent",
    "tools",
    "stores",
    "langgraph",
    "numpy",
)


def test_help_imports_nothing_that_takes_time() -> None:
    code = "import sys; from switchboard.__main__ import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert not loaded.intersection(FORBIDDEN)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command(run: Any, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert outcome.code == 0
    assert all(f"  {name} " in outcome.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Any, command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.code == 0
    assert "--data-dir" in outcome.out


def test_the_command_is_installed() -> None:
    done = subprocess.run([sys.executable, "-m", "switchboard", "version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"switchboard \S+ \(Python 3\.\d+\.\d+\)\n", done.stdout)


def test_the_version_is_an_option_as_well(run: Any) -> None:
    assert run("--version").out == run("version").out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["chta"], "Did you mean 'chat'?"),
        (["zzz"], "`switchboard --help` lists them."),
        (["chat", "--jsn"], "Did you mean --json?"),
        (["chat", "--zzz"], "`switchboard chat --help`"),
        (["chat", "--once"], "expected one argument"),
        (["ingest"], "PATH"),
        (["serve", "--port", "99999"], "a number from 0 to 65535"),
        (["--data-dir"], "expected one argument"),
        (["chat", "--json"], "--once"),
        (["chat", "--attach", "a"], "/attach FILE"),
        (["chat", "--new", "--conversation", "a"], "--conversation"),
        (["chat", "--once", "a", "--as", " "], "1 to 200"),
        (["chat", "--once", "a", "--config", "missing.toml"], "missing.toml"),
        (["open", "https://example.com"], "not a link to a document"),
    ],
)
def test_a_mistake_is_one_sentence_with_what_to_do(run: Any, arguments: list[str], hint: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("switchboard: ")
    assert hint in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_broken_settings_file_is_named_with_its_line_and_the_fix(run: Any, tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text('[turn]\nbussy = "queue"\n')
    outcome = run("chat", "--once", "a")
    assert outcome.code == 2
    assert "switchboard.toml, line 2" in outcome.err
    assert "Did you mean turn.busy?" in outcome.err


def test_options_of_every_command_may_stand_anywhere(run: Any, tmp_path: Path) -> None:
    for arguments in (["--data-dir", "here", "tools"], ["tools", "--data-dir", "here"]):
        assert run(*arguments).code == 0
    assert (tmp_path / "here" / "logs" / "switchboard.log").exists()
