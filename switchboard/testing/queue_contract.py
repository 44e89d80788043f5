"""What every `MessageQueue` must do, as tests that yours inherits; see ``conversation_contract`` for how."""
# ruff: noqa: D102 - a test's name is its description

import asyncio
from collections.abc import Sequence

import pytest

from switchboard.messages import Message
from switchboard.queues import Delivery, MessageQueue
from switchboard.testing.samples import HOSTILE_NAMES, a_conversation, a_message


def said(name: str = "m0", *, room: str = "room", text: str = "Hello") -> Message:
    """A message in a room."""
    return a_message(name, conversation=a_conversation(room), text=text)


def ids(deliveries: Sequence[Delivery]) -> list[str]:
    """Which messages were delivered."""
    return [delivery.message.id for delivery in deliveries]


@pytest.mark.asyncio
class MessageQueueContract:
    """In order within a conversation, once while all goes well, again when it does not."""

    async def test_a_message_is_received_as_it_was_sent(self, queue: MessageQueue) -> None:
        await queue.send(said())
        (delivery,) = await queue.receive()
        assert delivery.message == said()
        assert delivery.attempts == 1

    async def test_an_empty_queue_gives_nothing(self, queue: MessageQueue) -> None:
        assert list(await queue.receive()) == []
        assert list(await queue.receive(limit=0)) == []

    async def test_messages_of_a_conversation_come_in_order(self, queue: MessageQueue) -> None:
        for number in range(5):
            await queue.send(said(f"m{number}"))
        received: list[str] = []
        while deliveries := await queue.receive(limit=2):
            received += ids(deliveries)
            await queue.done(deliveries)
        assert received == [f"m{number}" for number in range(5)]

    async def test_the_same_message_sent_again_is_dropped(self, queue: MessageQueue) -> None:
        for _ in range(3):
            await queue.send(said())
        assert ids(await queue.receive()) == ["m0"]

    async def test_a_message_sent_again_after_it_was_done_is_dropped(self, queue: MessageQueue) -> None:
        await queue.send(said())
        await queue.done(await queue.receive())
        await queue.send(said())
        assert list(await queue.receive()) == []

    async def test_the_same_id_in_another_conversation_is_another_message(self, queue: MessageQueue) -> None:
        await queue.send(said(room="a"))
        await queue.send(said(room="b"))
        assert ids(await queue.receive()) == ["m0", "m0"]

    async def test_behind_a_held_message_its_conversation_waits_and_others_do_not(self, queue: MessageQueue) -> None:
        await queue.send(said("a0", room="a"))
        await queue.send(said("a1", room="a"))
        assert ids(await queue.receive(limit=1)) == ["a0"]
        await queue.send(said("b0", room="b"))
        assert ids(await queue.receive()) == ["b0"]

    async def test_what_is_done_lets_the_next_through(self, queue: MessageQueue) -> None:
        await queue.send(said("m0"))
        await queue.send(said("m1"))
        first = await queue.receive(limit=1)
        assert list(await queue.done(first)) == []
        assert ids(await queue.receive(limit=1)) == ["m1"]

    async def test_what_is_given_back_comes_again_first(self, queue: MessageQueue) -> None:
        await queue.send(said("m0"))
        await queue.send(said("m1"))
        (delivery,) = await queue.receive(limit=1)
        assert await queue.extend(delivery, 0)
        (again,) = await queue.receive(limit=1)
        assert again.message.id == "m0"
        assert again.attempts == 2

    async def test_a_held_message_can_be_held_longer(self, queue: MessageQueue) -> None:
        await queue.send(said())
        (delivery,) = await queue.receive(hold_seconds=30)
        assert await queue.extend(delivery, 600)
        assert list(await queue.receive()) == []

    async def test_what_is_done_can_not_be_held_any_longer(self, queue: MessageQueue) -> None:
        await queue.send(said())
        deliveries = await queue.receive()
        await queue.done(deliveries)
        assert not await queue.extend(deliveries[0], 60)

    async def test_nothing_done_is_nothing_failed(self, queue: MessageQueue) -> None:
        assert list(await queue.done([])) == []

    async def test_a_large_message_is_received_as_it_was_sent(self, queue: MessageQueue) -> None:
        message = said(text="\u00e4" * 500_000)
        await queue.send(message)
        (delivery,) = await queue.receive()
        assert delivery.message == message

    async def test_hostile_names_are_kept_exactly_and_apart(self, queue: MessageQueue) -> None:
        sent = [said(name, room=name, text=name) for name in HOSTILE_NAMES]
        for message in sent:
            await queue.send(message)
        received: list[Message] = []
        while deliveries := await queue.receive():
            received += [delivery.message for delivery in deliveries]
            await queue.done(deliveries)
        assert sorted(received, key=repr) == sorted(sent, key=repr)

    async def test_whoever_waits_gets_what_is_sent_meanwhile(self, queue: MessageQueue) -> None:
        waiting = asyncio.create_task(queue.receive(wait_seconds=5))
        await queue.send(said())
        assert ids(await waiting) == ["m0"]

    async def test_closing_twice_is_harmless(self, queue: MessageQueue) -> None:
        await queue.close()
        await queue.close()
