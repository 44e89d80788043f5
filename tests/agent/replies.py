"""Replies that wait to be sent, in a store, and channels through which they do not get."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent import inbox
from switchboard import Conversation, Message, MessageId, Principal, Receipt, Reply
from switchboard.settings import Settings, load
from switchboard.storage import ConversationStore, Outgoing, Turn
from switchboard.testing.channel import FakeChannel

WORKER = "worker"


def a_room(room: str, channel: str = "fake") -> Conversation:
    return Conversation(tenant="local", channel=channel, room=room)


def sending_settings(**values: float) -> Settings:
    """Settings with no pause to speak of, but for what a test is about."""
    given = {"poll_seconds": 0.05, **values}
    return load(None, {f"SWITCHBOARD_OUTBOX__{name.upper()}": str(value) for name, value in given.items()})


async def store_reply(
    store: ConversationStore, where: Conversation, name: str, text: str = "", *, now: float = 1_000_000.0
) -> None:
    """Take in a message and finish its turn, as a worker does."""
    message = Message(id=MessageId(name), conversation=where, principal=Principal(id="p"), text="hi", push=True)
    snapshot = await store.read(where, message.id)
    offered = inbox.offer(snapshot, message, now=now, worker=WORKER, lease_seconds=30.0, busy="queue")
    assert offered.change is not None
    assert await store.commit(where, offered.change)
    lease = offered.change.inbox.lease
    assert lease is not None
    reply = Reply(text=text or f"re {name}", status="complete")
    done = inbox.finish(await store.read(where, message.id), lease, reply, now=now, memory=None)
    assert await store.commit(where, done)


async def entries(store: ConversationStore, where: Conversation) -> tuple[Outgoing, ...]:
    return (await store.read(where)).inbox.outbox


async def turn_of(store: ConversationStore, where: Conversation, name: str) -> Turn:
    turn = await store.turn(where, MessageId(name))
    assert turn is not None
    return turn


def texts_of(channel: FakeChannel, where: Conversation | None = None) -> list[str]:
    """What the platform shows, everywhere or in one conversation."""
    return [text for shown, parts in channel.sent if where in (None, shown) for text in parts]


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
