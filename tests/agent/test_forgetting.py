"""A conversation is forgotten whole, from the files too, whatever runs or breaks meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.forgetting import Forgetting, Forgotten
from stores.folder import FolderBlobStore
from stores.memory import MemoryConversationStore
from stores.sqlite import SqliteConversationStore, SqliteJobStore
from switchboard import Attachment, BackendError, BadInput, Conversation, ToolContext, ToolResult, tool
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEBODY, SOMEWHERE, ask, follow, running, said
from switchboard.testing.samples import a_job
from tests.agent.shared import Clock, find, until, upload
from tools.reading import ReadingLimits, ReadingPool
from tools.reading.backend import Block, Document, Page
from tools.reading.keeping import Kept
from tools.retrieval.backend import Access, Source
from tools.retrieval.embedded import EmbeddedLibrary

ELSEWHERE = replace(SOMEWHERE, room="elsewhere")
NOTHING = Forgotten(known=False, files=0, documents=0, jobs=0)


@asynccontextmanager
async def kept(folder: Path) -> AsyncIterator[dict[str, Any]]:
    """Real stores and a real library in a folder."""
    made: dict[str, Any] = {
        "conversations": SqliteConversationStore(folder / "switchboard.sqlite"),
        "jobs": SqliteJobStore(folder / "switchboard.sqlite"),
        "blobs": FolderBlobStore(folder / "blobs"),
        "retriever": EmbeddedLibrary(folder / "library"),
        "read": (read := Kept(folder / "reading.sqlite3")),
        "reader": ReadingPool(kept=read),
    }
    yield made
    for store in made.values():
        await store.close()


def places(given: dict[str, Any]) -> Forgetting:
    return Forgetting(
        conversations=given["conversations"],
        jobs=given["jobs"],
        blobs=given["blobs"],
        library=given["retriever"],
        reader=given["reader"],
    )


async def fill(given: dict[str, Any], conversation: Conversation, word: str) -> None:
    """A conversation with an answered message, a file, its text in the library, and a job, which all hold a word."""
    digest = await upload(given["blobs"], f"{word} blob".encode(), conversation)
    attachment = Attachment(name=f"{word}.txt", media_type="text/plain", size=9, digest=digest)
    async with running([Call("find", query=word), f"About {word} [1]."], tools=(find,), given=given) as assistant:
        message = said(f"What of {word}?", conversation=conversation, attachments=(attachment,))
        await ask(assistant, message)
        page = Page(number=1, blocks=(Block(kind="text", text=f"All of {word}"),))
        access = Access(conversation=conversation.key, users=frozenset({SOMEBODY.id}))
        await given["retriever"].put(
            Source(id=word, title=word, access=access, digest=digest),
            Document(name="d", title="d", media_type="text/plain", digest="", pages=(page,)),
        )
        await given["jobs"].create(replace(a_job(word, conversation=conversation), text=word))
    read = Document(name=word, title=word, media_type="text/plain", digest=digest, pages=(page,))
    file = await given["read"].file(word.encode(), name=word, limits=ReadingLimits(), owner=conversation.key)
    await file.finish(read)


def files_with(word: str, folder: Path) -> list[str]:
    """The files under a folder in which a word stands, in their names or in what they hold."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in found if word.encode() in path.read_bytes() or word in path.name]


async def test_nothing_of_a_forgotten_conversation_is_left_in_any_file(tmp_path: Path) -> None:
    async with kept(tmp_path) as given:
        await fill(given, SOMEWHERE, "zyzzyva")
    assert set(files_with("zyzzyva", tmp_path)) > {"switchboard.sqlite", "library.sqlite3"}
    async with kept(tmp_path) as given:
        forgotten = await places(given).forget(SOMEWHERE)
        assert forgotten == Forgotten(known=True, files=1, documents=1, jobs=1)
        assert files_with("zyzzyva", tmp_path) == []
        assert list(await given["conversations"].transcript(SOMEWHERE)) == []
        assert await given["conversations"].memory(SOMEWHERE) is None
    assert files_with("zyzzyva", tmp_path) == []


async def test_other_conversations_stay_as_they_are(tmp_path: Path) -> None:
    async with kept(tmp_path) as given:
        await fill(given, SOMEWHERE, "zyzzyva")
    async with kept(tmp_path) as given:
        await fill(given, ELSEWHERE, "quokka")
    async with kept(tmp_path) as given:
        await places(given).forget(SOMEWHERE)
        (turn,) = await given["conversations"].transcript(ELSEWHERE)
        assert await given["blobs"].read(turn.message.attachments[0].digest, owner=ELSEWHERE.key) == b"quokka blob"
        assert await given["jobs"].get("quokka")
        assert await given["retriever"].search("quokka", principal=SOMEBODY, conversation=ELSEWHERE.key)


async def test_files_that_two_conversations_sent_stay_for_the_other(tmp_path: Path) -> None:
    async with kept(tmp_path) as given:
        digest = await upload(given["blobs"], b"shared", SOMEWHERE)
        await upload(given["blobs"], b"shared", ELSEWHERE)
        assert (await places(given).forget(SOMEWHERE)).files == 1
        assert await given["blobs"].read(digest, owner=ELSEWHERE.key) == b"shared"


@pytest.mark.parametrize(
    ("role", "step"),
    [
        ("jobs", "delete"),
        ("retriever", "forget"),
        ("reader", "forget"),
        ("blobs", "delete_owner"),
        ("conversations", "delete"),
    ],
)
async def test_forgetting_that_breaks_off_is_found_and_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, step: str
) -> None:
    async with kept(tmp_path) as given:
        await fill(given, SOMEWHERE, "zyzzyva")

    async def crash(*_: object) -> None:
        raise BackendError(service=role, operation=step, code="io")

    async with kept(tmp_path) as given:
        with monkeypatch.context() as patch:
            patch.setattr(given[role], step, crash)
            with pytest.raises(BackendError):
                await places(given).forget(SOMEWHERE)
        (found,) = await given["conversations"].list_conversations(tenant=SOMEWHERE.tenant)
        assert (await places(given).forget(found.conversation)).known
        assert files_with("zyzzyva", tmp_path) == []


async def test_what_was_never_there_is_forgotten_without_a_trace(tmp_path: Path) -> None:
    async with kept(tmp_path) as given:
        assert await places(given).forget(SOMEWHERE) == NOTHING
        assert not NOTHING.anything


async def test_more_jobs_than_fit_a_step_are_all_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.forgetting.STEP", 2)
    async with kept(tmp_path) as given:
        for number in range(5):
            await given["jobs"].create(a_job(f"{number}", conversation=SOMEWHERE))
        assert (await places(given).forget(SOMEWHERE)).jobs == 5


@tool
async def stubborn(context: ToolContext) -> ToolResult:
    """Writes a file only when it is stopped."""
    try:
        await asyncio.Event().wait()
    finally:
        await upload(context.blobs, b"too late", context.conversation)
    return ToolResult(text="")


async def test_a_running_turn_is_stopped_and_writes_nothing_more(tmp_path: Path) -> None:
    async with kept(tmp_path) as given:
        model = ScriptedChatModel([Call("stubborn"), "never"])
        async with running(model, tools=(stubborn,), given=given) as assistant:
            first, second = said("one"), said("two")
            await assistant.offer(first)
            await assistant.offer(second)
            await until(lambda: bool(model.given))
            assert (await assistant.forget(SOMEWHERE)).known
            assert not assistant.turns.runs
            assert list(await assistant.transcript(SOMEWHERE)) == []
            for message in (first, second):
                with pytest.raises(BadInput, match="not known"):
                    await follow(assistant, message)
            assert await given["blobs"].delete_owner(SOMEWHERE.key) == 0


async def test_an_answer_that_was_just_given_can_not_be_followed_any_more(tmp_path: Path) -> None:
    async with kept(tmp_path) as given, running(["secret"], given=given) as assistant:
        message = said("hi")
        await ask(assistant, message)
        await assistant.forget(SOMEWHERE)
        with pytest.raises(BadInput, match="not known"):
            await follow(assistant, message)


async def test_a_conversation_begins_anew_after_it_was_forgotten(tmp_path: Path) -> None:
    async with kept(tmp_path) as given, running(["one", "two"], given=given) as assistant:
        message = said("hi", id="same")
        assert (await ask(assistant, message)).text == "one"
        await assistant.forget(SOMEWHERE)
        assert (await ask(assistant, message)).text == "two"
        assert [turn.number for turn in await assistant.transcript(SOMEWHERE)] == [0]


async def test_a_worker_whose_conversation_was_forgotten_elsewhere_takes_along_what_it_still_wrote(
    tmp_path: Path,
) -> None:
    async with kept(tmp_path) as given:
        gate = asyncio.Event()
        model = ScriptedChatModel([Say(text="late", gate=gate)])
        async with running(model, given=given) as worker:
            await worker.offer(said("hi"))
            await until(lambda: bool(model.given))
            await places(given).forget(SOMEWHERE)  # as another process does
            await upload(given["blobs"], b"too late", SOMEWHERE)
            gate.set()
            await asyncio.wait(list(worker.turns.tasks))
            assert await places(given).forget(SOMEWHERE) == NOTHING


async def test_a_message_that_comes_while_its_conversation_is_ended_is_forgotten_with_it() -> None:
    class Racing(MemoryConversationStore):
        async def turn(self, *arguments: Any) -> Any:
            if not raced:
                raced.append(True)
                await assistant.offer(said("in between"))
            return await super().turn(*arguments)

    raced: list[bool] = []
    given = {"conversations": Racing(), "retriever": object()}
    async with running([Say(gate=asyncio.Event())], given=given) as assistant:
        await assistant.offer(said("hi"))
        await assistant.forget(SOMEWHERE)
        assert raced
        assert list(await assistant.transcript(SOMEWHERE)) == []


async def test_only_what_was_not_used_for_long_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.forgetting.STEP", 2)
    clock = Clock()
    async with kept(tmp_path) as given, running(["a"] * 6, given=given, clock=clock) as assistant:
        for number in range(5):
            place = replace(SOMEWHERE, room=f"old {number}")
            await ask(assistant, replace(said("hi", conversation=place), received_at=clock.now))
        clock.now += 1000
        await ask(assistant, replace(said("hi", conversation=ELSEWHERE), received_at=clock.now))
        assert await assistant.forget_unused(clock.now - 1) == 5
        assert await assistant.forget_unused(clock.now - 1) == 0
        (left,) = await given["conversations"].list_conversations(tenant=SOMEWHERE.tenant)
        assert left.conversation == ELSEWHERE


async def test_a_conversation_that_is_used_again_meanwhile_stays() -> None:
    class Listing(MemoryConversationStore):
        async def list_conversations(self, **arguments: Any) -> Any:
            found = await super().list_conversations(**arguments)
            if found:
                clock.now += 1000
                await ask(assistant, replace(said("again"), received_at=clock.now))
            return found

    clock = Clock()
    given = {"conversations": Listing(), "retriever": object()}
    async with running(["one", "two"], given=given, clock=clock) as assistant:
        await ask(assistant, replace(said("hi"), received_at=clock.now))
        assert await assistant.forget_unused(clock.now + 1) == 0
        assert len(await assistant.transcript(SOMEWHERE)) == 2


async def test_one_that_can_not_be_forgotten_keeps_no_other_from_it(caplog: pytest.LogCaptureFixture) -> None:
    class Stuck(MemoryConversationStore):
        async def delete(self, conversation: Conversation) -> bool:
            if conversation == SOMEWHERE:
                raise BackendError(service="conversations", operation="delete", code="io")
            return await super().delete(conversation)

    given = {"conversations": Stuck(), "retriever": object()}
    async with running(["one", "two"], given=given) as assistant:
        await ask(assistant, said("hi"))
        message = said("hi", conversation=ELSEWHERE)
        await ask(assistant, message)
        assert await assistant.forget_unused(message.received_at + 1000) == 1
    assert "could not be forgotten" in caplog.text
