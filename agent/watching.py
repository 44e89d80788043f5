"""How far a job is, for whoever follows it: told at once in the process that works on it, looked up elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from switchboard.storage import Job

WATCH_SECONDS = 0.5
"""How often a follower looks at a job that is at work in another process."""


class Watching:
    """The followers of jobs. ``look`` gives a job as it is now, or ``None`` if there is none."""

    def __init__(self, look: Callable[[str], Awaitable[Job | None]]) -> None:
        self._look = look
        self._waiting: dict[asyncio.Event, str] = {}

    def ring(self, job_id: str) -> None:
        """There is news of a job."""
        for event, watched in self._waiting.items():
            if watched == job_id:
                event.set()

    async def follow(self, job_id: str) -> AsyncIterator[Job]:
        """The job as it is, and again whenever its state, text or progress changes, up to its end."""
        news, shown = asyncio.Event(), None
        self._waiting[news] = job_id
        try:
            while (job := await self._look(job_id)) is not None:
                if (seen := (job.state, job.text, job.progress)) != shown:
                    shown = seen
                    yield job
                if job.ended:
                    return
                await _either(news, WATCH_SECONDS)
                news.clear()
        finally:
            del self._waiting[news]


async def _either(news: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
