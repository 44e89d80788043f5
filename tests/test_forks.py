"""A command that branches off a process with its imports does what one in a new interpreter does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .forks import switchboard


def env_of(folder: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "SWITCHBOARD_DATA_DIR": str(folder / "data"), "COLUMNS": "80", **more}


@pytest.mark.parametrize("arguments", [["--version"], ["dance"], ["open", "nowhere"], ["jobs", "list"]])
def test_it_prints_and_ends_as_in_a_new_interpreter(arguments: list[str], tmp_path: Path) -> None:
    branched = switchboard(arguments, folder=tmp_path, env=env_of(tmp_path))
    command = [sys.executable, "-m", "switchboard", *arguments]
    env, nothing = env_of(tmp_path), subprocess.DEVNULL
    new = subprocess.run(command, cwd=tmp_path, env=env, stdin=nothing, capture_output=True, text=True, check=False)
    assert (branched.returncode, branched.stdout, branched.stderr) == (new.returncode, new.stdout, new.stderr)


def test_it_has_the_folder_and_the_environment_it_is_given_and_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\nprint(os.getcwd(), os.environ['A'], 'HOME' in os.environ, repr(sys.stdin.read()))\n"
    )
    printed = switchboard(["--version"], folder=tmp_path, env={"PYTHONPATH": str(tmp_path), "A": "b"}).stdout
    assert printed.splitlines()[0] == f"{tmp_path} b False ''"


def test_it_is_ended_when_it_takes_too_long(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import threading\nthreading.Event().wait()\n")
    with pytest.raises(subprocess.TimeoutExpired):
        switchboard(["--version"], folder=tmp_path, env={"PYTHONPATH": str(tmp_path)}, seconds=0.2)
