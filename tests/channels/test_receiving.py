"""Receiving: what a platform is answered, and what the queue has then."""

from collections.abc import Sequence

import pytest

from channels.receiving import Received, Receiver
from stores.queue import MemoryQueue
from switchboard import BackendError, BadInput, Limits, Message, Receipt, Refused, Reply
from switchboard.testing.queue_contract import said


class Parsing:
    """A channel whose payloads are the messages that they hold, or the error that they are."""

    name = "test"
    limits = Limits()

    def parse(self, payload: Sequence[Message] | Exception) -> Sequence[Message]:
        if isinstance(payload, Exception):
            raise payload
        return payload

    def render(self, reply: Reply) -> Sequence[str]:
        raise AssertionError("nothing is answered here")

    async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
        raise AssertionError("nothing is answered here")


class Failing(MemoryQueue):
    """A queue that is down after so many messages."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    async def send(self, message: Message) -> None:
        if not self.left:
            raise BackendError(service="sqs", operation="send_message", code="unavailable", retryable=True)
        self.left -= 1
        await super().send(message)


async def queued(queue: MemoryQueue) -> list[Message]:
    return [delivery.message for delivery in await queue.receive(limit=100)]


async def test_what_came_in_is_queued_in_order_and_counted() -> None:
    queue, messages = MemoryQueue(), [said(f"m{number}") for number in range(3)]
    assert await Receiver(Parsing(), queue).receive(messages) == Received(status=200, messages=3)
    assert await queued(queue) == messages


async def test_a_payload_without_messages_is_acknowledged() -> None:
    assert await Receiver(Parsing(), MemoryQueue()).receive([]) == Received(status=200)


async def test_a_payload_that_comes_again_is_acknowledged_and_queued_once() -> None:
    queue = MemoryQueue()
    for _ in range(3):
        assert (await Receiver(Parsing(), queue).receive([said()])).status == 200
    assert await queued(queue) == [said()]


async def test_files_that_are_still_at_the_platform_stay_there() -> None:
    """Fetching them would take longer than a platform waits."""
    queue = MemoryQueue()
    await Receiver(Parsing(), queue).receive([said()])
    (message,) = await queued(queue)
    assert message.attachments == said().attachments


async def test_a_malformed_payload_is_answered_with_what_is_wrong_with_it() -> None:
    queue = MemoryQueue()
    answer = await Receiver(Parsing(), queue).receive(BadInput("That is too large.", status=413))
    assert answer == Received(status=413, text="That is too large.")
    assert await queued(queue) == []


async def test_a_sender_who_can_not_be_verified_is_turned_away(caplog: pytest.LogCaptureFixture) -> None:
    answer = await Receiver(Parsing(), MemoryQueue()).receive(Refused("No.", policy="signature"))
    assert answer == Received(status=403, text="No.")
    assert "refused by signature" in caplog.text


async def test_a_platform_is_asked_to_send_again_what_could_not_be_queued() -> None:
    queue, messages = Failing(after=1), [said("m0"), said("m1")]
    receiver = Receiver(Parsing(), queue)
    answer = await receiver.receive(messages)
    assert (answer.status, answer.messages) == (503, 1)
    queue.left = 10
    assert await receiver.receive(messages) == Received(status=200, messages=2)
    assert await queued(queue) == messages
