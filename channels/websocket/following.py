"""The turns that one socket follows: a task for each, and which replies the client still has to confirm."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from channels.websocket import texts
from channels.websocket.links import linked
from channels.websocket.protocol import BadFrame, Happened, Response, TurnBegan
from channels.websocket.tasks import Guard, Tasks
from channels.websocket.views import new_view
from switchboard import Conversation, Event, JobStarted, Message, MessageId
from switchboard.assistant import Assistant
from switchboard.events import ends_turn

log = logging.getLogger(__name__)

MOST = 64


class Following:
    """Turns on their way to one client. ``began`` is told of each job that a turn begins."""

    def __init__(
        self,
        assistant: Assistant,
        send: Callable[[Response], Awaitable[None]],
        guard: Guard,
        *,
        began: Callable[[JobStarted, MessageId, Conversation], None],
    ) -> None:
        self._assistant = assistant
        self._send = send
        self._began = began
        self._tasks = Tasks(guard, most=MOST)
        self._expected: dict[MessageId, Message] = {}
        self._ends: dict[MessageId, int] = {}

    def expect(self, message: Message, *, end: int | None = None) -> None:
        """The client will confirm this message's reply; ``end`` is its last event's number once it was sent."""
        self._expected[message.id] = message
        if end is not None:
            self._ends[message.id] = end

    def expects(self, message_id: MessageId) -> bool:
        """Whether a confirmation is awaited."""
        return message_id in self._expected

    def confirmed(self, message_id: MessageId, seq: int) -> Message | None:
        """The message whose reply the client has, or ``None`` if it can't have it or has said so before."""
        if self._ends.get(message_id) != seq:
            return None
        del self._ends[message_id]
        return self._expected.pop(message_id, None)

    def follow(self, message_id: MessageId, conversation: Conversation, *, after: int = 0) -> None:
        """Send the turn's events numbered above ``after``, as they come; instead of an earlier request for the same.

        Raises:
            BadFrame: Too many turns are followed.
        """
        work = partial(self._events, message_id, conversation, after)
        if not self._tasks.start(message_id, work, about=message_id):
            raise BadFrame(texts.TOO_MANY_TURNS, code="too_many_turns", about=message_id)

    def show(self, message: Message, *, ready: asyncio.Event) -> None:
        """Once ``ready``, tell the client of a message that it did not send, then follow its turn."""
        if message.id not in self._tasks:
            self.push(message, None, ready=ready)

    def push(self, message: Message, events: Sequence[Event] | None, *, ready: asyncio.Event) -> None:
        """Once ``ready``, tell the client of a message and of these events of its turn; with ``None`` of its own."""
        self.expect(message)
        if not self._tasks.start(message.id, partial(self._shown, message, ready, events), about=message.id):
            log.warning("a window follows %d turns already and misses one until it is opened again", MOST)

    async def close(self) -> None:
        """Follow nothing any more. The turns go on."""
        await self._tasks.close()

    async def _events(self, message_id: MessageId, conversation: Conversation, after: int) -> None:
        async for event in self._assistant.events(conversation, message_id, after=after):
            await self._happened(message_id, event, conversation)

    async def _shown(self, message: Message, ready: asyncio.Event, events: Sequence[Event] | None) -> None:
        await ready.wait()
        await self._send(TurnBegan(turn=new_view(message)))
        if events is None:
            await self._events(message.id, message.conversation, 0)
        for event in events or ():
            await self._happened(message.id, event, message.conversation)

    async def _happened(self, message_id: MessageId, event: Event, conversation: Conversation) -> None:
        if ends_turn(event) and message_id in self._expected:
            self._ends[message_id] = event.seq
        if isinstance(event, JobStarted):
            self._began(event, message_id, conversation)
        await self._send(Happened(message_id=message_id, event=linked(event, conversation)))
