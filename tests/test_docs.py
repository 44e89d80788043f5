"""The documentation is true: every fenced block runs or parses, every link leads somewhere.

A block's info string is its language and flags. A ``python`` block runs, in a folder of the page's own. Commands are
marked ``run``, or ``not-run="the reason"``, as is a ``python`` block that can't run: ``bash`` has a command a line,
``console`` shows what a command prints, too, with ``...`` for anything. ``toml`` loads as settings, ``json`` parses. A
block with ``file=name`` is kept under that name for the blocks after it.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from switchboard.settings import load
from tests.forks import switchboard

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/*.md")])
PROSE = frozenset({"text", "mermaid", "html", "markdown"})
"""Languages of blocks that are to be looked at."""
QUOTED = re.compile(r"""'[^']*'|"[^"$`\\]*\"""")
SHELL = re.compile(r"[|&;<>()$`*?\[\]{}~#!\\'\"\n]")
"""What only a shell understands, outside of quotation marks."""
SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: where it stands, its language, its flags and what is in it."""

    line: int
    language: str
    flags: dict[str, str]
    text: str


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for token in MarkdownIt().parse(page):
        if token.type == "fence":
            language, *words = shlex.split(token.info) or [""]
            flags = dict(word.partition("=")[::2] for word in words)
            yield Block(line=(token.map or [0])[0] + 1, language=language, flags=flags, text=token.content)


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """What a person would type, and what is shown of what that prints: nothing where nothing is said."""
    text = block.text.replace("\\\n", "")
    if block.language == "console":
        for entry in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = entry.partition("\n")
            yield command, shown.strip()
    else:
        yield from ((line, "") for line in text.splitlines() if line.strip() and not line.startswith("#"))


def shows(printed: str, shown: str) -> bool:
    """Whether a command printed what a page shows; ``...`` stands for anything."""
    pattern = ".*".join(re.escape(piece) for piece in shown.split("..."))
    return not shown or re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def fault(block: Block) -> str:
    """What keeps a block from being checked, or nothing."""
    if "not-run" in block.flags:
        return "" if block.flags["not-run"] else "not-run needs a reason"
    if block.language in ("bash", "console") and "run" not in block.flags:
        return "it is marked neither run nor not-run"
    known = {"python", "bash", "console", "toml", "json"} | PROSE
    return "" if block.language in known else f"its language {block.language!r} is not checked by any test"


def environment(folder: Path) -> dict[str, str]:
    """As a newcomer has it: no settings, an empty data folder, the command on the path; and no network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHBOARD_")}
    return {
        **kept,
        "SWITCHBOARD_DATA_DIR": str(folder / "data"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "tests" / "offline"), str(ROOT)]),
        "NO_COLOR": "1",
        # A page that installs a plug-in does so into its own folder, offline.
        "PIP_TARGET": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
    }


def run(command: list[str], *, folder: Path, where: str) -> str:
    """What a command prints in the page's folder; it has to succeed."""
    result = _start(command, folder)
    assert result.returncode == 0, f"{where}: {shlex.join(command)}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def _start(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    program, *arguments = command
    if program == "switchboard":
        return switchboard(arguments, folder=folder, env=environment(folder), seconds=SECONDS)
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def words(command: str) -> list[str]:
    """What runs: a shell with the line, unless it is a command of ours with nothing that only a shell understands."""
    if command.startswith("switchboard ") and not SHELL.search(QUOTED.sub("", command.strip())):
        return shlex.split(command)
    return ["bash", "-euo", "pipefail", "-c", command]


def check(block: Block, *, folder: Path, where: str) -> None:
    """Run or read a block."""
    file = folder / (block.flags.get("file") or f"block_{block.line}.txt")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text, encoding="utf-8")
    match block.language:
        case "python":
            run([sys.executable, "-W", "error", str(file)], folder=folder, where=where)
        case "bash" | "console":
            for command, shown in commands(block):
                printed = run(words(command), folder=folder, where=where)
                assert shows(printed, shown), f"{where}: {command}\n{printed}"
        case "toml" if "file" not in block.flags:
            load(file, environ={})
        case "json":
            json.loads(block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_of_a_page_is_checked_or_says_why_not(page: Path) -> None:
    found = blocks(page.read_text(encoding="utf-8"))
    assert [f"{page.name}:{block.line}: {reason}" for block in found if (reason := fault(block))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    for block in blocks(page.read_text(encoding="utf-8")):
        if "not-run" not in block.flags:
            check(block, folder=tmp_path, where=f"{page.name}:{block.line}")
        elif block.language == "toml":
            tomllib.loads(block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_page_of_settings_is_what_the_settings_say() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "settings_page.py")]
    printed = subprocess.run(
        command, cwd=ROOT, env=environment(ROOT), capture_output=True, text=True, check=True
    ).stdout
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == printed, "docs/settings.md is old: run scripts/settings_page.py --write"


def test_a_command_block_without_a_mark_is_found() -> None:
    (block,) = blocks("```bash\nls\n```\n")
    assert fault(block) == "it is marked neither run nor not-run"


def test_a_block_that_does_not_run_needs_a_reason() -> None:
    (block,) = blocks('```python not-run=""\nx\n```\n')
    assert fault(block) == "not-run needs a reason"


def test_a_language_that_nothing_checks_is_found() -> None:
    (block,) = blocks("```cobol\nx\n```\n")
    assert "cobol" in fault(block)


def test_a_failing_block_fails(tmp_path: Path) -> None:
    (block,) = blocks("```python\nraise SystemExit(3)\n```\n")
    with pytest.raises(AssertionError, match="here"):
        check(block, folder=tmp_path, where="here")


def test_a_block_can_import_a_file_of_an_earlier_one(tmp_path: Path) -> None:
    for block in blocks("```python file=given.py\nx = 1\n```\n\n```python\nimport given\nassert given.x\n```\n"):
        check(block, folder=tmp_path, where="here")


def test_a_block_reaches_no_network(tmp_path: Path) -> None:
    (block,) = blocks("```python\nimport socket\nsocket.create_connection(('192.0.2.1', 80))\n```\n")
    with pytest.raises(AssertionError, match="needs no network"):
        check(block, folder=tmp_path, where="here")


def test_what_follows_a_prompt_is_typed_and_the_rest_is_shown() -> None:
    (block,) = blocks("```console run\n$ echo a\na\n$ echo b\n```\n")
    assert list(commands(block)) == [("echo a", "a"), ("echo b", "")]


def test_three_dots_stand_for_anything() -> None:
    assert shows("one\ntwo\nthree\n", "one\n...three")


def test_a_command_that_prints_something_else_fails(tmp_path: Path) -> None:
    (block,) = blocks("```console run\n$ echo a\nb\n```\n")
    with pytest.raises(AssertionError, match="echo a"):
        check(block, folder=tmp_path, where="here")
