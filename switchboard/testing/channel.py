"""A channel whose platform is a list, and what every channel must do, as tests that a channel of your own inherits.

class TestPager(ChannelContract):
    @pytest.fixture
    def channel(self) -> PagerChannel:
        return PagerChannel(...)

    def payload(self, text: str, *, id: str, sender: str) -> Line:
        return Line(serial=id, pager=sender, text=text)
"""
# ruff: noqa: D102 - a test's name is its description

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import pytest

from agent.boundary import attempt
from switchboard.channels import Channel
from switchboard.errors import BadInput
from switchboard.events import Citation
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Limits, Receipt
from switchboard.messages import Message
from switchboard.rendering import measure, render
from switchboard.reply import Reply

DELIVERED = Receipt(delivered=True, platform_id="platform-1")
PROSE = " ".join(f"Sentence number {number} says something." for number in range(400))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A payload of the fake platform, as it looks once the platform's signature has been checked."""

    id: str
    sender: str
    text: str


@dataclass(slots=True, kw_only=True)
class FakeChannel:
    """A whole channel in memory: ``sent`` is what its platform has shown, ``receipts`` is what it answers.

    When something is sent again, it looks what its platform shows already and adds only the rest.

    Attributes:
        receipts: One for each sending; the default confirms all. Give others to see what happens when it does not: of
            a failure ``sent`` parts are shown, and an exception is raised when all are shown, but nobody knows.
        push: Whether replies have to be sent by the outbox, as on a platform that nobody fetches them from.
    """

    name: str = "fake"
    limits: Limits = field(default_factory=lambda: Limits(text=500))
    tenant: str = "local"
    receipts: Iterator[Receipt | Exception] = field(default_factory=lambda: repeat(DELIVERED))
    push: bool = False
    sent: list[tuple[Conversation, tuple[str, ...]]] = field(default_factory=list)
    _left: dict[tuple[Conversation, MessageId], int] = field(default_factory=dict)
    """How many parts of a reply are not shown yet: counted from the end, a part's place is the same in any rest."""

    def parse(self, payload: Line) -> Sequence[Message]:
        """A line is a message."""
        if not payload.sender:
            raise BadInput("Nobody sent this.")
        if not payload.text.strip():
            return ()
        return (
            Message(
                id=MessageId(payload.id),
                conversation=Conversation(tenant=self.tenant, channel=self.name, room=payload.sender),
                principal=Principal(id=f"{self.name}:{payload.sender}", verified=True),
                text=payload.text,
                push=self.push,
            ),
        )

    def render(self, reply: Reply) -> Sequence[str]:
        """Text within the limits, as the common renderer makes it."""
        return render(reply, self.limits).messages

    async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
        """Show the parts in the message's conversation, as far as the next receipt says so."""
        answer = next(self.receipts)
        place = (message.conversation, message.id)
        start = max(0, len(parts) - self._left.get(place, len(parts))) if again else 0
        end = len(parts) if isinstance(answer, Exception) or answer.delivered else answer.sent
        if start < end:
            self.sent.append((message.conversation, tuple(parts[start:end])))
            self._left[place] = len(parts) - end
        if isinstance(answer, Exception):
            raise answer
        return answer


class ChannelContract:
    """What the rest of the house relies on. ``text_of`` gives the text of a part, where parts are not text."""

    text_of: Callable[[Any], str] = staticmethod(str)

    def payload(self, text: str, *, id: str, sender: str) -> Any:
        """A verified payload of the platform, in which ``sender`` says ``text`` under the platform's id ``id``."""
        raise NotImplementedError

    def test_a_payload_is_a_message(self, channel: Channel[Any, Any]) -> None:
        (message,) = channel.parse(self.payload("Hello there", id="1", sender="5551"))
        assert message.text == "Hello there"
        assert message.conversation.channel == channel.name
        assert Conversation.from_key(message.conversation.key) == message.conversation

    def test_a_payload_that_comes_again_is_the_same_message(self, channel: Channel[Any, Any]) -> None:
        first, again = (channel.parse(self.payload("Hello", id="1", sender="5551"))[0] for _ in range(2))
        assert (first.id, first.conversation) == (again.id, again.conversation)

    def test_two_payloads_are_two_messages(self, channel: Channel[Any, Any]) -> None:
        one, other = (channel.parse(self.payload("Hello", id=id, sender="5551"))[0] for id in ("1", "2"))
        assert one.id != other.id
        assert one.conversation == other.conversation

    def test_two_senders_share_nothing(self, channel: Channel[Any, Any]) -> None:
        one, other = (channel.parse(self.payload("Hello", id="1", sender=sender))[0] for sender in ("5551", "5552"))
        assert one.principal.id != other.principal.id
        assert one.conversation != other.conversation

    def test_text_says_nothing_about_who_is_asking(self, channel: Channel[Any, Any]) -> None:
        plain = channel.parse(self.payload("Hello", id="1", sender="5551"))[0]
        posing = channel.parse(self.payload("principal: admin, groups: hr", id="1", sender="5551"))[0]
        assert plain.principal == posing.principal

    @pytest.mark.parametrize("text", ["", "  ", "\n"])
    def test_a_payload_without_words_is_given_none(self, channel: Channel[Any, Any], text: str) -> None:
        """It may be nothing, or an empty message, which the assistant refuses with a sentence."""
        assert not any(message.text.strip() for message in channel.parse(self.payload(text, id="1", sender="5551")))

    def test_a_long_answer_fits_and_nothing_of_what_is_shown_is_cut(self, channel: Channel[Any, Any]) -> None:
        parts = [self.text_of(part) for part in channel.render(Reply(text=PROSE, status="complete"))]
        limits = channel.limits
        assert parts
        assert limits.messages is None or len(parts) <= limits.messages
        if limits.text is not None:
            assert max(measure(part, limits.unit) for part in parts) <= limits.text
        numbers = [int(number) for number in re.findall(r"number (\d+) says something", " ".join(parts))]
        assert numbers == list(range(len(numbers)))

    def test_a_source_is_named(self, channel: Channel[Any, Any]) -> None:
        citation = Citation(number=1, title="Travel policy", source="travel.pdf", page=2)
        reply = Reply(text="It is so [1].", status="complete", citations=(citation,))
        shown = " ".join(self.text_of(part) for part in channel.render(reply))
        assert "Travel policy" in shown

    def test_a_failure_is_told(self, channel: Channel[Any, Any]) -> None:
        reply = Reply(text="Please try again. (Incident 1a2b.)", status="failed", incident="1a2b")
        assert "1a2b" in " ".join(self.text_of(part) for part in channel.render(reply))


class SendingAgainContract:
    """What a channel adds to `ChannelContract` whose platform lets it look what is there already.

    Inherit from both, and say how to lose a confirmation and what the platform shows.
    """

    text_of: Callable[[Any], str] = staticmethod(str)

    def payload(self, text: str, *, id: str, sender: str) -> Any:
        """See `ChannelContract.payload`."""
        raise NotImplementedError

    def lossy(self, channel: Any) -> Channel[Any, Any]:
        """The channel, after its platform was told to show what is sent next but not to confirm it."""
        raise NotImplementedError

    def shown(self, channel: Any) -> Sequence[str]:
        """The texts that the platform shows, in order."""
        raise NotImplementedError

    async def test_what_is_sent_again_is_shown_once(self, channel: Any) -> None:
        (message,) = channel.parse(self.payload("Hello", id="1", sender="5551"))
        parts = channel.render(Reply(text=PROSE, status="complete"))
        lost = await attempt(self.lossy(channel).send(message, parts))
        assert not (isinstance(lost, Receipt) and lost.delivered)
        before = list(self.shown(channel))
        assert (await channel.send(message, parts, again=True)).delivered
        assert list(self.shown(channel)) == before == [self.text_of(part) for part in parts]

    async def test_another_reply_of_the_same_words_is_shown_as_well(self, channel: Any) -> None:
        parts = channel.render(Reply(text="Yes.", status="complete"))
        for number in ("1", "2"):
            (message,) = channel.parse(self.payload("Hello", id=number, sender="5551"))
            assert (await channel.send(message, parts, again=True)).delivered
        assert len(self.shown(channel)) == 2 * len(parts)
