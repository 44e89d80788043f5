"""What must survive, as protocols: conversations, jobs and blobs.

The conversation store has one idea: a conversation is an `Inbox` (small, versioned) with turns beside it, and
everything that happens to it is one `Change` that is written whole or, if the version moved meanwhile, not at all. The
rules (who may claim, in which order, when a lease is lost) are pure functions in ``agent/inbox.py``; a store only has
to compare and write. No change touches two conversations, so a key-value store with conditional writes is enough.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from switchboard.events import Event
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.messages import Message
from switchboard.reply import Reply

TurnState = Literal["queued", "running", "done"]
Verdict = Literal["good", "bad"]
JobState = Literal["queued", "running", "succeeded", "partial", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A worker's right to answer in one conversation.

    Attributes:
        message_id: The message whose turn it is.
        worker: Who holds it.
        fence: Grows with every lease of the conversation; a store refuses writes under an older one.
        expires_at: Seconds since the epoch; renewed by a heartbeat at a third of the lease.
    """

    message_id: MessageId
    worker: str
    fence: int
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A reply that has to be sent and has no receipt yet.

    Attributes:
        since: When the reply was stored, or a dead letter was retried, in seconds since the epoch.
        due_at: From when on a worker may take it: the next attempt, or the time at which the one that is sending it
            counts as gone.
        fence: Grows with each attempt; what an earlier one says of its failure is not heard.
        attempts: How often sending was begun.
        sent: How many of its parts the platform has confirmed.
        why: Why the last attempt failed, for the operator; empty while one is under way.
        dead: Whether it was given up: it stays here, in sight, until somebody retries or discards it.
    """

    message_id: MessageId
    since: float
    due_at: float
    fence: int = 0
    attempts: int = 0
    sent: int = 0
    why: str = ""
    dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The state of one conversation, small and written as a whole.

    Attributes:
        version: Counts writes; 0 for a conversation that does not exist yet.
        fence: The newest fencing token given out.
        lease: Who is answering now, if anybody.
        queue: Messages that wait, in order.
        stop: The message whose turn should stop, if asked for.
        turns: How many messages were ever accepted; the next turn's number.
        outbox: Replies that have to be sent, in order.
    """

    version: int = 0
    fence: int = 0
    lease: Lease | None = None
    queue: tuple[MessageId, ...] = ()
    stop: MessageId | None = None
    turns: int = 0
    outbox: tuple[Outgoing, ...] = ()

    @property
    def sends_at(self) -> float | None:
        """When the next reply is due to be sent, in seconds since the epoch; ``None`` if none is, dead ones aside."""
        return next((each.due_at for each in self.outbox if not each.dead), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a person thinks of a reply.

    Attributes:
        principal: Whose opinion it is.
        at: Seconds since the epoch.
    """

    verdict: Verdict
    principal: str
    at: float
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message and what became of it; the transcript is the turns in order of ``number``.

    Attributes:
        number: Place in the conversation, from 0.
        attempts: How often a worker has started it.
        reply: Present once the state is ``done``.
        delivered: Whether the channel's platform confirmed the reply.
        finished_at: Seconds since the epoch; 0 before.
        steered_by: Later messages that were told to this turn while it ran; its answer takes them into account.
        feedback: The newest of each person.
    """

    number: int
    message: Message
    state: TurnState
    attempts: int = 0
    reply: Reply | None = None
    delivered: bool = False
    finished_at: float = 0.0
    steered_by: tuple[MessageId, ...] = ()
    feedback: tuple[Feedback, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a store knows of a conversation and of one message in it, with its memory if that was asked for."""

    inbox: Inbox
    turn: Turn | None = None
    memory: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to write, whole or not at all.

    Attributes:
        follows: The version that was read, 0 for a conversation that does not exist yet.
        inbox: The new state. Its ``version`` is higher; a new conversation's first is the time, so that no version of
            a conversation that was deleted and begun anew comes twice.
        turns: Turns to add or replace.
        memory: The agent's working memory of the conversation (opaque), or ``None`` to leave it as it is.
        forget_events: Messages whose event log is no longer needed, as their reply is stored.
    """

    inbox: Inbox
    follows: int
    turns: tuple[Turn, ...] = ()
    memory: bytes | None = None
    forget_events: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSummary:
    """A line in a list of conversations. ``updated_at`` is in seconds since the epoch."""

    conversation: Conversation
    principals: frozenset[str]
    turns: int
    updated_at: float
    first_text: str = ""


class ConversationStore(Protocol):
    """Conversations, their turns, events and memory."""

    async def read(
        self, conversation: Conversation, message_id: MessageId | None = None, *, memory: bool = False
    ) -> Snapshot:
        """The conversation's inbox (a new one if it is unknown), if known the turn of ``message_id``, and the memory.

        All come from one consistent read, and where reading costs by the request, from one request.
        """
        ...

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """The turn of one message, if it is known."""
        ...

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        """Write the change if the stored version is ``change.follows``; otherwise write nothing.

        Returns:
            Whether it was written.
        """
        ...

    async def memory(self, conversation: Conversation) -> bytes | None:
        """The agent's working memory, as last written."""
        ...

    async def append_events(
        self, conversation: Conversation, message_id: MessageId, fence: int, events: Sequence[Event]
    ) -> None:
        """Add numbered events to a running turn's log. An event number that is there already is left as it is.

        Raises:
            Fenced: The conversation's fencing token is not ``fence``.
        """
        ...

    async def events(self, conversation: Conversation, message_id: MessageId, after: int = 0) -> Sequence[Event]:
        """The logged events numbered above ``after``, in order."""
        ...

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """The newest ``limit`` turns numbered below ``before``, oldest first."""
        ...

    async def list_conversations(
        self, *, tenant: str, principal: str | None = None, before: float | None = None, limit: int = 100
    ) -> Sequence[ConversationSummary]:
        """Conversations of a tenant, most recently used first; of one principal if named.

        Args:
            before: Only those that were last used before then, in seconds since the epoch.
        """
        ...

    async def pending(self, *, tenant: str, limit: int = 1000) -> Sequence[Conversation]:
        """Conversations in which a message waits or is being answered: after a crash, where to go on."""
        ...

    async def outgoing(
        self, *, tenant: str, channel: str, before: float | None = None, limit: int = 100
    ) -> Sequence[Conversation]:
        """Conversations of a channel whose outbox holds something, the earliest `Inbox.sends_at` first.

        Args:
            before: Only those with a reply that is due by then, in seconds since the epoch; ``None`` for all, those
                that hold nothing but dead letters last.
        """
        ...

    async def delete(self, conversation: Conversation) -> bool:
        """Remove the conversation with its turns, events and memory. Returns whether it was there."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that outlives a turn.

    Attributes:
        message_id: The message that it was begun for.
        principal: On whose behalf it works.
        kind: Name of the handler.
        arguments: What the handler needs, JSON text.
        progress: Steps done, and of how many; 0 of 0 when that can't be told.
        text: What a person reads of its state.
        saved: What the handler keeps to go on from when its worker dies, JSON text.
        result: The reply, once there is one.
        attempts: How often a worker has begun it.
        fence: Grows each time that a worker takes the job.
        due_at: Seconds since the epoch from which a worker may take it: its first or next attempt, or the time at which
            the worker that holds it counts as gone; 0 once there is nothing more to do for it.
        cancelling: Whether somebody asked for it to stop.
        push: Whether its result has to be sent; see `Message.push`.
        version: Counts writes.
    """

    id: str
    conversation: Conversation
    message_id: MessageId
    principal: Principal
    kind: str
    arguments: str = "{}"
    state: JobState = "queued"
    progress: tuple[int, int] = (0, 0)
    text: str = ""
    saved: str = ""
    result: Reply | None = None
    attempts: int = 0
    fence: int = 0
    due_at: float = 0.0
    cancelling: bool = False
    push: bool = False
    created_at: float = 0.0
    version: int = 0

    @property
    def ended(self) -> bool:
        """Whether it has come to its end, good or bad."""
        return self.state not in ("queued", "running")


class JobStore(Protocol):
    """Jobs; the same conditional write as for conversations."""

    async def create(self, job: Job) -> bool:
        """Write a new job at version 1. Returns whether it was new; a known id is left as it is."""
        ...

    async def get(self, job_id: str) -> Job | None:
        """The job, if it is known."""
        ...

    async def update(self, job: Job) -> bool:
        """Write the job if the stored version is ``job.version - 1``. Returns whether it was written."""
        ...

    async def due(self, *, before: float, limit: int = 100) -> Sequence[Job]:
        """Jobs of any state with ``0 < due_at <= before``, the earliest first."""
        ...

    async def list_jobs(
        self, *, conversation: Conversation | None = None, states: frozenset[JobState] | None = None, limit: int = 100
    ) -> Sequence[Job]:
        """Jobs, newest first."""
        ...

    async def delete(self, job_id: str) -> bool:
        """Remove the job. Returns whether it was there."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes in the store, as one owner knows them.

    Attributes:
        digest: SHA-256 of the bytes in hexadecimal.
        media_type: As this owner called it, untrusted.
        name: As this owner called it, untrusted; another owner may hold the same bytes under another name.
        owners: Conversation keys, or other names, on whose behalf it may be read: only the asker's own.
    """

    digest: str
    size: int
    media_type: str = "application/octet-stream"
    name: str = ""
    owners: frozenset[str] = field(default_factory=frozenset)


class BlobStore(Protocol):
    """Files by content. Whoever asks for one names the owner on whose behalf; there is no reading without."""

    async def put(
        self, chunks: AsyncIterator[bytes], *, owner: str, name: str = "", media_type: str = "", limit: int
    ) -> Blob:
        """Store bytes for an owner, all or nothing.

        Args:
            chunks: The bytes, in pieces of any size.
            owner: A conversation key, or another name that the caller defends.
            limit: Most bytes to take.

        Raises:
            BadInput: More than ``limit`` bytes came (status 413).
            BackendError: They can't be stored; ``code`` is ``full`` when there is no room.
        """
        ...

    async def stat(self, digest: str, *, owner: str) -> Blob | None:
        """What is known of the bytes, or ``None`` if they are unknown or the owner may not have them."""
        ...

    async def read(self, digest: str, *, owner: str) -> bytes:
        """The bytes.

        Raises:
            BackendError: ``code`` is ``missing``: unknown, or not this owner's (the same answer for both).
        """
        ...

    async def delete_owner(self, owner: str) -> int:
        """Take the owner's right to all its blobs; bytes that nobody owns go. Returns how many blobs it had."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
