"""``switchboard conversations``: list, show, export, delete, on real stores."""

import asyncio
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from stores.folder import FolderBlobStore
from stores.sqlite import SqliteConversationStore, SqliteJobStore
from switchboard import Attachment, Citation, Conversation, Message, MessageId, Principal, Reply, Turn
from switchboard.commands import records
from switchboard.storage import Change, Inbox
from switchboard.testing.samples import a_job
from tests.agent.shared import upload
from tools.reading import ReadingLimits
from tools.reading.keeping import FILE, Kept

ANNS = Conversation(tenant="local", channel="terminal", room="ann", thread="first/one")
BOBS = Conversation(tenant="local", channel="terminal", room="bob")


def turn(number: int, conversation: Conversation, who: str, text: str, *files: Attachment) -> Turn:
    principal = Principal(id=who, verified=True)
    name = MessageId(f"m{number}")
    message = Message(
        id=name, conversation=conversation, principal=principal, text=text, attachments=files, received_at=1000.0
    )
    citation = Citation(number=1, title="Handbook", source="handbook.pdf", page=3)
    reply = Reply(text=f"about {text} [1]", status="complete", citations=(citation,))
    return Turn(number=number, message=message, state="done", attempts=1, reply=reply, finished_at=1001.0)


async def write(folder: Path, conversation: Conversation, *turns: Turn) -> None:
    store = SqliteConversationStore(folder / "switchboard.sqlite")
    for version, one in enumerate(turns, 1):
        assert await store.commit(
            conversation, Change(follows=version - 1, inbox=Inbox(version=version, turns=version), turns=(one,))
        )
    await store.close()


async def fill(folder: Path) -> None:
    blobs = FolderBlobStore(folder / "blobs")
    digest = await upload(blobs, b"zyzzyva in a file", ANNS)
    await blobs.close()
    file = Attachment(name="notes\x1b[31m.txt", media_type="text/plain", size=17, digest=digest)
    texts = ["zyzzyva \x1b[2J?", "", "more"]
    anns = [turn(number, ANNS, "ann", text, *([file] if not number else [])) for number, text in enumerate(texts)]
    await write(folder, ANNS, *anns)
    await write(folder, BOBS, turn(0, BOBS, "bob", "quokka"))
    jobs = SqliteJobStore(folder / "switchboard.sqlite")
    await jobs.create(a_job("j", conversation=ANNS))
    await jobs.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a conversation of Ann's, which has a file and a job, and one of Bob's."""
    asyncio.run(fill(tmp_path / "data"))
    return tmp_path / "data"


def words_in(folder: Path, word: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Somebody sits at the terminal and types this."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(text))


def test_the_list_names_key_turns_people_and_beginning(run: Any, data: Path) -> None:
    outcome = run("conversations", "list")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "local/terminal/ann/first%2Fone"
    assert "3 turns  ann  zyzzyva" in lines[1]
    assert "1 turn  bob  quokka" in lines[3]


def test_the_list_can_be_of_one_person_and_as_json(run: Any, data: Path) -> None:
    (only,) = json.loads(run("conversations", "list", "--principal", "bob", "--json").out)
    assert (only["key"], only["turns"], only["principals"], only["first_text"]) == (BOBS.key, 1, ["bob"], "quokka")


def test_an_empty_list_says_so(run: Any) -> None:
    assert run("conversations", "list").out == "There are no conversations.\n"
    assert json.loads(run("conversations", "list", "--json").out) == []


def test_a_conversation_is_shown_with_files_and_sources_and_nothing_a_terminal_obeys(run: Any, data: Path) -> None:
    outcome = run("conversations", "show", ANNS.key)
    assert outcome.code == 0
    assert "about zyzzyva" in outcome.out
    assert "notes␛[31m.txt, 17 bytes" in outcome.out
    assert "[1] Handbook" in outcome.out
    assert "\x1b" not in outcome.out


def test_an_export_holds_every_message_reply_attachment_and_job_in_order(
    run: Any, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PAGE", 2)
    outcome = run("conversations", "export", ANNS.key)
    lines = [json.loads(line) for line in outcome.out.splitlines()]
    assert [line["kind"] for line in lines] == ["conversation", "turn", "turn", "turn", "job"]
    assert {line["key"] for line in lines} == {ANNS.key}
    assert lines[0]["conversation"]["room"] == "ann"
    first, *_ = turns = [line["turn"] for line in lines[1:4]]
    assert [turn["number"] for turn in turns] == [0, 1, 2]
    assert first["message"]["text"] == "zyzzyva \x1b[2J?"
    assert first["message"]["attachments"][0]["size"] == 17
    assert first["reply"]["citations"][0]["title"] == "Handbook"
    assert lines[4]["job"]["id"] == "j"
    assert run("conversations", "show", ANNS.key, "--json").out == outcome.out


def test_an_export_can_be_of_one_person(run: Any, data: Path) -> None:
    first, *_ = run("conversations", "export", "--principal", "bob").out.splitlines()
    assert json.loads(first)["key"] == BOBS.key


def test_deleting_removes_what_there_was_and_leaves_the_rest(run: Any, data: Path) -> None:
    assert len(words_in(data, "zyzzyva")) > 1
    outcome = run("conversations", "delete", ANNS.key, "--yes")
    assert (outcome.code, outcome.out) == (0, "Deleted 1 conversation, 1 file, 1 job.\n")
    assert words_in(data, "zyzzyva") == words_in(data, "first%2Fone") == []
    (left,) = json.loads(run("conversations", "list", "--json").out)
    assert left["key"] == BOBS.key


def test_deleting_removes_what_was_read_of_the_files(run: Any, data: Path) -> None:
    async def keep() -> bytes:
        kept = Kept(data / FILE)
        file = await kept.file(b"a scan", name="scan.pdf", limits=ReadingLimits(), owner=ANNS.key)
        await file.keep({0: b"what was read of it"})
        await kept.close()
        return file.key

    key = asyncio.run(keep())
    assert key in (data / FILE).read_bytes()
    assert run("conversations", "delete", ANNS.key, "--yes").code == 0
    assert key not in (data / FILE).read_bytes()


def test_a_person_is_forgotten_by_id(run: Any, data: Path) -> None:
    outcome = run("conversations", "delete", "--principal", "ann", "--yes", "--json")
    assert json.loads(outcome.out) == {"kind": "deleted", "conversations": [ANNS.key], "files": 1, "jobs": 1}
    assert run("conversations", "delete", "--principal", "ann", "--yes").out == "There are no conversations.\n"


@pytest.mark.parametrize(
    ("typed", "code", "left"), [("y\n", 0, 1), ("YES\n", 0, 1), ("n\n", 1, 2), ("\n", 1, 2), ("", 1, 2)]
)
def test_deleting_asks_first(
    run: Any, data: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: int, left: int
) -> None:
    answer(monkeypatch, typed)
    outcome = run("conversations", "delete", ANNS.key)
    assert outcome.code == code
    assert "Delete 1 conversation with 3 messages, for good? [y/N]" in outcome.err
    assert len(json.loads(run("conversations", "list", "--json").out)) == left


def test_deleting_where_nobody_can_be_asked_needs_a_yes(run: Any, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    outcome = run("conversations", "delete", ANNS.key)
    assert outcome.code == 2
    assert "--yes" in outcome.err
    assert len(json.loads(run("conversations", "list", "--json").out)) == 2


def test_files_without_a_message_are_deleted_too(run: Any, tmp_path: Path) -> None:
    async def only_a_file() -> None:
        blobs = FolderBlobStore(tmp_path / "data" / "blobs")
        await upload(blobs, b"zyzzyva", ANNS)
        await blobs.close()

    asyncio.run(only_a_file())
    assert run("conversations", "delete", ANNS.key, "--yes").code == 0
    assert words_in(tmp_path / "data", "zyzzyva") == []


@pytest.mark.parametrize("action", [("show",), ("export",), ("delete", "--yes")])
@pytest.mark.parametrize("key", ["local/terminal/nobody/", "other/terminal/ann/", "no key", "a/b/c/%"])
def test_a_key_that_leads_nowhere_is_a_sentence(run: Any, data: Path, action: tuple[str, ...], key: str) -> None:
    outcome = run("conversations", *action, key)
    assert (outcome.code, outcome.out) == (2, "")
    assert "conversation" in outcome.err


def test_a_key_that_leads_nowhere_keeps_no_other_from_being_deleted(run: Any, data: Path) -> None:
    outcome = run("conversations", "delete", "local/terminal/nobody/", ANNS.key, "--yes")
    assert (outcome.code, outcome.out) == (2, "Deleted 1 conversation, 1 file, 1 job.\n")
    assert "local/terminal/nobody/" in outcome.err


@pytest.mark.parametrize("given", [(), ("--principal", "ann", BOBS.key)])
def test_either_keys_or_a_person_are_given(run: Any, data: Path, given: tuple[str, ...]) -> None:
    outcome = run("conversations", "delete", "--yes", *given)
    assert outcome.code == 2
    assert "either keys" in outcome.err


@pytest.mark.parametrize("arguments", [(), ("forget",), ("list", "--limit", "0"), ("show",)])
def test_what_is_not_understood_is_a_sentence(run: Any, arguments: tuple[str, ...]) -> None:
    outcome = run("conversations", *arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("switchboard: ")
    assert outcome.err.count("\n") == 1


def test_a_time_that_no_calendar_knows_is_shown_as_a_number() -> None:
    assert records.time(1e300) == "1e+300"
