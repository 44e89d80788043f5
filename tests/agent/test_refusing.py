"""Refusing: a person is told on their own channel that a message was not taken."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.refusing import Refusing
from switchboard import BadInput, DeliveryFailed, Late, Limits, Message, Receipt, Reply
from switchboard.testing.running import said

PUSHED = replace(said("Hello"), push=True)
NAME = PUSHED.conversation.channel
ERROR = BadInput("Your message is empty.")


class Telling:
    """A channel that answers with a receipt, or not at all."""

    name = NAME
    limits = Limits()

    def __init__(self, receipt: Receipt | None) -> None:
        self.receipt = receipt
        self.sent: list[tuple[Message, Reply]] = []

    def parse(self, payload: object) -> Sequence[Message]:
        raise AssertionError("nothing comes in here")

    def render(self, reply: Reply) -> Sequence[Reply]:
        return (reply,)

    async def send(self, message: Message, parts: Sequence[Reply], *, again: bool = False) -> Receipt:
        self.sent += [(message, part) for part in parts]
        if self.receipt is None:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")
        return self.receipt


async def test_the_sentence_is_sent_to_where_the_message_came_from() -> None:
    channel = Telling(Receipt(delivered=True))
    await Refusing({NAME: channel})(PUSHED, ERROR)
    assert channel.sent == [(PUSHED, Reply(text="Your message is empty.", status="failed"))]


async def test_what_did_not_arrive_and_may_later_is_said() -> None:
    with pytest.raises(DeliveryFailed) as caught:
        await Refusing({NAME: Telling(Receipt(delivered=False, why="busy", retry_after=3))})(PUSHED, ERROR)
    assert (caught.value.retryable, caught.value.retry_after) == (True, 3)


async def test_what_will_never_arrive_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    await Refusing({NAME: Telling(Receipt(delivered=False, why="no such room"))})(PUSHED, ERROR)
    assert "no such room" in caplog.text


async def test_a_channel_that_does_not_answer_is_not_waited_for() -> None:
    with pytest.raises(Late):
        await Refusing({NAME: Telling(None)}, seconds=0)(PUSHED, ERROR)


async def test_what_another_process_could_tell_comes_again() -> None:
    with pytest.raises(DeliveryFailed, match="does not serve it"):
        await Refusing({})(PUSHED, ERROR)


async def test_where_replies_are_fetched_nothing_is_sent() -> None:
    channel = Telling(Receipt(delivered=True))
    await Refusing({NAME: channel})(replace(PUSHED, push=False), ERROR)
    assert channel.sent == []
