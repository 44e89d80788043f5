"""The jobs that one socket follows: their progress as frames, and word of the message that brings the result."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from channels.websocket.protocol import Response
from channels.websocket.tasks import Guard, Tasks
from channels.websocket.views import progress
from switchboard import Conversation, MessageId
from switchboard.assistant import Assistant

log = logging.getLogger(__name__)

MOST = 64


class Jobs:
    """Jobs on their way to one client.

    Args:
        told: Shows the turn that brings a result.
    """

    def __init__(
        self,
        assistant: Assistant,
        send: Callable[[Response], Awaitable[None]],
        guard: Guard,
        *,
        told: Callable[[MessageId, Conversation], Awaitable[None]],
    ) -> None:
        self._assistant = assistant
        self._send = send
        self._told = told
        self._tasks = Tasks(guard, most=MOST)
        self._known: set[MessageId] = set()

    def know(self, results: Iterable[MessageId]) -> None:
        """The client has the turns that bring these results: they need not be shown again."""
        self._known.update(results)

    def follow(self, job_id: str, message_id: MessageId, conversation: Conversation) -> None:
        """Tell the client how far a job is that was begun for a message, then of its result. Safe to repeat."""
        if job_id in self._tasks:
            return
        if not self._tasks.start(job_id, partial(self._watch, job_id, message_id, conversation), about=message_id):
            log.warning("a window follows %d jobs already and misses one until it is opened again", MOST)

    async def close(self) -> None:
        """Follow nothing any more. The jobs go on."""
        await self._tasks.close()

    async def _watch(self, job_id: str, message_id: MessageId, conversation: Conversation) -> None:
        async for news in self._assistant.watch_job(conversation, job_id):
            await self._send(progress(job_id, message_id, news))
            if news.result is not None and news.result not in self._known:
                self._known.add(news.result)
                await self._told(news.result, conversation)
