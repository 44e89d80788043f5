"""What answers a frame without the agent: messages go into the queue, everything else is in the stores."""

from collections.abc import Sequence
from typing import Protocol

from switchboard import Conversation, Event, Feedback, Message, MessageId
from switchboard.assistant import Offer
from switchboard.storage import BlobStore, Job, Turn


class Front(Protocol):
    """The part of an assistant that needs no model."""

    @property
    def blobs(self) -> BlobStore:
        """Where uploads are."""
        ...

    async def offer(self, message: Message) -> Offer:
        """Have a message answered, by whoever does that. Safe to repeat.

        Raises:
            BackendError: It may not have been taken.
        """
        ...

    async def replay(self, conversation: Conversation, message_id: MessageId, *, after: int) -> Sequence[Event]:
        """The events of a turn numbered above ``after``, as far as they are stored; of one that has ended, its outcome.

        Raises:
            BadInput: The message is unknown (status 404).
        """
        ...

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """See `switchboard.assistant.Assistant.stop`."""
        ...

    async def running(self, conversation: Conversation) -> MessageId | None:
        """The message that is being answered, if there is one."""
        ...

    async def jobs(self, conversation: Conversation) -> Sequence[Job]:
        """See `switchboard.assistant.Assistant.jobs`."""
        ...

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """See `switchboard.assistant.Assistant.cancel_job`."""
        ...

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """See `switchboard.assistant.Assistant.rate`."""
        ...

    async def confirm(self, conversation: Conversation, message_id: MessageId) -> None:
        """Note that somebody has the reply to a message; harmless where there is none."""
        ...

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `switchboard.assistant.Assistant.transcript`."""
        ...
