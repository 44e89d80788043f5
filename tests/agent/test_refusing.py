"""Refusing: a person is told on their own channel that a message was not taken."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from agent.refusing import Refusing
from switchboard import BadInput, DeliveryFailed, Message, Receipt, Reply
from switchboard.plugins import Setup
from switchboard.testing.running import said

PUSHED = replace(said("Hello"), push=True)
ERROR = BadInput("Your message is empty.")


class Telling:
    """A channel, and the set-up that makes it."""

    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt
        self.made: list[str] = []
        self.sent: list[tuple[Message, Reply]] = []

    def channel(self, name: str) -> "Telling":
        self.made.append(name)
        return self

    def render(self, reply: Reply) -> Sequence[Reply]:
        return (reply,)

    async def send(self, message: Message, parts: Sequence[Reply], **options: Any) -> Receipt:
        self.sent += [(message, part) for part in parts]
        return self.receipt


def refusing(channel: Telling) -> Refusing:
    return Refusing(cast("Setup", channel))


async def test_the_sentence_is_sent_to_where_the_message_came_from() -> None:
    channel = Telling(Receipt(delivered=True))
    tell = refusing(channel)
    await tell(PUSHED, ERROR)
    await tell(PUSHED, ERROR)
    assert channel.sent == [(PUSHED, Reply(text="Your message is empty.", status="failed"))] * 2
    assert channel.made == [PUSHED.conversation.channel]


async def test_what_did_not_arrive_and_may_later_is_said() -> None:
    with pytest.raises(DeliveryFailed) as caught:
        await refusing(Telling(Receipt(delivered=False, why="busy", retry_after=3)))(PUSHED, ERROR)
    assert (caught.value.retryable, caught.value.retry_after) == (True, 3)


async def test_what_will_never_arrive_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    await refusing(Telling(Receipt(delivered=False, why="no such room")))(PUSHED, ERROR)
    assert "no such room" in caplog.text


async def test_where_replies_are_fetched_nothing_is_sent() -> None:
    channel = Telling(Receipt(delivered=True))
    await refusing(channel)(replace(PUSHED, push=False), ERROR)
    assert channel.sent == []
