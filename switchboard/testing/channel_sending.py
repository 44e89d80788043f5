"""What channels owe that push replies: failures told for what they are, and nothing shown twice."""
# ruff: noqa: D102 - a test's name is its description

from collections.abc import Sequence
from typing import Any

import pytest

from switchboard.boundary import attempt
from switchboard.channels import Channel
from switchboard.errors import DeliveryFailed
from switchboard.limits import Receipt
from switchboard.reply import Reply
from switchboard.testing.channel_case import ChannelCase
from switchboard.testing.channel_outgoing import PROSE


class SendingContract(ChannelCase):
    """What a channel adds to `ChannelContract` whose replies are sent: say how its platform refuses and is busy."""

    def busy(self, channel: Any) -> Channel[Any, Any]:
        """The channel, after its platform was told to ask for a pause at the next sending."""
        raise NotImplementedError

    def refusing(self, channel: Any) -> Channel[Any, Any]:
        """The channel, after its platform was told to refuse the next sending for good."""
        raise NotImplementedError

    def test_replies_to_its_messages_are_sent(self, channel: Any) -> None:
        assert self.said(channel).push, "without push=True a reply is kept until somebody fetches it"

    @pytest.mark.asyncio
    async def test_what_the_platform_confirmed_has_a_receipt(self, channel: Any) -> None:
        parts = channel.render(Reply(text="Yes.", status="complete"))
        assert (await channel.send(self.said(channel), parts)).delivered

    @pytest.mark.asyncio
    async def test_a_busy_platform_is_tried_again(self, channel: Any) -> None:
        outcome = await self._outcome(self.busy(channel))
        assert outcome.retry_after is not None, "without retry_after the reply would be given up"
        assert (await channel.send(self.said(channel), channel.render(Reply(text="Yes.", status="complete")))).delivered

    @pytest.mark.asyncio
    async def test_what_the_platform_will_never_take_is_given_up_with_a_reason(self, channel: Any) -> None:
        outcome = await self._outcome(self.refusing(channel))
        assert outcome.retry_after is None
        assert outcome.why

    async def _outcome(self, channel: Channel[Any, Any]) -> Receipt:
        parts = channel.render(Reply(text="Yes.", status="complete"))
        outcome = await attempt(channel.send(self.said(channel), parts))
        if isinstance(outcome, DeliveryFailed):
            pause = (outcome.retry_after or 0.0) if outcome.retryable else None
            outcome = Receipt(delivered=False, why=outcome.why, retry_after=pause)
        assert isinstance(outcome, Receipt), f"nobody knows what {outcome!r} means"
        assert not outcome.delivered
        return outcome


class SendingAgainContract(ChannelCase):
    """What a channel adds to `ChannelContract` whose platform lets it look what is there already.

    Inherit from both, and say how to lose a confirmation and what the platform shows.
    """

    def lossy(self, channel: Any) -> Channel[Any, Any]:
        """The channel, after its platform was told to show what is sent next but not to confirm it."""
        raise NotImplementedError

    def displayed(self, channel: Any) -> Sequence[str]:
        """The texts that the platform shows, in order."""
        raise NotImplementedError

    @pytest.mark.asyncio
    async def test_what_is_sent_again_is_shown_once(self, channel: Any) -> None:
        message = self.said(channel)
        parts = channel.render(Reply(text=PROSE, status="complete"))
        lost = await attempt(self.lossy(channel).send(message, parts))
        assert not (isinstance(lost, Receipt) and lost.delivered)
        before = list(self.displayed(channel))
        assert (await channel.send(message, parts, again=True)).delivered
        assert list(self.displayed(channel)) == before == [self.text_of(part) for part in parts]

    @pytest.mark.asyncio
    async def test_another_reply_of_the_same_words_is_shown_as_well(self, channel: Any) -> None:
        parts = channel.render(Reply(text="Yes.", status="complete"))
        for number in ("1", "2"):
            assert (await channel.send(self.said(channel, id=number), parts, again=True)).delivered
        assert len(self.displayed(channel)) == 2 * len(parts)
