"""Whoever answers, as the desk of a function sees it that only receives: a queue, and a few reads and orders beside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from switchboard import (
    BlobStore,
    Catalogue,
    Conversation,
    ConversationStore,
    Message,
    MessageId,
    Offer,
    Principal,
    Turn,
)
from switchboard.queues import MessageQueue
from switchboard.storage import Feedback


class Ordering(Protocol):
    """What changes turns and jobs that others work at, such as `agent.front.Front`."""

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """See `Assistant.stop`."""
        ...

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """See `Assistant.cancel_job`."""
        ...

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """See `Assistant.rate`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedHouse:
    """A `channels.slack.clerk.House` behind a queue.

    Attributes:
        stored: Gives the conversations, to the few requests that need them.
        files: Gives the place of files, where they go before the message that they came with is queued.
        ordering: Gives what stops turns, ends jobs and keeps opinions, wherever they are.
        listing: Says what a person can ask about.
    """

    queue: MessageQueue
    stored: Callable[[], ConversationStore]
    files: Callable[[], BlobStore]
    ordering: Callable[[], Ordering]
    listing: Callable[[Principal], Awaitable[Catalogue]]

    @property
    def blobs(self) -> BlobStore:
        """See `Assistant.blobs`."""
        return self.files()

    async def offer(self, message: Message) -> Offer:
        """Queue the message; whoever answers finds out whether it is known. Raises `BackendError`."""
        await self.queue.send(message)
        return Offer(state="new")

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """See `Assistant.stop`."""
        return await self.ordering().stop(conversation, message_id)

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """See `Assistant.cancel_job`."""
        return await self.ordering().cancel_job(conversation, job_id)

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """See `Assistant.rate`."""
        return await self.ordering().rate(conversation, message_id, feedback)

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """See `Assistant.turn`."""
        return await self.stored().turn(conversation, message_id)

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `Assistant.transcript`."""
        return await self.stored().transcript(conversation, limit=limit, before=before)

    async def catalogue(self, principal: Principal) -> Catalogue:
        """See `Assistant.catalogue`."""
        return await self.listing(principal)
