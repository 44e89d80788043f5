"""Reading one file: its pieces are shared out among workers, kept as they come, and left out if they kill a worker."""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from switchboard import SwitchboardError
from tools.reading.backend import Document, ReadingLimits
from tools.reading.parts import piece_to_json
from tools.reading.process import Lost, Opening, Read, Worker
from tools.reading.reasons import too_slow, unreadable
from tools.reading.sheet import Fault, Sheet
from tools.together import tasks

_SHARED = 4  # pieces from which on it is worth that a second worker opens the file, too
_MOST_AT_ONCE = 32
_AT_ONCE_SECONDS = 0.1  # of work given to a worker at once
_SHARE = 4  # a worker is given no more than such a part of what is left, so that all end together
_TRIES = 2  # of a piece over which a worker dies
_MOST_DEATHS = 10
_TELL_SECONDS = 1.0
_SOON = 1.0  # seconds


class Workers(Protocol):
    """Where workers come from."""

    async def take(self) -> Worker:
        """One that is idle, or a new one."""
        ...

    async def give_back(self, worker: Worker, *, healthy: bool) -> None:
        """Return it; one that is not healthy is stopped."""
        ...

    async def reserve(self) -> bool:
        """The right to take another, if nobody waits for it; it has to be released."""
        ...

    def release(self) -> None:
        """Give that right back."""
        ...


class Keeper(Protocol):
    """Where the pieces of this file are kept, so that reading can go on after a crash."""

    async def pieces(self) -> Mapping[int, bytes]:
        """Those that were read before."""
        ...

    async def keep(self, pieces: Mapping[int, bytes]) -> None:
        """Keep some more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be read, and whom to tell how far it is."""

    source: Path | bytes
    name: str
    limits: ReadingLimits
    grace: float
    tell: Callable[[int, int], None]
    keeper: Keeper | None


class Reading:
    """One file on its way. `run` is called once."""

    def __init__(self, job: Job, workers: Workers) -> None:
        self._job, self._workers = job, workers
        self._pieces: dict[int, bytes] = {}
        self._unsaved: dict[int, bytes] = {}
        self._saving = asyncio.Lock()
        self._todo: deque[int] = deque()
        self._count = 0
        self._deaths: Counter[int | None] = Counter()
        self._seconds = _AT_ONCE_SECONDS  # that a piece takes, as was last seen
        self._digest = ""
        self._started = time.monotonic()

    @property
    def worth_keeping(self) -> bool:
        """Whether it would cost something to read the file again."""
        return self._count > 1 or time.monotonic() - self._started > _SOON

    async def run(self) -> Document:
        """Read the file.

        Raises:
            Unreadable: See `Reader.read`.
        """
        limits = self._job.limits
        try:
            async with asyncio.timeout(limits.seconds + self._job.grace) as self._limit, self._lane() as lane:
                return await self._run(lane)
        except TimeoutError:
            raise too_slow(self._job.name, seconds=limits.seconds) from None
        except Lost as error:
            raise unreadable(self._job.name, "crashed") from error
        finally:
            await self._save()

    async def _run(self, lane: "_Lane") -> Document:
        opening = await lane.open()
        self._digest, self._count, self._patience = opening.digest, opening.count, opening.patience
        if self._job.keeper:
            kept = await self._job.keeper.pieces()
            self._pieces = {index: body for index, body in kept.items() if index < self._count}
        self._todo.extend(index for index in range(self._count) if index not in self._pieces)
        telling = asyncio.create_task(self._tell())
        reserved = 0
        try:
            async with tasks() as group:
                group.create_task(self._work(lane))
                while len(self._todo) >= _SHARED * (reserved + 1) and await self._workers.reserve():
                    reserved += 1
                    group.create_task(self._help())
            return await self._together(lane)
        finally:
            telling.cancel()
            for _ in range(reserved):
                self._workers.release()

    async def _help(self) -> None:
        async with self._lane() as lane:
            await self._work(lane)

    async def _work(self, lane: "_Lane") -> None:
        """Read with one worker, or its successors, as long as there are pieces."""
        while self._todo:
            chunk: deque[int] = deque()
            try:
                worker = await lane.ready()
                chunk.extend(self._next())
                await self._read(worker, chunk)
            except (Lost, TimeoutError) as error:
                await lane.lose()
                if self._count == 1:
                    raise
                self._blame(chunk, "too_slow" if isinstance(error, TimeoutError) else "failed")

    def _next(self) -> list[int]:
        """The pieces to be read next: as many as keep a worker busy for a moment."""
        most = min(_MOST_AT_ONCE, len(self._todo) // _SHARE + 1, len(self._todo))
        at_once = min(max(int(_AT_ONCE_SECONDS / self._seconds), 1), most)
        return [self._todo.popleft() for _ in range(at_once)]

    async def _read(self, worker: Worker, chunk: deque[int]) -> None:
        """Read pieces; those that were read are taken out of the chunk."""
        started, at_once = time.monotonic(), len(chunk)
        async for read in worker.read(list(chunk), patience=self._patience):
            chunk.popleft()
            await self._done(read)
        self._seconds = max((time.monotonic() - started) / max(at_once, 1), 1e-4)

    async def _done(self, read: Read) -> None:
        self._pieces[read.index] = read.body
        if self._count > 1:
            self._unsaved[read.index] = read.body
        if read.recognised and (until := self._limit.when()) is not None:
            self._limit.reschedule(until + self._job.limits.page_seconds)
        self._job.tell(len(self._pieces), self._count)
        if not self._saving.locked():
            await self._save()

    def _blame(self, chunk: deque[int], fault: Fault) -> None:
        """A worker is gone: the piece that it was at is tried once more, then left out; the others go to others."""
        suspect = chunk[0] if chunk else None
        self._deaths[suspect] += 1
        if self._deaths.total() > _MOST_DEATHS:
            raise Lost
        if suspect is None:
            return
        if fault == "too_slow" or self._deaths[suspect] >= _TRIES:
            chunk.popleft()
            lost = piece_to_json(Sheet(confidence=0.0, fault=fault))
            self._pieces[suspect] = json.dumps(lost).encode("ascii")
        self._todo.extendleft(reversed(chunk))

    async def _together(self, lane: "_Lane") -> Document:
        worker = await lane.ready()
        return await worker.together([self._pieces[index] for index in range(self._count)])

    async def _save(self) -> None:
        """Keep what is not kept yet, a bundle at a time."""
        async with self._saving:
            while self._unsaved and self._job.keeper:
                bundle, self._unsaved = self._unsaved, {}
                await self._job.keeper.keep(bundle)

    async def _tell(self) -> None:
        """Say how far it is from time to time even if nothing happens: a page may take long."""
        while True:
            self._job.tell(len(self._pieces), self._count)
            await asyncio.sleep(_TELL_SECONDS)

    @asynccontextmanager
    async def _lane(self) -> AsyncIterator["_Lane"]:
        lane = _Lane(self._job, self._workers, expected=lambda: self._digest)
        healthy = False
        try:
            yield lane
            healthy = True
        except SwitchboardError:
            healthy = True
            raise
        finally:
            await lane.end(healthy=healthy)


class _Lane:
    """A worker that has the file open, and after its death the next one."""

    def __init__(self, job: Job, workers: Workers, *, expected: Callable[[], str]) -> None:
        self._job, self._workers, self._expected = job, workers, expected
        self._worker: Worker | None = None

    async def open(self) -> Opening:
        """Have a worker open the file."""
        self._worker = await self._workers.take()
        return await self._worker.open(self._job.source, self._job.name)

    async def ready(self) -> Worker:
        """The worker; a new one opens the file first, which must be the same as before."""
        if self._worker is None:
            opening = await self.open()
            if opening.digest != self._expected():
                raise unreadable(self._job.name, "changed")
        assert self._worker is not None
        return self._worker

    async def lose(self) -> None:
        """The worker is of no use any more."""
        await self.end(healthy=False)

    async def end(self, *, healthy: bool) -> None:
        """Return the worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await self._workers.give_back(worker, healthy=healthy)
