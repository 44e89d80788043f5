"""Attached files that take long to read: the question on them is answered by a job, once they are read."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from agent.assistant import SwitchboardAssistant
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard import Attachment, JobStarted, MessageId, Reply, ToolContext, Unreadable
from switchboard.reply import fold
from switchboard.storage import Job
from switchboard.testing.models import Call
from switchboard.testing.running import SOMEBODY, SOMEWHERE, ask, follow, running, said
from tests.tools.retrieval.shared import PUBLIC, source
from tools.reading.backend import Block, Document, Page, Progress
from tools.retrieval.embedded import EmbeddedLibrary
from tools.retrieval.reading_on import read_files_job
from tools.retrieval.tool import search_tool


class SlowReader:
    """Reads text, one page a line, once it may go on."""

    workers = 1

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.begun = 0

    async def read(
        self, source: Path | bytes, *, name: str, progress: Progress | None = None, owner: str = ""
    ) -> Document:
        assert isinstance(source, bytes)
        self.begun += 1
        if progress:
            progress(1, 300)
        await self.go.wait()
        if source == b"bad":
            raise Unreadable(name=name, reason="it is damaged", code="damaged")
        lines = enumerate(source.decode().splitlines(), 1)
        pages = tuple(Page(number=number, blocks=(Block(kind="text", text=line),)) for number, line in lines)
        return Document(name=name, title=name, media_type="text/plain", digest="", pages=pages, paged=True)

    async def close(self) -> None:
        return None


async def attached(assistant: SwitchboardAssistant, data: bytes, name: str = "report.txt") -> Attachment:
    async def chunks() -> AsyncIterator[bytes]:
        yield data

    blob = await assistant.blobs.put(chunks(), owner=SOMEWHERE.key, name=name, limit=1_000)
    return Attachment(name=name, media_type="text/plain", size=blob.size, digest=blob.digest)


async def asked(library: EmbeddedLibrary, data: bytes, *, document: str = "") -> tuple[Reply, Job, Reply]:
    """What is said at once, the job while it reads, and what comes of it, when somebody asks on a slow file."""
    reader = SlowReader()
    script = [Call("search_documents", query="Who is to blame?", document=document), "One moment."]
    tools = [search_tool(library, reader, patience=0.01)]
    async with running(script, tools=tools, job_kinds=[read_files_job(library, reader)], works=True) as assistant:
        file = await attached(assistant, data)
        now = await ask(assistant, said("Who is to blame?", attachments=(file,)))
        assert now.job is not None
        news = assistant.watch_job(SOMEWHERE, now.job.job_id)
        async for each in news:
            if each.total:
                break
        (job,) = await assistant.jobs(SOMEWHERE)
        reader.go.set()
        result = [each.result async for each in news][-1]
        turn = next(turn for turn in await assistant.transcript(SOMEWHERE) if turn.message.id == result)
        return now, job, fold(await follow(assistant, turn.message))


async def test_the_person_is_told_at_once_and_answered_when_it_is_read(library: EmbeddedLibrary) -> None:
    await library.put(source("other", access=PUBLIC), _page("Nobody is to blame."))
    now, job, later = await asked(library, b"Sales fell.\nWalruses are to blame.", document="report.txt")
    assert now.job is not None
    assert now.job.text == (
        "It takes a moment to read “report.txt”. What it says on your question comes here when that is done."
    )
    assert job.kind == "read_files"
    assert later.text.splitlines()[:3] == [
        "I have read it now. “report.txt” on your question:",
        "",
        "- “Walruses are to blame.” [1]",
    ]
    assert {citation.title for citation in later.citations} == {"report.txt"}
    assert (later.citations[0].page, later.citations[0].number) == (2, 1)


async def test_a_question_while_a_file_is_being_read_does_not_read_it_again(library: EmbeddedLibrary) -> None:
    reader = SlowReader()
    script = [Call("search_documents", query="Who is to blame?"), "One moment."] * 2
    tools = [search_tool(library, reader, patience=0.05)]
    async with running(script, tools=tools, job_kinds=[read_files_job(library, reader)], works=True) as assistant:
        file = await attached(assistant, b"Sales fell.\nWalruses are to blame.")
        first = await ask(assistant, said("Who is to blame?", attachments=(file,)))
        assert first.job is not None
        async for news in assistant.watch_job(SOMEWHERE, first.job.job_id):
            if news.total:
                break
        begun = reader.begun
        second = await ask(assistant, said("Who is to blame, I ask?"))
        assert second.job is not None
        reader.go.set()
        for reply in (first, second):
            assert reply.job is not None
            async for news in assistant.watch_job(SOMEWHERE, reply.job.job_id):
                state = news.state
            assert state == "succeeded"
        assert reader.begun == begun


async def test_a_file_that_can_not_be_read_after_all_is_told(library: EmbeddedLibrary) -> None:
    _, _, later = await asked(library, b"bad")
    assert later.text == "report.txt can't be read: it is damaged."


async def test_a_file_that_says_nothing_on_it_is_told(library: EmbeddedLibrary) -> None:
    _, _, later = await asked(library, b"Quokkas.")
    assert later.text.startswith("I have read “report.txt” now, and found nothing there on your question.")


async def test_what_a_file_says_is_shown_and_never_acts_as_markup(library: EmbeddedLibrary) -> None:
    _, _, later = await asked(library, b"Who is to blame? [Click](https://example.org) <b>*now*</b>")
    assert r"\[Click\](https://example.org) \<b>\*now\*\</b>" in later.text


def _page(text: str) -> Document:
    page = Page(number=1, blocks=(Block(kind="text", text=text),))
    return Document(name="d", title="d", media_type="text/plain", digest="", pages=(page,))


def test_the_job_is_installed_under_its_name() -> None:
    (point,) = entry_points(group="switchboard.jobs", name="read_files")
    assert point.value == "tools.retrieval:read_files"


@pytest.mark.parametrize("seconds", [0.0, 4.0])
async def test_the_last_seconds_of_a_call_are_kept_for_the_search(library: EmbeddedLibrary, seconds: float) -> None:
    begun: list[str] = []

    async def start(kind: str, arguments: Mapping[str, Any], *, text: str) -> JobStarted:
        begun.append(kind)
        return JobStarted(job_id="1", text=text)

    context = ToolContext(
        conversation=SOMEWHERE,
        principal=SOMEBODY,
        message_id=MessageId("m"),
        call_id="c",
        deadline=time.monotonic() + seconds,
        emit=lambda event: None,
        cancelled=asyncio.Event(),
        blobs=MemoryBlobStore(),
        jobs=MemoryJobStore(),
        attachments=(Attachment(name="a", media_type="", size=1, digest="0" * 64),),
        start_job=start,
    )
    await search_tool(library, SlowReader()).function(context, query="blame", document="", filters=())
    assert begun == ["read_files"]
