"""``switchboard chat`` and ``switchboard open``, with an assistant that plays a script."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from switchboard.assistant import SourceFile
from switchboard.errors import BackendError
from switchboard.wire import event_from_json

MEMBERS = {"kind", "text", "status", "citations", "artifacts", "warnings", "question", "job", "tools"}
MEMBERS |= {"input_tokens", "output_tokens", "trace_id", "incident"}
CITATION = {"kind", "number", "title", "source", "page", "link", "quote", "document", "score", "seq"}


class Stdin(io.StringIO):
    """Standard input as a pipe has it."""


def test_the_reply_is_printed_and_nothing_else(run: Any, assistant: Any) -> None:
    outcome = run("chat", "--once", "hello")
    assert (outcome.code, outcome.out, outcome.err) == (0, "You said hello\n", "")


def test_every_line_of_json_is_an_event_and_the_last_is_the_reply(run: Any, assistant: Any) -> None:
    outcome = run("chat", "--once", "leave?", "--json")
    *events, reply = [json.loads(line) for line in outcome.out.splitlines()]
    assert [event_from_json(event).kind for event in events] == [event["kind"] for event in events]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert set(reply) == MEMBERS
    assert reply["kind"] == "reply"
    (citation,) = reply["citations"]
    assert set(citation) == CITATION
    assert (citation["title"], citation["page"]) == ("Leave policy", 3)
    assert citation["link"] == "switchboard://documents/doc%2F1#page=3"
    assert [tool["tool"] for tool in reply["tools"]] == ["search_documents"]


def test_a_failed_reply_exits_with_1(run: Any, assistant: Any) -> None:
    outcome = run("chat", "--once", "broken?")
    assert (outcome.code, outcome.out) == (1, "")
    assert "incident abc123" in outcome.err


def test_a_failing_backend_exits_with_1_and_an_incident(run: Any, assistant: Any) -> None:
    assistant.on_offer = BackendError(service="s", operation="o", code="c")
    outcome = run("chat", "--once", "hello")
    assert outcome.code == 1
    assert "not available right now" in outcome.err
    assert "incident" in outcome.err


@pytest.mark.parametrize("question", ["", "  ", "\n"])
def test_a_blank_question_exits_with_2(run: Any, assistant: Any, question: str) -> None:
    outcome = run("chat", "--once", question)
    assert outcome.code == 2
    assert "There is no question." in outcome.err


def test_a_missing_attachment_exits_with_2(run: Any, assistant: Any) -> None:
    outcome = run("chat", "--once", "a", "--attach", "missing.pdf")
    assert outcome.code == 2
    assert "There is no file missing.pdf." in outcome.err
    assert not assistant.offered


def test_files_are_attached_in_order(run: Any, assistant: Any, tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(name)
    assert run("chat", "--once", "a", "--attach", "b.txt", "--attach", "a.txt").code == 0
    assert [file.name for file in assistant.offered[0].attachments] == ["b.txt", "a.txt"]


def test_the_question_can_come_from_standard_input(run: Any, assistant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin("two\nlines\n"))
    run("chat", "--once", "-")
    assert assistant.offered[0].text == "two\nlines"


def test_a_question_without_end_is_refused(run: Any, assistant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin("x" * 4_000_001))
    outcome = run("chat", "--once", "-")
    assert outcome.code == 2
    assert "too long" in outcome.err


def test_the_principal_is_who_is_logged_in(run: Any, assistant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ann")
    run("chat", "--once", "a")
    principal = assistant.offered[0].principal
    assert (principal.id, principal.groups, principal.verified) == ("ann", frozenset(), True)


def test_the_principal_can_be_somebody_else(run: Any, assistant: Any) -> None:
    run("chat", "--once", "a", "--as", "bob", "--group", "hr", "legal", "--group", "all")
    principal = assistant.offered[0].principal
    assert (principal.id, principal.groups) == ("bob", frozenset({"hr", "legal", "all"}))


def test_questions_in_a_pipe_are_one_conversation(run: Any, assistant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin("one\n\ntwo\n"))
    outcome = run("chat", "--conversation", "c")
    assert outcome.out == "You said one\nYou said two\n"
    assert {message.conversation.thread for message in assistant.offered} == {"c"}


PROGRAM = """
import runpy, sys
from contextlib import asynccontextmanager
from switchboard.__main__ import main
from switchboard.commands import running

scripted = runpy.run_path(sys.argv[1])

@asynccontextmanager
async def instead(setup, **options):
    yield scripted["ScriptedAssistant"](scripted["SCRIPTS"])

running.assistant = instead
sys.exit(main(sys.argv[2:]))
"""
COMMAND = [sys.executable, "-c", PROGRAM, str(Path(__file__).parents[1] / "channels/terminal/scripted_assistant.py")]


def test_a_reader_that_goes_away_is_no_fault_of_ours(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [*COMMAND, "chat", "--data-dir", str(tmp_path), "--once", "leave?", "--json"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_full_disk_under_the_output_is_a_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [*COMMAND, "chat", "--data-dir", str(tmp_path), "--once", "leave?"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "The disk is full." in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_encoding_without_the_letters_shows_question_marks(tmp_path: Path) -> None:
    command = [*COMMAND, "chat", "--data-dir", str(tmp_path), "--once", "Größe?"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "You said Gr??e?\n", "")


def test_a_link_of_the_json_can_be_opened(run: Any, assistant: Any) -> None:
    assistant.sources["doc/1"] = SourceFile(name="leave.pdf", title="Leave", media_type="application/pdf", data=b"%")
    link = json.loads(run("chat", "--once", "leave?", "--json").out.splitlines()[-1])["citations"][0]["link"]
    outcome = run("open", link, "--as", "bob", "--group", "hr")
    assert outcome.code == 0
    assert Path(outcome.out.strip()).read_bytes() == b"%"
    _, principal, _ = assistant.source_calls[-1]
    assert (principal.id, principal.groups) == ("bob", frozenset({"hr"}))


def test_a_document_that_is_not_there_or_not_allowed_is_not_opened(run: Any, assistant: Any) -> None:
    outcome = run("open", "switchboard://documents/d")
    assert (outcome.code, outcome.out) == (2, "")
    assert "can't be opened" in outcome.err
