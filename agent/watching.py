"""How far a job is, for whoever follows it: told at once in the process that works on it, looked up elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from agent.jobs import news
from switchboard.assistant import JobNews
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

    async def follow(self, job_id: str) -> AsyncIterator[JobNews]:
        """How far the job is: at once, and again whenever that changes, until its end was told or it is deleted.

        Whoever is slow to take the news misses what has been overtaken.
        """
        changed, shown = asyncio.Event(), None
        self._waiting[changed] = job_id
        try:
            while (job := await self._look(job_id)) is not None:
                if (found := news(job)) != shown:
                    shown = found
                    yield found
                if found.result:
                    return
                await _either(changed, WATCH_SECONDS)
                changed.clear()
        finally:
            del self._waiting[changed]


async def _either(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
