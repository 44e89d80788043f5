"""Reading in other processes: a parser that crashes, hangs or swells costs one page or file and not the server."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.reading import tesseract
from tools.reading.backend import Document, Progress, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.keeping import Kept, KeptFile
from tools.reading.process import Worker
from tools.reading.reading import Job, Reading
from tools.reading.words import display_name, title_from_name

_MOST_FILES = 500  # after so many a worker is replaced, so that what a library leaks does not add up


class ReadingPool:
    """Reads files in a few worker processes, started when they are first needed. Belongs to one event loop.

    A file of many pages is read by all workers that nobody else needs.

    Args:
        workers: How many files are read at the same time; as many as there are processors if not given.
        memory: Bytes that a worker may use, where the system can hold it to that.
        grace: Seconds that a worker may go over the time limit before it is killed.
        kept: Where it is kept what was read on behalf of an owner.
    """

    def __init__(
        self,
        *,
        workers: int = 0,
        limits: ReadingLimits | None = None,
        memory: int = 2_000_000_000,
        grace: float = 5.0,
        kept: Kept | None = None,
    ) -> None:
        self.workers = workers or min(os.cpu_count() or 1, 8)
        self.limits = limits or ReadingLimits()
        self._memory = memory
        self._grace = grace
        self._kept = kept
        self._slots = asyncio.Semaphore(self.workers)
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()

    @property
    def quality(self) -> str:
        """What to expect of it, for whoever sets it up."""
        engine = tesseract.engine()
        kinds = "PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown, text, e-mail, pictures and ZIP"
        return f"{kinds}; scans in {', '.join(engine.names)}" if engine else kinds

    @property
    def notices(self) -> tuple[str, ...]:
        """What does not work, for whoever sets it up."""
        return () if tesseract.engine() else ("Scans and pictures are not recognised, as tesseract can't be run.",)

    async def read(
        self, source: Path | bytes, *, name: str, progress: Progress | None = None, owner: str = ""
    ) -> Document:
        """Read a file; see `Reader.read`.

        Raises:
            Unreadable: As `Reader.read`, and where the worker crashed or had to be stopped.
        """
        shown = display_name(name)
        if isinstance(source, bytes):
            Budget(shown, self.limits).check_size(len(source))
        file = await self._kept_file(source, shown, owner)
        if file and (known := await file.document()):
            return _told(_named(known, shown), progress)
        job = Job(
            source=source,
            name=shown,
            limits=self.limits,
            grace=self._grace,
            tell=progress or (lambda done, total: None),
            keeper=file,
        )
        async with self._slots:
            reading = Reading(job, self)
            document = await reading.run()
        if file and reading.worth_keeping:
            await file.finish(document)
        return _told(_named(document, shown), progress)

    async def forget(self, owner: str) -> int:
        """Remove what is kept on behalf of an owner and of nobody else.

        Returns:
            Of how many files.
        """
        return await self._kept.forget(owner) if self._kept else 0

    async def close(self) -> None:
        """Stop the workers; what they are reading fails as if they had crashed."""
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        await asyncio.gather(*(worker.stop() for worker in workers))
        if self._kept:
            await self._kept.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def take(self) -> Worker:
        """A worker that is idle, or a new one; see `Workers`."""
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                self._busy.add(worker)
                return worker
            await worker.stop()
        worker = await Worker.start(self.limits, memory=self._memory)
        self._busy.add(worker)
        return worker

    async def give_back(self, worker: Worker, *, healthy: bool) -> None:
        """Return a worker; see `Workers`."""
        self._busy.discard(worker)
        if healthy and worker.files < _MOST_FILES:
            self._idle.append(worker)
        else:
            await worker.stop()

    async def reserve(self) -> bool:
        """The right to take another worker, if nobody waits for it; see `Workers`."""
        return not self._slots.locked() and await self._slots.acquire()

    def release(self) -> None:
        """Give that right back; see `Workers`."""
        self._slots.release()

    async def _kept_file(self, source: Path | bytes, name: str, owner: str) -> KeptFile | None:
        if self._kept is None or not owner:
            return None
        return await self._kept.file(source, name=name, limits=self.limits, owner=owner)


def _named(document: Document, name: str) -> Document:
    """The document under the name that it has now."""
    return replace(document, name=name, title=document.title or title_from_name(name))


def _told(document: Document, progress: Progress | None) -> Document:
    if progress:
        progress(len(document.pages), len(document.pages))
    return document
