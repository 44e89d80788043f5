"""``switchboard ingest`` with the real library, in this process."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from switchboard.commands import texts
from switchboard.commands.ingest import _bar
from switchboard.plugins import Setup
from tools.retrieval.ingest import IngestProblem, IngestProgress, IngestReport


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "handbook"
    place.mkdir()
    (place / "leave.md").write_text("# Leave policy\n\nParents have 16 weeks of paid leave.\n")
    return place


def test_what_was_added_is_counted_and_skipped_the_next_time(run: Any, folder: Path) -> None:
    first = run("ingest", str(folder))
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("1 added, 0 changed, 0 unchanged; 1 pages read in ")
    assert run("ingest", str(folder)).out.startswith("0 added, 0 changed, 1 unchanged; 0 pages read in ")


def test_what_can_not_be_read_is_listed_with_the_reason(run: Any, folder: Path) -> None:
    (folder / "empty.pdf").touch()
    outcome = run("ingest", str(folder))
    assert outcome.code == 1
    assert "Not ingested:\n  " in outcome.out
    assert "empty.pdf: " in outcome.out


def test_the_report_can_be_json(run: Any, folder: Path) -> None:
    report = json.loads(run("ingest", str(folder), "missing", "--json").out)
    assert (report["kind"], report["added"]) == ("ingest", 1)
    (problem,) = report["failed"]
    assert problem["path"].endswith("missing")
    assert problem["reason"]


def test_whoever_ingests_is_the_one_who_may_read(run: Any, folder: Path) -> None:
    run("ingest", str(folder), "--as", "ann")
    ask = ("chat", "--once", "How long is parental leave?", "--json")
    ann, bob = (json.loads(run(*ask, "--as", user).out.splitlines()[-1]) for user in ("ann", "bob"))
    assert [citation["title"] for citation in ann["citations"]] == ["Leave policy"]
    assert bob["citations"] == []


def test_public_documents_are_for_everybody(run: Any, folder: Path) -> None:
    run("ingest", str(folder), "--public", "--as", "ann")
    reply = json.loads(
        run("chat", "--once", "How long is parental leave?", "--json", "--as", "bob").out.splitlines()[-1]
    )
    assert [citation["title"] for citation in reply["citations"]] == ["Leave policy"]


def test_ctrl_c_says_that_nothing_is_lost(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await __import__("asyncio").Event().wait()

    monkeypatch.setattr("tools.retrieval.ingest.ingest", interrupted)
    outcome = run("ingest", str(folder))
    assert (outcome.code, outcome.err) == (130, f"{texts.INGEST_STOPPED}\n")


def test_a_retriever_that_takes_no_documents_says_so(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Setup, "backend", lambda self, role: object())
    outcome = run("ingest", str(folder))
    assert outcome.code == 2
    assert "takes no documents from here" in outcome.err


def test_the_summary_names_what_is_not_whole() -> None:
    report = IngestReport(
        added=1,
        removed=2,
        failed=(IngestProblem(path="a\x1b.pdf", reason="it is damaged"),),
        warnings=(IngestProblem(path="b.pdf", reason="page 7 has no text"),),
        pages=9,
        seconds=1.25,
    )
    assert texts.ingested(report) == (
        "1 added, 0 changed, 0 unchanged, 2 removed, 1 failed; 9 pages read in 1.2 s.\n"
        "Not ingested:\n  a␛.pdf: it is damaged\n"
        "Ingested, but not whole:\n  b.pdf: page 7 has no text"
    )


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    from io import StringIO

    from rich.console import Console

    console = Console(file=StringIO(), force_terminal=True, width=80)
    monkeypatch.setattr("channels.terminal.console.stderr_console", lambda: console)
    with _bar() as progress:
        progress(IngestProgress(done=1, total=2, name="a[b]\x1b.pdf"))
        console.print("-")
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1/2" in shown
    assert "a[b]␛.pdf" in shown
