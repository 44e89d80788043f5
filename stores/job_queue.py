"""The job store as a queue of its own: what is due there is what there is to look at."""

import asyncio
import time
from collections.abc import Callable, Sequence

from switchboard.queues import JobNotice
from switchboard.storage import JobStore


class StoreJobQueue:
    """A `JobQueue` without a queue: it looks into the store, at once when a job is sent here, else now and then.

    A notice is held in this process only; between processes, whoever takes the job in the store has it.

    Args:
        poll_seconds: How often it looks for what other processes have created, while somebody waits.
        clock: Seconds since the epoch, by which jobs are due and held notices come free.
    """

    def __init__(self, jobs: JobStore, *, poll_seconds: float = 1.0, clock: Callable[[], float] = time.time) -> None:
        self._jobs = jobs
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._held: dict[str, float] = {}
        self._news = asyncio.Event()

    async def send(self, job_id: str, *, delay_seconds: float = 0) -> None:
        """See `JobQueue.send`. When a job is due stands in the store; that it is sent only wakes who waits here."""
        self._news.set()

    async def receive(self, *, limit: int = 10, wait_seconds: float = 0, hold_seconds: int = 60) -> Sequence[JobNotice]:
        """See `JobQueue.receive`."""
        if limit <= 0:
            return []
        end = time.monotonic() + wait_seconds
        while not (found := await self._look(limit, hold_seconds)) and (left := end - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._news.wait(), min(left, self._poll_seconds))
            except TimeoutError:
                continue
        return found

    async def extend(self, notice: JobNotice, seconds: int) -> bool:
        """See `JobQueue.extend`."""
        now = self._clock()
        if self._held.get(notice.job_id, 0.0) <= now:
            return False
        self._held[notice.job_id] = now + seconds
        self._news.set()
        return True

    async def done(self, notices: Sequence[JobNotice]) -> Sequence[JobNotice]:
        """See `JobQueue.done`. A job that is still due comes again."""
        for notice in notices:
            self._held.pop(notice.job_id, None)
        return []

    async def close(self) -> None:
        """See `JobQueue.close`. The store stays open."""

    async def _look(self, limit: int, hold_seconds: int) -> list[JobNotice]:
        """What is due and not held. As many are asked for as may be held, so that those hide nothing."""
        self._news.clear()
        now = self._clock()
        self._held = {job_id: until for job_id, until in self._held.items() if until > now}
        due = await self._jobs.due(before=now, limit=limit + len(self._held))
        found = [job.id for job in due if job.id not in self._held][:limit]
        self._held |= dict.fromkeys(found, now + hold_seconds)
        return [JobNotice(job_id=job_id, id=job_id, handle=job_id) for job_id in found]
