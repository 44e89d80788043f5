"""Replies that wait to be sent, what sends them, and channels and stores that are not always there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from agent import inbox
from agent.sending import Sending
from stores.memory import MemoryConversationStore
from switchboard import BackendError, Conversation, Message, MessageId, Principal, Receipt, Reply
from switchboard.settings import Settings, load
from switchboard.storage import Change, ConversationStore, Outgoing, Turn
from switchboard.testing.channel import DELIVERED, FakeChannel
from tests.agent.shared import Clock

WORKER = "worker"
BUSY = Receipt(delivered=False, why="busy", retry_after=0.0)


def a_room(room: str, channel: str = "fake") -> Conversation:
    return Conversation(tenant="local", channel=channel, room=room)


ROOM = a_room("a")


def sending_settings(**values: float) -> Settings:
    """Settings with no pause to speak of, but for what a test is about."""
    given = {"poll_seconds": 0.05, **values}
    return load(None, {f"SWITCHBOARD_OUTBOX__{name.upper()}": str(value) for name, value in given.items()})


async def store_reply(
    store: ConversationStore, where: Conversation, name: str, text: str = "", *, now: float = 1_000_000.0
) -> None:
    """Take in a message and finish its turn, as a worker does."""
    message = Message(id=MessageId(name), conversation=where, principal=Principal(id="p"), text="hi", push=True)
    while True:  # senders may write at the same time
        snapshot = await store.read(where, message.id)
        offered = inbox.offer(snapshot, message, now=now, worker=WORKER, lease_seconds=30.0, busy="queue").change
        assert offered is not None
        if await store.commit(where, offered):
            break
    lease, reply = offered.inbox.lease, Reply(text=text or f"re {name}", status="complete")
    assert lease is not None
    while not await store.commit(
        where, inbox.finish(await store.read(where, message.id), lease, reply, now=now, memory=None)
    ):
        continue


async def entries(store: ConversationStore, where: Conversation) -> tuple[Outgoing, ...]:
    return (await store.read(where)).inbox.outbox


async def turn_of(store: ConversationStore, where: Conversation, name: str) -> Turn:
    turn = await store.turn(where, MessageId(name))
    assert turn is not None
    return turn


def texts_of(channel: FakeChannel, where: Conversation | None = None) -> list[str]:
    """What the platform shows, everywhere or in one conversation."""
    return [text for shown, parts in channel.sent if where in (None, shown) for text in parts]


@dataclass
class Post:
    """A store that several processes share, a clock that a test moves, and what sends in each."""

    store: Any = field(default_factory=MemoryConversationStore)
    clock: Clock = field(default_factory=Clock)
    made: list[Sending] = field(default_factory=list)

    def sending(self, *channels: FakeChannel, **limits: float) -> Sending:
        named = {channel.name: channel for channel in channels}
        made = Sending(self.store, named, sending_settings(**limits), clock=self.clock, jitter=lambda: 0.5)
        self.made.append(made)
        return made

    async def reply(self, *names: str, where: Conversation = ROOM, text: str = "") -> None:
        for name in names:
            await store_reply(self.store, where, name, text, now=self.clock.now)

    async def until_due(self, where: Conversation = ROOM) -> None:
        """Let as much time go by as the first reply that is not dead has to wait."""
        due_at = (await self.store.read(where)).inbox.sends_at
        assert due_at is not None
        self.clock.now = max(self.clock.now, due_at)

    async def close(self) -> None:
        for made in self.made:
            await made.close(0.0)
        await self.store.close()


def failing(*outcomes: Receipt | Exception) -> FakeChannel:
    return FakeChannel(receipts=chain(outcomes, repeat(DELIVERED)))


@dataclass(slots=True, kw_only=True)
class Hanging(FakeChannel):
    """A platform that does not answer, in all rooms or in some; ``stubborn``: not even when the call is cancelled."""

    rooms: frozenset[str] | None = None
    stubborn: bool = False
    calls: list[Conversation] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
        if self.rooms is not None and message.conversation.room not in self.rooms:
            return await FakeChannel.send(self, message, parts, again=again)
        self.calls.append(message.conversation)
        while not self.released.is_set():
            try:
                await self.released.wait()
            except asyncio.CancelledError:
                if not self.stubborn:
                    raise
        return await FakeChannel.send(self, message, parts, again=again)


class Shaky(MemoryConversationStore):
    """A store that fails when it is told to: by operation, so many times."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error or BackendError(service="conversations", operation="any", code="throttled", retryable=True)
        self.failures = {"read": 0, "commit": 0, "outgoing": 0}

    def _maybe(self, operation: str) -> None:
        if self.failures[operation]:
            self.failures[operation] -= 1
            raise self.error

    async def read(self, *args: Any, **named: Any) -> Any:
        self._maybe("read")
        return await super().read(*args, **named)

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        self._maybe("commit")
        return await super().commit(conversation, change)

    async def outgoing(self, **named: Any) -> Any:
        self._maybe("outgoing")
        return await super().outgoing(**named)
