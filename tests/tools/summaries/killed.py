"""A worker that writes a summary in a process of its own, to be killed, and here the chat model that it pays."""

import asyncio
import contextlib
import hashlib
import os
import re
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from stores.folder import FolderBlobStore
from stores.job_queue import StoreJobQueue
from stores.sqlite import SqliteConversationStore, SqliteJobStore
from switchboard.settings import load
from switchboard.testing.running import running
from tests.forks import FORKS
from tests.tools.summaries.written_shared import PLACES
from tools.reading.keeping import FILE, Kept, KeptFile
from tools.reading.pool import ReadingPool
from tools.reading.process import Worker
from tools.retrieval.embedded import EmbeddedLibrary
from tools.summaries.asking import Asking
from tools.summaries.job import summary_job
from tools.summaries.locating import Locator
from tools.summaries.making import Maker
from tools.summaries.pace import Pace
from tools.summaries.settings import SummarySettings
from tools.summaries.written import WrittenSummarizer

SETTINGS = {
    "SWITCHBOARD_JOBS__LEASE_SECONDS": "1",
    "SWITCHBOARD_TURN__LEASE_SECONDS": "1",
    "SWITCHBOARD_JOBS__ATTEMPTS": "20",
    "SWITCHBOARD_JOBS__POLL_SECONDS": "0.05",
}
CHUNK_TOKENS = 100


class LoopbackModel(BaseChatModel):
    """A chat model behind an address of this machine."""

    address: str

    @property
    def _llm_type(self) -> str:
        return "loopback"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        body = str(messages[0].text).encode()
        with urllib.request.urlopen(urllib.request.Request(self.address, data=body), timeout=60) as answer:
            text = answer.read().decode()
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        return await asyncio.to_thread(self._generate, messages)


@dataclass
class Till:
    """Answers prompts. ``asked`` are the steps in order; ``heard`` is given their number before one is answered."""

    asked: list[str] = field(default_factory=list)
    heard: Callable[[int], None] = lambda number: None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            size = int(re.findall(r"(?i)content-length: (\d+)", head)[0])
            prompt = (await reader.readexactly(size)).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return  # whoever asked is dead
        self.asked.append(step(prompt))
        self.heard(len(self.asked))
        body = answer(prompt).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()


def step(prompt: str) -> str:
    """A name for a prompt: the same for the same."""
    return hashlib.sha256(prompt.encode()).hexdigest()[:12]


def answer(prompt: str) -> str:
    """Under the prompt's name, a note on each page that is marked, or else the notes that are there."""
    notes = [f"- There is something on page {page}. [p. {page}]" for page in PLACES.findall(prompt)]
    notes = notes or re.findall(r"^- There is something .+$", prompt, re.MULTILINE)
    return "\n".join([f"## {step(prompt)}", *notes])


@dataclass(frozen=True)
class Place:
    """Where all is kept, and how the model is reached. What is read and kept of pages is noted in ``log``."""

    folder: Path
    address: str

    @property
    def log(self) -> Path:
        """A line for each page, ``read`` or ``kept``."""
        return self.folder / "pages.log"

    def parts(self) -> dict[str, Any]:
        """The stores."""
        jobs = SqliteJobStore(self.folder / "switchboard.sqlite")
        return {
            "conversations": SqliteConversationStore(self.folder / "switchboard.sqlite"),
            "jobs": jobs,
            "job_queue": StoreJobQueue(jobs, poll_seconds=0.05),
            "blobs": FolderBlobStore(self.folder / "blobs"),
            "retriever": EmbeddedLibrary(self.folder / "library"),
        }

    def maker(self, library: EmbeddedLibrary) -> Maker:
        """A maker of summaries that are written by the model."""
        pace = Pace(parallel=4, per_minute=100_000)
        asking = Asking(model=LoopbackModel(address=self.address), name="loopback", pace=pace, attempts=3)
        return Maker(
            locator=Locator(library=library),
            reader=ReadingPool(workers=2, kept=Kept(self.folder / FILE)),
            summarizer=WrittenSummarizer(asking, chunk_tokens=CHUNK_TOKENS),
            settings=SummarySettings(),
            model="loopback",
        )


def begin(place: Place) -> ForkServerProcess:
    """A worker that does what is due until it is killed or nothing is."""
    process = FORKS.Process(target=_work, args=(place,))
    process.start()
    return process


def _work(place: Place) -> None:
    _note_pages(place.log)

    async def work() -> None:
        parts = place.parts()
        maker = place.maker(parts["retriever"])
        async with running([], given=parts, job_kinds=[summary_job(maker)], settings=load(None, SETTINGS)) as assistant:
            await assistant.recover()
            while any(job.due_at for job in await parts["jobs"].list_jobs()):
                await assistant.working.drain()
                await asyncio.sleep(0.05)
        await parts["retriever"].close()
        await maker.reader.close()

    asyncio.run(work())


def _note_pages(log: Path) -> None:
    """Have each page noted in this process when it was read, and when it was kept."""
    notes = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    read, keep = Worker.read, KeptFile.keep

    async def reading(self: Worker, *arguments: Any, **named: Any) -> AsyncIterator[Any]:
        async for piece in read(self, *arguments, **named):
            os.write(notes, b"read %d\n" % piece.index)
            yield piece

    async def keeping(self: KeptFile, pieces: Mapping[int, Any]) -> None:
        await keep(self, pieces)
        os.write(notes, b"".join(b"kept %d\n" % index for index in pieces))

    Worker.read, KeptFile.keep = reading, keeping  # type: ignore[assignment, method-assign]


def kept(checkpoint: str) -> set[str]:
    """The names of the prompts whose answers a checkpoint holds."""
    return set(re.findall(r"## (\w{12})", checkpoint))
