"""The fake channel keeps the contract that it ships with, and shows what a platform's refusal does."""

from collections.abc import Sequence
from itertools import chain, repeat

import pytest

from switchboard import Attachment, BadInput, Limits, Receipt, Reply, fold
from switchboard.testing.channel import (
    DELIVERED,
    ChannelContract,
    FakeChannel,
    Line,
    SendingAgainContract,
    SendingContract,
)
from switchboard.testing.running import follow, running


class TestFakeChannel(SendingAgainContract, SendingContract, ChannelContract):
    @pytest.fixture
    def channel(self) -> FakeChannel:
        return FakeChannel(push=True)

    def payload(self, text: str, *, id: str, sender: str) -> Line:
        return Line(id=id, sender=sender, text=text)

    def payload_with(self, attachment: Attachment, *, id: str, sender: str) -> Line:
        return Line(id=id, sender=sender, text="Read this.", files=(attachment,))

    def busy(self, channel: FakeChannel) -> FakeChannel:
        pause = Receipt(delivered=False, why="busy", retry_after=1.0)
        channel.receipts = chain([pause], repeat(DELIVERED))
        return channel

    def refusing(self, channel: FakeChannel) -> FakeChannel:
        channel.receipts = chain([Receipt(delivered=False, why="gone")], repeat(DELIVERED))
        return channel

    def lossy(self, channel: FakeChannel) -> FakeChannel:
        channel.receipts = chain([TimeoutError()], repeat(DELIVERED))
        return channel

    def displayed(self, channel: FakeChannel) -> Sequence[str]:
        return [part for _, parts in channel.sent for part in parts]


class TestFakeChannelOfAFewShortMessages(TestFakeChannel):
    @pytest.fixture
    def channel(self) -> FakeChannel:
        return FakeChannel(limits=Limits(text=120, messages=3, unit="utf8_bytes"), push=True)


def test_a_payload_from_nobody_is_refused() -> None:
    with pytest.raises(BadInput, match="Nobody"):
        FakeChannel().parse(Line(id="1", sender="", text="x"))


async def test_a_message_goes_in_and_its_reply_comes_out_where_it_came_from() -> None:
    channel = FakeChannel(receipts=iter([Receipt(delivered=False, why="busy", retry_after=1.0), DELIVERED]))
    async with running(["Good morning."]) as assistant:
        (message,) = channel.parse(Line(id="1", sender="5551", text="Hello"))
        await assistant.offer(message)
        reply = fold(await follow(assistant, message))
        parts = channel.render(reply)
        await assistant.confirm(message, await channel.send(message, parts))
        assert channel.sent == []
        await assistant.confirm(message, await channel.send(message, parts))
        (turn,) = await assistant.transcript(message.conversation)
    assert channel.sent == [(message.conversation, ("Good morning.",))]
    assert turn.delivered


async def test_after_a_failure_half_way_the_rest_is_shown_once() -> None:
    half = Receipt(delivered=False, why="half way", retry_after=0.0, sent=1)
    channel = FakeChannel(receipts=iter([half, TimeoutError(), DELIVERED]))
    (message,) = channel.parse(Line(id="1", sender="5551", text="Hello"))
    await channel.send(message, ("a", "a", "b"))
    with pytest.raises(TimeoutError):
        await channel.send(message, ("a", "b"), again=True)
    assert (await channel.send(message, ("a", "b"), again=True)).delivered
    assert [parts for _, parts in channel.sent] == [("a",), ("a", "b")]


def test_what_is_rendered_is_the_reply() -> None:
    assert FakeChannel().render(Reply(text="Hello", status="complete")) == ("Hello",)


@pytest.mark.parametrize(
    ("missing", "said"), [("channel", "needs a fixture `channel`"), ("payload", "needs a method payload")]
)
def test_what_an_adapter_lacks_is_named(pytester: pytest.Pytester, missing: str, said: str) -> None:
    given = {
        "channel": "    @pytest.fixture\n    def channel(self):\n        return FakeChannel()\n",
        "payload": "    def payload(self, text, *, id, sender):\n        return Line(id=id, sender=sender, text='')\n",
    }
    del given[missing]
    head = "import pytest\nfrom switchboard.testing.channel import ChannelContract, FakeChannel, Line\n"
    pytester.makepyfile(f"{head}class TestHalf(ChannelContract):\n{''.join(given.values())}")
    result = pytester.runpytest_inprocess("-x", "-Wignore", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "message")
    assert f"TestHalf {said}" in result.stdout.str()


def test_a_payload_that_is_not_understood_is_shown() -> None:
    case = TestFakeChannel()
    with pytest.raises(AssertionError, match=r"parse gave 0 messages, not 1, for Line\(id='1'"):
        case.said(FakeChannel(), "  ")
