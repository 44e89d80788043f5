"""Whoever answers, as the desk of a function sees it that only receives: a queue, and a few reads and orders beside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedHouse:
    """A `channels.slack.desk.House` behind a queue.

    Attributes:
        stored: Gives the conversations, to the few requests that need them.
        files: Gives the place of files, where they go before the message that they came with is queued.
        stopping: Stops a turn, wherever it runs.
        cancelling: Ends a job, wherever it runs.
        listing: Says what a person can ask about.
    """

    queue: MessageQueue
    stored: Callable[[], ConversationStore]
    files: Callable[[], BlobStore]
    stopping: Callable[[Conversation, MessageId], Awaitable[bool]]
    cancelling: Callable[[Conversation, str], Awaitable[bool]]
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
        return await self.stopping(conversation, message_id)

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """See `Assistant.cancel_job`."""
        return await self.cancelling(conversation, job_id)

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `Assistant.transcript`."""
        return await self.stored().transcript(conversation, limit=limit, before=before)

    async def catalogue(self, principal: Principal) -> Catalogue:
        """See `Assistant.catalogue`."""
        return await self.listing(principal)
