"""The first minutes of a newcomer: what `make` says, and what it says when something is missing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BOOTSTRAP = ROOT / "scripts" / "bootstrap.sh"


def script(path: Path, *lines: str) -> Path:
    """A shell script that can be run."""
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder of commands without apt-get, and a checkout with nothing but the bootstrap script."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("dirname", "id", "rm", "touch", "env", "sh"):
        found = shutil.which(name)
        assert found
        (commands / name).symlink_to(found)
    (tmp_path / "checkout" / "scripts").mkdir(parents=True)
    shutil.copy(BOOTSTRAP, tmp_path / "checkout" / "scripts")
    return tmp_path


def bootstrap(machine: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run the bootstrap script with a certain Python."""
    return subprocess.run(
        [machine / "checkout" / "scripts" / "bootstrap.sh", "run"],
        env={"PATH": str(machine / "commands"), "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[0].split()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    printed = subprocess.run(["make"], cwd=ROOT, env=plain, capture_output=True, text=True, check=True).stdout
    assert [target for target in targets if f"make {target}" not in printed] == []


def test_a_missing_python_is_named(bare_machine: Path) -> None:
    result = bootstrap(bare_machine, "python9")
    assert result.returncode == 1
    assert "python9 was not found" in result.stderr


def test_an_old_python_is_refused_with_its_version(bare_machine: Path) -> None:
    old = 'case "$1" in --version) echo "Python 3.9.1" ;; *) exit 1 ;; esac'
    result = bootstrap(bare_machine, str(script(bare_machine / "python", old)))
    assert result.returncode == 1
    assert "Python 3.9.1 is too old: Switchboard needs 3.11" in result.stderr


def test_a_python_that_makes_no_environments_is_told_what_to_install(bare_machine: Path) -> None:
    without = 'case "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac'
    result = bootstrap(bare_machine, str(script(bare_machine / "python", without)))
    assert result.returncode == 1
    assert "sudo apt install python3-venv" in result.stderr
    assert not (bare_machine / "checkout" / ".venv").exists()
