"""How far jobs are, for the windows of their conversations; the result comes as a reply, through the outbox."""

import asyncio
import logging

from channels.gateway.hall import Hall
from channels.gateway.streaming import Pause
from channels.websocket.protocol import JobProgress
from switchboard import BackendError, BadInput
from switchboard.assistant import Assistant
from switchboard.storage import Job

log = logging.getLogger("switchboard.channels")

PACE = 1.0
"""Seconds between two frames about a job."""


class JobProgresses:
    """Shows the jobs that are at work in this process."""

    def __init__(self, hall: Hall, *, pause: Pause = asyncio.sleep) -> None:
        self._hall = hall
        self._pause = pause
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def follow(self, assistant: Assistant, job: Job) -> None:
        """Show a job from now on until its result is there. Safe to repeat."""
        if job.id not in self._tasks:
            task = asyncio.create_task(self._show(assistant, job))
            self._tasks[job.id] = task
            task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def close(self) -> None:
        """Show nothing more. The jobs go on."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _show(self, assistant: Assistant, job: Job) -> None:
        try:
            async for news in assistant.watch_job(job.conversation, job.id):
                frame = JobProgress(
                    job_id=job.id,
                    message_id=job.message_id,
                    state=news.state,
                    text=news.text,
                    done=news.done,
                    total=news.total,
                )
                await self._hall.tell(job.conversation, frame)
                await self._pause(PACE)
        except (BackendError, BadInput) as error:
            log.warning("a job is no longer shown: %s", error)
