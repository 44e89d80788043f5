"""What whoever deals with people in Slack needs: to hand a message over, and to say something to one person alone."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from channels.slack import texts
from channels.slack.addresses import place_of
from channels.slack.api import SlackFailed
from channels.slack.channel import SlackChannel
from channels.slack.files import Files
from channels.slack.incoming import Place
from channels.slack.runs import escape
from switchboard import (
    BadInput,
    BlobStore,
    Catalogue,
    Conversation,
    Message,
    MessageId,
    Offer,
    Principal,
    Refused,
    Turn,
)
from switchboard.storage import Feedback

log = logging.getLogger("switchboard.channels")


class House(Protocol):
    """What the desk needs of whoever answers: an `Assistant`, or a queue and what stands beside it."""

    @property
    def blobs(self) -> BlobStore:
        """Where files go before the message that they came with is offered."""
        ...

    async def offer(self, message: Message) -> Offer:
        """See `Assistant.offer`."""
        ...

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """See `Assistant.stop`."""
        ...

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """See `Assistant.cancel_job`."""
        ...

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `Assistant.transcript`."""
        ...

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """See `Assistant.turn`."""
        ...

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """See `Assistant.rate`."""
        ...

    async def catalogue(self, principal: Principal) -> Catalogue:
        """See `Assistant.catalogue`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """The channel, and the house behind it.

    Attributes:
        follow: Called with each message that is being answered, to show how that goes.
        clock: Seconds since the epoch.
    """

    channel: SlackChannel
    house: House
    follow: Callable[[Message], None] = lambda message: None
    clock: Callable[[], float] = time.time

    async def hand_over(self, message: Message) -> bool:
        """Have a message answered, or say why not. Returns whether it was taken.

        Raises:
            SwitchboardError: Neither was done; the same may be tried again.
        """
        if message.attachments:
            files = Files(self.channel.settings, self.channel.api, limit=self.channel.limits.upload)
            message, faults = await files.fetched(message, self.house.blobs)
            for fault in faults:
                await self.tell(message, fault)
            if not message.text and not message.attachments and faults:
                return False
        if not message.text and not message.attachments:
            await self.tell(message, texts.EMPTY)
            return False
        try:
            offer = await self.house.offer(message)
        except (BadInput, Refused) as error:
            await self.tell(message, error.user_text)
            return False
        if offer.state == "rejected":
            await self.tell(message, texts.BUSY)
            return False
        if offer.state != "done":
            self.follow(message)
        return True

    async def tell(self, message: Message, text: str) -> None:
        """Say something to the sender of a message alone."""
        place, user = place_of(message.conversation), message.principal.id.partition(":")[2]
        await self.whisper(place, user, text)

    async def whisper(self, place: Place, user: str, text: str) -> None:
        """Say something in a place to one person alone; bots are told nothing."""
        if user.startswith("B"):
            return
        thread = {"thread_ts": place.thread} if place.thread else {}
        await self.tried(
            self.channel.api.call(
                place.team, "chat.postEphemeral", channel=place.channel, user=user, text=escape(text), **thread
            )
        )

    async def tried(self, call: Awaitable[object]) -> bool:
        """Make a call whose failure costs a convenience and no answer. Returns whether it was done."""
        try:
            await call
        except SlackFailed as failure:
            log.info("%s", failure)
            return False
        return True
