"""One attempt at a job: its work, its deadline, the heartbeat beside it, and how it ends."""

import asyncio
import contextlib
import json
import logging
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from agent import jobs as rules
from agent import texts
from switchboard.boundary import attempt
from switchboard.errors import BackendError, Fenced, Late, SwitchboardError
from switchboard.jobs import JobContext, JobKind
from switchboard.reply import Reply
from switchboard.settings import Settings
from switchboard.storage import BlobStore, Job, JobStore

log = logging.getLogger("switchboard.agent")

PROGRESS_SECONDS = 1.0
"""Progress that comes faster is written together; a follower in the same process sees all of it."""
UNWIND_SECONDS = 2.0
"""How long cancelled work may take to let go; what does not is left behind, and is not heard any more."""
END_PAUSES = (0.0, 0.1, 0.5, 2.0, 5.0)
"""Seconds before each attempt to write the end: a store may fail for a moment, and the work may have been paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every attempt needs, made once. ``changed`` is told the job's id whenever there is news of it."""

    jobs: JobStore
    blobs: BlobStore
    settings: Settings
    clock: Callable[[], float]
    changed: Callable[[str], None]


@dataclass(slots=True)
class Attempt:
    """An attempt that this process makes.

    Attributes:
        job: As taken, with the newest progress, written or not yet.
    """

    job: Job
    kind: JobKind
    bench: Bench
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _lost: bool = False
    _leaving: bool = False
    _over: bool = False
    _written: float = field(default_factory=time.monotonic)

    def cancel(self) -> None:
        """Stop the work now, as somebody asked for that."""
        self._stop.set()

    def leave(self) -> None:
        """Stop the work now and give the job back, for another worker to go on with."""
        self._leaving = True
        self._stop.set()

    async def run(self) -> Job | None:
        """Work, and write what came of it.

        Returns:
            The job as it was written: ended, or back in the queue. ``None`` if it could not be written: somebody else
            has the job, or will have it when its lease has run out.
        """
        upkeep = asyncio.create_task(self._upkeep())
        try:
            outcome = await self._work()
        finally:
            self._over = True
            upkeep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await upkeep
        return None if self._lost else await self._end(self._ending(outcome))

    async def _work(self) -> Reply | Exception | None:
        """The result, or what went wrong; ``None`` if it was stopped."""
        seconds = self.kind.seconds or self.bench.settings.jobs.seconds
        work = asyncio.create_task(attempt(self._call(time.monotonic() + seconds)))
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            in_time = work.done()
        finally:
            for task in (work, stopped):
                task.cancel()
            await asyncio.wait({work, stopped}, timeout=UNWIND_SECONDS)
        outcome = work.result() if work.done() and not work.cancelled() else None
        if in_time:
            return outcome or RuntimeError("the work cancelled itself")
        if not self._stop.is_set():
            return Late(what=f"job {self.kind.name}", seconds=seconds)
        return outcome if isinstance(outcome, Reply) and not self._leaving else None

    async def _call(self, deadline: float) -> Reply:
        result = await self.kind.function(
            JobContext(
                job=self.job,
                arguments=json.loads(self.job.arguments),
                deadline=deadline,
                progress=self._progress,
                cancelled=self._stop,
                blobs=self.bench.blobs,
            )
        )
        if not isinstance(result, Reply):
            raise TypeError(f"a job of kind {self.kind.name} returned {type(result).__name__} and not a Reply")
        return result

    async def _progress(self, text: str = "", *, done: int = 0, total: int = 0, save: str | None = None) -> None:
        """See `switchboard.jobs.Progress`."""
        if self._over or self._lost:
            raise Fenced(operation="progress")
        steps = (done, total) if done or total else self.job.progress
        self.job = replace(self.job, text=text or self.job.text, progress=steps)
        self.bench.changed(self.job.id)
        if save is not None:
            await self._write(save)

    async def _upkeep(self) -> None:
        """Hear what is asked elsewhere, write progress, and renew the lease at a third of its length."""
        settings = self.bench.settings
        lease = settings.jobs.lease_seconds
        while not self._lost:
            await asyncio.sleep(min(settings.turn.stop_seconds, lease / 3))
            try:
                await self._look(lease / 3)
            except Fenced:
                log.warning("job %s was lost to another worker, or deleted", self.job.id)
            except SwitchboardError as error:
                log.warning("upkeep of a job failed, will try again: %s", error)
                if time.monotonic() - self._written > lease:
                    self._lose()

    async def _look(self, renew_every: float) -> None:
        stored = await self.bench.jobs.get(self.job.id)
        if stored is None or not rules.holds(stored, self.job.fence):
            self._lose()
            raise Fenced(operation="look")
        if stored.cancelling:
            self._stop.set()
        news = (stored.text, stored.progress) != (self.job.text, self.job.progress)
        if time.monotonic() - self._written >= (min(PROGRESS_SECONDS, renew_every) if news else renew_every):
            await self._write()

    async def _write(self, save: str | None = None) -> None:
        def change(stored: Job) -> Job:
            return rules.progressed(
                stored,
                self.job.fence,
                now=self.bench.clock(),
                lease_seconds=self.bench.settings.jobs.lease_seconds,
                text=self.job.text,
                progress=self.job.progress,
                saved=save,
            )

        began = time.monotonic()
        try:
            await self._update(change)
        except Fenced:
            self._lose()
            raise
        self._written = began

    def _lose(self) -> None:
        self._lost = True
        self._stop.set()

    async def _update(self, change: Callable[[Job], Job]) -> Job:
        """Write a change of the job as it is stored.

        Raises:
            Fenced: Another worker has it, or it was deleted.
        """
        while True:
            stored = await self.bench.jobs.get(self.job.id)
            if stored is None:
                raise Fenced(operation="job")
            after = change(stored)
            if await self.bench.jobs.update(after):
                return after

    def _ending(self, outcome: Reply | Exception | None) -> Callable[[Job], Job]:
        """How the stored job changes by what came of the work."""
        fence, now, settings = self.job.fence, self.bench.clock(), self.bench.settings.jobs
        if isinstance(outcome, Exception):
            return self._failing(outcome, now)
        if outcome is None and self._leaving:
            return lambda job: rules.released(job, fence, now=now)
        result = outcome or Reply(text=texts.JOB_CANCELLED, status="stopped")
        return lambda job: rules.ended(job, fence, result, now=now, lease_seconds=settings.lease_seconds)

    def _failing(self, error: Exception, now: float) -> Callable[[Job], Job]:
        fence, settings, jitter = self.job.fence, self.bench.settings.jobs, random.random()  # noqa: S311
        incident = secrets.token_hex(4)
        log.error("job %s of kind %s failed, incident %s", self.job.id, self.kind.name, incident, exc_info=error)
        text, retryable = texts.failed(incident), True
        if isinstance(error, SwitchboardError):
            text, retryable = texts.with_incident(error.user_text, incident), error.retryable
        result = Reply(text=text, status="failed", incident=incident)
        return lambda job: rules.failed(
            job,
            fence,
            result,
            retryable=retryable,
            most_attempts=settings.attempts,
            now=now,
            jitter=jitter,
            lease_seconds=settings.lease_seconds,
        )

    async def _end(self, change: Callable[[Job], Job]) -> Job | None:
        for pause in END_PAUSES:
            await asyncio.sleep(pause)
            try:
                return await self._update(change)
            except Fenced:
                return None
            except BackendError as error:
                log.warning("the end of job %s could not be written: %s", self.job.id, error)
                if not error.retryable:
                    return None
        return None
