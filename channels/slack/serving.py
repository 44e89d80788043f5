"""Taking what Slack sends, by whichever way it comes, and saying so in time.

What was said is acknowledged once it is written down, so that a crash before that loses nothing: Slack sends it again.
Where writing takes longer than Slack waits, because a file has to be fetched, it is acknowledged before.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from weakref import WeakValueDictionary

from channels.slack import texts
from channels.slack.channel import SlackChannel
from channels.slack.desk import Desk
from channels.slack.incoming import Aside, Asked, Challenge, Incoming
from channels.slack.parsing import Delivery, read
from channels.slack.reading import Payload
from switchboard import BadInput, Conversation, JobStarted, Message, SwitchboardError
from switchboard.assistant import Assistant

log = logging.getLogger("switchboard.channels")

ACK_SECONDS = 2.0
"""Slack waits for three."""
OK, FAILED = 200, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What Slack is told: that it was taken, or (at 500) that it should come again.

    Attributes:
        text: For Slack itself.
        whisper: For the person who gave a command, and nobody else.
    """

    status: int = OK
    text: str = ""
    whisper: str = ""


class Serving:
    """Takes payloads that are known to be Slack's. ``clock`` gives seconds since the epoch."""

    def __init__(
        self,
        channel: SlackChannel,
        assistant: Assistant,
        *,
        clock: Callable[[], float] = time.time,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._channel = channel
        self._assistant = assistant
        self._desk = Desk(channel=channel, house=assistant, follow=self._follow, clock=clock)
        self._clock = clock
        self._ack_seconds = ack_seconds
        self._tasks: set[asyncio.Task[object]] = set()
        self._followed: set[str] = set()
        self._lines: WeakValueDictionary[Conversation, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, payload: Payload) -> Answered:
        """Take a payload. Safe to repeat."""
        try:
            told = read(
                Delivery(payload=payload, received_at=self._clock()),
                self._channel.settings,
                tenant=self._channel.tenant,
            )
        except BadInput as error:
            return Answered(status=error.status)
        if told is None:
            return Answered()
        task = asyncio.create_task(self._take(told))
        self._keep(task)
        done, _ = await asyncio.wait({task}, timeout=self._ack_seconds)
        if not done:
            task.add_done_callback(lambda ended: self._late(told, ended))
            return Answered()
        return self._answered(told, task)

    async def close(self) -> None:
        """Show nothing more; what was taken is in the hands of the assistant."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._channel.close()

    async def _take(self, told: Incoming) -> str:
        if not isinstance(told, Asked):
            return await self._desk.take(told)
        conversation = told.message.conversation
        async with self._lines.setdefault(conversation, asyncio.Lock()):  # in the order in which they came
            return await self._desk.take(told)

    def _answered(self, told: Incoming, task: asyncio.Task[str]) -> Answered:
        if (error := task.exception()) is not None:
            _log(error)
            # Slack does not repeat what was pressed or commanded; it is the person who has to.
            return Answered(status=FAILED) if isinstance(told, Asked) else Answered(whisper=texts.UNAVAILABLE)
        if isinstance(told, Challenge):
            return Answered(text=task.result())
        return Answered(whisper=task.result())

    def _late(self, told: Incoming, task: asyncio.Task[str]) -> None:
        """What came of something that was acknowledged before: if nothing, the person is told."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        _log(error)
        if isinstance(told, Asked):
            self._keep(asyncio.create_task(self._desk.tell(told.message, texts.UNAVAILABLE)))
        elif isinstance(told, Aside):
            log.warning("a question asked by a command was lost")

    def _follow(self, message: Message) -> None:
        if message.id not in self._followed:
            self._followed.add(message.id)
            self._keep(asyncio.create_task(self._show(message)))

    async def _show(self, message: Message) -> None:
        """Show how the answer comes about, and how the jobs go on that it begins."""
        self._keep(asyncio.create_task(self._desk.entitle(message)))
        conversation = message.conversation
        stop = partial(self._assistant.stop, conversation, message.id)
        try:
            async with self._channel.showing(message, stop=stop) as show:
                async for event in self._assistant.events(conversation, message.id):
                    show(event)
                    if isinstance(event, JobStarted) and (job := await self._assistant.job(conversation, event.job_id)):
                        self._channel.show_job(self._assistant, job)
        except BadInput:
            log.info("a conversation was deleted while it was being answered")
        finally:
            self._followed.discard(message.id)

    def _keep(self, task: asyncio.Task[object] | asyncio.Task[str] | asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # those that matter have been looked at


def _log(error: BaseException) -> None:
    known = isinstance(error, SwitchboardError)
    incident = secrets.token_hex(4)
    log.log(
        logging.WARNING if known else logging.ERROR,
        "something from Slack was not taken, incident %s: %s",
        incident,
        error,
        exc_info=None if known else error,
    )
