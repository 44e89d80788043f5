"""A house for the tests of the tool and the job: a library, a reader that is counted, and people who ask."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.assistant import SwitchboardAssistant
from stores.job_queue import StoreJobQueue
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard import Attachment, BadInput, Conversation, MessageId, Principal, Reply, Unreadable
from switchboard.reply import fold
from switchboard.settings import load
from switchboard.storage import BlobStore
from switchboard.testing.models import ScriptedChatModel, Step
from switchboard.testing.running import QUICK, SOMEBODY, SOMEWHERE, ask, follow, running, said
from switchboard.tools import Cancelled
from tools.reading.backend import Block, Document, Page, Progress
from tools.retrieval.backend import Access, Source
from tools.retrieval.embedded import EmbeddedLibrary
from tools.retrieval.ingest import LIBRARY
from tools.summaries import texts
from tools.summaries.backend import Length, Save, Section, Sentence, Summarizer, Summary, silent, unkept
from tools.summaries.backend import Progress as Telling
from tools.summaries.job import summary_job
from tools.summaries.locating import Fetcher, Locator
from tools.summaries.making import Maker
from tools.summaries.settings import SummarySettings
from tools.summaries.tool import summarize_tool

POLICY = Access(users=frozenset({SOMEBODY.id}))


class LineReader:
    """Reads text, one page a line. ``bad`` can't be read; a file of more lines than ``quick`` waits for ``go``."""

    workers = 1

    def __init__(self) -> None:
        self.names: list[str] = []
        self.go = asyncio.Event()
        self.quick = 1_000

    async def read(
        self, source: Path | bytes, *, name: str, progress: Progress | None = None, owner: str = ""
    ) -> Document:
        assert isinstance(source, bytes)
        self.names.append(name)
        lines = source.decode().split("\n")
        if progress:
            progress(1, len(lines))
        if len(lines) > self.quick:
            await self.go.wait()
        if source == b"bad":
            raise Unreadable(name=name, reason="it is damaged", code="damaged")
        pages = tuple(Page(number=n, blocks=(Block(kind="text", text=line),)) for n, line in enumerate(lines, 1))
        return Document(name=name, title=name, media_type="text/plain", digest="d", pages=pages, paged=True)

    async def forget(self, owner: str) -> int:
        return 0

    async def close(self) -> None:
        return None


class FirstLine:
    """A summariser that quotes the beginning of each page up to three, keeps a checkpoint, and can be made to wait."""

    def __init__(self) -> None:
        self.saved: list[str] = []
        self.go = asyncio.Event()
        self.go.set()
        self.asked: list[tuple[str, str, str]] = []
        self.failure: Exception | None = None

    async def summarize(
        self,
        document: Document,
        *,
        focus: str = "",
        length: Length = "medium",
        language: str = "",
        progress: Telling = silent,
        saved: str = "",
        save: Save = unkept,
        cancelled: Cancelled | None = None,
    ) -> Summary:
        """See `Summarizer`."""
        self.asked.append((focus, length, language))
        self.saved.append(saved)
        await progress(1, 3, "Weighing sentences")
        await save(f"half of {document.name}")
        await self.go.wait()
        if self.failure:
            raise self.failure
        told = [Sentence(text=page.text, pages=(page.number,)) for page in document.pages[:3] if page.text.strip()]
        if not told:
            raise BadInput(texts.NO_TEXT)
        return Summary(sections=(Section(sentences=tuple(told)),), method="extractive", language="en")


@dataclass
class House:
    """What a test has to hand."""

    library: EmbeddedLibrary
    summarizer: Summarizer
    reader: LineReader = field(default_factory=LineReader)
    blobs: BlobStore = field(default_factory=MemoryBlobStore)
    jobs: MemoryJobStore = field(default_factory=MemoryJobStore)
    fetchers: dict[str, Fetcher] = field(default_factory=dict)
    settings: SummarySettings = field(default_factory=lambda: SummarySettings(pages_in_turn=5, seconds_in_turn=5))
    model: str = ""

    @property
    def maker(self) -> Maker:
        """The maker of summaries."""
        return Maker(
            locator=Locator(library=self.library, fetchers=self.fetchers, limit=1_000_000),
            reader=self.reader,
            summarizer=self.summarizer,
            settings=self.settings,
            model=self.model,
        )

    @asynccontextmanager
    async def open(
        self, script: Sequence[Step] | ScriptedChatModel, *, works: bool = True, **given: Any
    ) -> AsyncIterator[SwitchboardAssistant]:
        """The real assistant, with the tool and the job."""
        parts = {
            "blobs": self.blobs,
            "jobs": self.jobs,
            "job_queue": StoreJobQueue(self.jobs, poll_seconds=0.01),
            "retriever": self.library,
            **given,
        }
        async with running(
            script if isinstance(script, ScriptedChatModel) else list(script),
            tools=[summarize_tool(self.maker)],
            job_kinds=[summary_job(self.maker)],
            given=parts,
            settings=load(None, {**QUICK, "SWITCHBOARD_JOBS__POLL_SECONDS": "0.05"}),
            works=works,
        ) as assistant:
            yield assistant

    async def attach(self, name: str, data: bytes, conversation: Conversation = SOMEWHERE) -> Attachment:
        """Put a file into a conversation."""
        blob = await self.blobs.put(_once(data), owner=conversation.key, name=name, limit=10_000_000)
        return Attachment(name=name, media_type="text/plain", size=blob.size, digest=blob.digest)

    async def shelve(self, title: str, data: bytes, *, access: Access = POLICY, kept: bool = True) -> Source:
        """Put a document into the library."""
        digest = "0" * 64
        if kept:
            digest = (await self.blobs.put(_once(data), owner=LIBRARY, name=title, limit=1_000_000)).digest
        source = Source(id=title.lower(), title=title, access=access, digest=digest, path=f"/srv/{title}.txt")
        await self.library.put(source, await LineReader().read(data, name=title))
        return source


async def asked(
    assistant: SwitchboardAssistant, text: str, *attachments: Attachment, principal: Principal = SOMEBODY
) -> Reply:
    """Say something, with files, and get the reply."""
    return await ask(assistant, said(text, attachments=attachments, principal=principal))


async def result(assistant: SwitchboardAssistant, reply: Reply) -> Reply:
    """What comes of the job that a reply has begun."""
    assert reply.job is not None
    news = [each async for each in assistant.watch_job(SOMEWHERE, reply.job.job_id)]
    message_id = news[-1].result
    assert message_id is not None
    turn = next(turn for turn in await assistant.transcript(SOMEWHERE) if turn.message.id == MessageId(message_id))
    return fold(await follow(assistant, turn.message))


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
