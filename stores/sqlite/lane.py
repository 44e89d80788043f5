"""A thread that owns a connection and does all that waits at once: one wake-up, and for writes one flush to the disk.

Whoever comes while a batch is under way is in the next one. A work that fails costs its caller and nobody else: the
others of its batch are written. Nobody is told of a success before all of the batch is on the disk.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

MOST = 100
"""Works of one batch: other processes wait for the end of its transaction."""


@dataclass(slots=True, eq=False)
class Job:
    """A work, and what came of it."""

    work: Work[Any]
    alone: bool
    future: "asyncio.Future[Any]"
    result: Any = None
    error: Exception | None = None

    def do(self, connection: sqlite3.Connection) -> None:
        """Do the work."""
        try:
            self.result = self.work(connection)
        except Exception as error:  # noqa: BLE001 - raised again in whoever asked for the work
            self.error = error

    def settle(self) -> None:
        """Tell whoever waits, in the thread of their loop."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


Doing = Callable[[sqlite3.Connection, Sequence[Job]], None]


class Lane:
    """Does works on a connection, in order, in a thread of its own.

    Args:
        doing: How a batch is done: `reading` or `writing`.
    """

    def __init__(self, connection: sqlite3.Connection, doing: Doing, *, name: str) -> None:
        self._connection = connection
        self._doing = doing
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._lock = Lock()
        self._waiting: deque[Job] = deque()
        self._busy = False

    async def run(self, work: Work[T], *, alone: bool = False) -> T:
        """What the work returns, or raises. With ``alone`` it is in no transaction, and in no batch with others."""
        job = Job(work, alone, asyncio.get_running_loop().create_future())
        with self._lock:
            self._waiting.append(job)
            starts, self._busy = not self._busy, True
        if starts:
            self._thread.submit(self._drain)
        result: T = await job.future
        return result

    def close(self) -> None:
        """Wait for what is under way."""
        self._thread.shutdown()

    def _drain(self) -> None:
        while batch := self._next():
            if batch[0].alone:
                batch[0].do(self._connection)
            else:
                self._do(batch)
            for loop in {job.future.get_loop() for job in batch}:
                with suppress(RuntimeError):  # its loop is closed: nobody waits any more
                    loop.call_soon_threadsafe(_settle, [job for job in batch if job.future.get_loop() is loop])

    def _do(self, batch: Sequence[Job]) -> None:
        try:
            self._doing(self._connection, batch)
        except sqlite3.Error as error:  # not even undoing worked: the next batch begins with that
            _fail(batch, error)

    def _next(self) -> list[Job]:
        """The next batch. Works that nobody waits for any longer, and that were not begun, are dropped."""
        batch: list[Job] = []
        with self._lock:
            while self._waiting and len(batch) < MOST and not (batch and (batch[0].alone or self._waiting[0].alone)):
                job = self._waiting.popleft()
                if not job.future.cancelled():
                    batch.append(job)
            self._busy = bool(batch)
        return batch


def reading(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """Each sees one consistent state within each statement."""
    for job in jobs:
        job.do(connection)


def writing(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """All in one transaction, each undone by itself if it fails. If the transaction fails, all have failed."""
    try:
        connection.execute("BEGIN IMMEDIATE")  # the lock is taken at once, so that what is read stays true
        for job in jobs:
            connection.execute("SAVEPOINT job")
            job.do(connection)
            if not connection.in_transaction:  # some errors, such as a full disk, take the whole transaction with them
                return _fail(jobs, job.error or sqlite3.OperationalError("the transaction is gone"))
            if job.error is not None:
                connection.execute("ROLLBACK TO job")
            connection.execute("RELEASE job")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _fail(jobs, error)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _fail(jobs: Sequence[Job], error: Exception) -> None:
    for job in jobs:
        job.error = job.error or error


def _settle(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.settle()
