"""A worker that writes a summary in a process of its own, to be killed, and here the chat model that it pays."""

import asyncio
import contextlib
import json
import multiprocessing
import re
import urllib.request
from collections.abc import AsyncIterator, Callable
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
from tests.tools.summaries.written_shared import PLACES
from tools.reading.backend import Reader
from tools.retrieval.embedded import EmbeddedLibrary
from tools.summaries.asking import Asking
from tools.summaries.job import summary_job
from tools.summaries.locating import Locator
from tools.summaries.making import Maker
from tools.summaries.pace import Pace
from tools.summaries.settings import SummarySettings
from tools.summaries.written import WrittenSummarizer

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, "agent.assistant"])
SETTINGS = {
    "SWITCHBOARD_JOBS__LEASE_SECONDS": "1",
    "SWITCHBOARD_TURN__LEASE_SECONDS": "1",
    "SWITCHBOARD_JOBS__ATTEMPTS": "20",
    "SWITCHBOARD_JOBS__POLL_SECONDS": "0.05",
}
CHUNK_TOKENS = 300


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
    """Which step a prompt is for, as the checkpoint names it; those after the notes by what they begin with."""
    if "You take notes" in prompt:
        (page,) = PLACES.findall(prompt)
        return f"notes-{int(page) - 1}"
    return " ".join(re.findall(r"You (shorten|write).*?^- (Fact \d+)", prompt, re.DOTALL | re.MULTILINE)[0])


def answer(prompt: str) -> str:
    """Notes on each page; put together, all of them; written, the sentences of the notes."""
    if pages := PLACES.findall(prompt):
        return "\n".join(f"- Fact {page} is {page}00 EUR. [p. {page}]" for page in pages)
    return "\n".join(re.findall(r"^- Fact \d+ is .+$", prompt, re.MULTILINE))


@dataclass(frozen=True)
class Place:
    """Where all is kept, and how the model and the reader are reached."""

    folder: Path
    address: str
    reader: Callable[[Path], Reader]

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
            reader=self.reader(self.folder),
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
    async def work() -> None:
        parts = place.parts()
        kinds = [summary_job(place.maker(parts["retriever"]))]
        async with running([], given=parts, job_kinds=kinds, settings=load(None, SETTINGS)) as assistant:
            await assistant.recover()
            while any(job.due_at for job in await parts["jobs"].list_jobs()):
                await assistant.working.drain()
                await asyncio.sleep(0.05)
        await parts["retriever"].close()

    asyncio.run(work())


def kept(saved: str) -> set[str]:
    """The steps whose answers a job's record holds."""
    checkpoint = json.loads(saved).get("text", "") if saved else ""
    return set(json.loads(checkpoint)["answers"]) if checkpoint else set()
