"""How far jobs are, for the windows of their conversations; the result comes as a reply, through the outbox."""

import asyncio
import logging

from channels.following import Following
from channels.gateway.hall import Hall
from channels.gateway.streaming import Pause
from channels.websocket.views import progress
from switchboard import BackendError, BadInput
from switchboard.assistant import Assistant
from switchboard.storage import Job

log = logging.getLogger("switchboard.channels")

PACE = 1.0
"""Seconds between two frames about a job."""


class JobProgresses(Following):
    """Shows the jobs that are at work in this process."""

    def __init__(self, hall: Hall, *, pause: Pause = asyncio.sleep) -> None:
        super().__init__()
        self._hall = hall
        self._pause = pause

    async def _show(self, assistant: Assistant, job: Job) -> None:
        try:
            async for news in assistant.watch_job(job.conversation, job.id):
                await self._hall.tell(job.conversation, progress(job.id, job.message_id, news))
                await self._pause(PACE)
        except (BackendError, BadInput) as error:
            log.warning("a job is no longer shown: %s", error)
