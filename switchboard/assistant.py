"""The assistant as channels see it: offer a message, follow its events and jobs, stop them, read the transcript."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from switchboard.events import Event
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.storage import BlobStore, ConversationSummary, Feedback, Job, JobState, Turn

OfferState = Literal["new", "queued", "running", "done", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What became of an offered message.

    Attributes:
        state: ``new``: its turn starts. ``queued``: it waits behind ``ahead`` others. ``running`` and ``done``: it was
            known, and its events or its stored reply can be followed. ``rejected``: the conversation is busy and the
            channel's policy is to say so.
    """

    state: OfferState
    ahead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobNews:
    """How far a job is.

    Attributes:
        text: In words for people; may be empty.
        done: Steps done of ``total``; 0 of 0 when that can't be told.
        result: The message as whose reply the result comes, once that was offered: there is no news after it.
    """

    state: JobState
    text: str = ""
    done: int = 0
    total: int = 0
    result: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A document of the library as a file. ``name`` is fit for a header; ``data`` are its bytes as ingested."""

    name: str
    title: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What a newcomer wants to know: how much is readable, what to try, what the assistant is made of."""

    documents: int
    suggestions: tuple[str, ...]
    model: str
    notice: str = ""


class Assistant(Protocol):
    """One agent, whichever channel asks."""

    @property
    def blobs(self) -> BlobStore:
        """Where uploads go, owned by the conversation's key, before the message that mentions them is offered."""
        ...

    async def offer(self, message: Message) -> Offer:
        """Take a message. Safe to repeat: the same id in the same conversation is answered once.

        Raises:
            BadInput: It is empty, too long, or names an attachment that is not there.
        """
        ...

    def events(self, conversation: Conversation, message_id: MessageId, *, after: int = 0) -> AsyncIterator[Event]:
        """The events of a turn numbered above ``after``, as they come, up to `Final` or `Failed`.

        A turn that has ended and whose log is gone gives its outcome as one last event with the whole text.

        Raises:
            BadInput: The message is unknown (status 404).
        """
        ...

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """Stop a turn; what there is of the answer is kept. Returns whether it was running or waiting."""
        ...

    async def jobs(self, conversation: Conversation) -> Sequence[Job]:
        """The conversation's jobs, newest first. There is something left to do for those that are still due."""
        ...

    def watch_job(self, conversation: Conversation, job_id: str) -> AsyncIterator[JobNews]:
        """How far a job is: at once, and again whenever that changes, until its result was told.

        Whoever is slow to take the news misses what has been overtaken.

        Raises:
            BadInput: The job is unknown, or another conversation's (status 404 for both).
        """
        ...

    async def job(self, conversation: Conversation, job_id: str) -> Job | None:
        """A job of the conversation; ``None`` for an unknown one and for another conversation's alike."""
        ...

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """Ask for a job to end. Returns whether it was running or waiting; an unknown or foreign one was not."""
        ...

    async def confirm(self, message: Message, receipt: Receipt) -> None:
        """Tell what the platform said of the reply's delivery."""
        ...

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """One message and what became of it, if it is known."""
        ...

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """Keep what a person thinks of a reply, instead of what the same person thought before.

        Returns:
            Whether there is such a reply.

        Raises:
            BadInput: The comment is too long.
        """
        ...

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """The newest turns, oldest first; those that wait or run have no reply yet."""
        ...

    async def conversations(
        self, principal: Principal, *, tenant: str, limit: int = 50
    ) -> Sequence[ConversationSummary]:
        """The principal's conversations, most recently used first."""
        ...

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> SourceFile | None:
        """A cited document, if the principal may read it; ``None`` for unknown and forbidden alike."""
        ...

    async def catalogue(self, principal: Principal) -> Catalogue:
        """What this principal can ask about."""
        ...

    async def close(self) -> None:
        """Stop taking messages, let running turns end or hand them over, close stores."""
        ...
