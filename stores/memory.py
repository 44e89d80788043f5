"""Stores in memory: true ones, for tests and for trying things out; nothing outlives the process.

They serve one event loop. No method awaits between its first look and its last write, which is what makes it atomic.
"""

import hashlib
import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from stores.summaries import first_text, used_at
from stores.uploads import within
from switchboard.errors import BackendError, Fenced
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId
from switchboard.storage import Blob, Change, ConversationSummary, Inbox, Job, JobState, Snapshot, Turn


@dataclass(slots=True, kw_only=True)
class _Kept:
    """One conversation as it is held."""

    inbox: Inbox = field(default_factory=Inbox)
    turns: dict[MessageId, Turn] = field(default_factory=dict)
    events: dict[MessageId, dict[int, Event]] = field(default_factory=dict)
    memory: bytes | None = None
    principals: frozenset[str] = frozenset()
    updated_at: float = 0.0
    first_text: str = ""

    def write(self, change: Change) -> None:
        """Take over a change that has been found to fit."""
        self.inbox = change.inbox
        for turn in change.turns:
            self.turns[turn.message.id] = turn
            self.principals |= {turn.message.principal.id}
            self.updated_at = max(self.updated_at, used_at(turn))
            if turn.number == 0:
                self.first_text = first_text(turn)
        if change.memory is not None:
            self.memory = change.memory
        for message_id in change.forget_events:
            self.events.pop(message_id, None)


class MemoryConversationStore:
    """A `ConversationStore` in a dictionary."""

    def __init__(self) -> None:
        self._kept: dict[Conversation, _Kept] = {}

    async def read(
        self, conversation: Conversation, message_id: MessageId | None = None, *, memory: bool = False
    ) -> Snapshot:
        """See `ConversationStore.read`."""
        kept = self._kept.get(conversation, _Kept())
        turn = None if message_id is None else kept.turns.get(message_id)
        return Snapshot(inbox=kept.inbox, turn=turn, memory=kept.memory if memory else None)

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """See `ConversationStore.turn`."""
        return self._kept.get(conversation, _Kept()).turns.get(message_id)

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        """See `ConversationStore.commit`."""
        kept = self._kept.get(conversation, _Kept())
        if kept.inbox.version != change.follows:
            return False
        self._kept[conversation] = kept
        kept.write(change)
        return True

    async def memory(self, conversation: Conversation) -> bytes | None:
        """See `ConversationStore.memory`."""
        return self._kept.get(conversation, _Kept()).memory

    async def append_events(
        self, conversation: Conversation, message_id: MessageId, fence: int, events: Sequence[Event]
    ) -> None:
        """See `ConversationStore.append_events`."""
        kept = self._kept.get(conversation, _Kept())
        lease = kept.inbox.lease
        if kept.inbox.fence != fence or lease is None or lease.message_id != message_id:
            raise Fenced(operation="append_events")
        log = kept.events.setdefault(message_id, {})
        for event in events:
            log.setdefault(event.seq, event)

    async def events(self, conversation: Conversation, message_id: MessageId, after: int = 0) -> Sequence[Event]:
        """See `ConversationStore.events`."""
        log = self._kept.get(conversation, _Kept()).events.get(message_id, {})
        return [log[seq] for seq in sorted(log) if seq > after]

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `ConversationStore.transcript`."""
        turns = sorted(self._kept.get(conversation, _Kept()).turns.values(), key=lambda turn: turn.number)
        older = [turn for turn in turns if before is None or turn.number < before]
        return older[max(0, len(older) - max(0, limit)) :]

    async def list_conversations(
        self, *, tenant: str, principal: str | None = None, before: float | None = None, limit: int = 100
    ) -> Sequence[ConversationSummary]:
        """See `ConversationStore.list_conversations`."""
        found = [
            ConversationSummary(
                conversation=conversation,
                principals=kept.principals,
                turns=kept.inbox.turns,
                updated_at=kept.updated_at,
                first_text=kept.first_text,
            )
            for conversation, kept in self._kept.items()
            if conversation.tenant == tenant
            and (principal is None or principal in kept.principals)
            and (before is None or kept.updated_at < before)
        ]
        found.sort(key=lambda summary: (-summary.updated_at, summary.conversation.key))
        return found[: max(0, limit)]

    async def pending(self, *, tenant: str, limit: int = 1000) -> Sequence[Conversation]:
        """See `ConversationStore.pending`."""
        found = [
            (kept.updated_at, conversation.key, conversation)
            for conversation, kept in self._kept.items()
            if conversation.tenant == tenant and (kept.inbox.lease or kept.inbox.queue)
        ]
        return [conversation for _, _, conversation in sorted(found)[: max(0, limit)]]

    async def outgoing(
        self, *, tenant: str, channel: str, before: float | None = None, limit: int = 100
    ) -> Sequence[Conversation]:
        """See `ConversationStore.outgoing`."""
        found = []
        for conversation, kept in self._kept.items():
            at = math.inf if kept.inbox.sends_at is None else kept.inbox.sends_at
            ours = conversation.tenant == tenant and conversation.channel == channel and kept.inbox.outbox
            if ours and (before is None or at <= before):
                found.append((at, conversation.key, conversation))
        return [conversation for _, _, conversation in sorted(found)[: max(0, limit)]]

    async def delete(self, conversation: Conversation) -> bool:
        """See `ConversationStore.delete`."""
        return self._kept.pop(conversation, None) is not None

    async def close(self) -> None:
        """See `ConversationStore.close`."""


class MemoryJobStore:
    """A `JobStore` in a dictionary."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    async def create(self, job: Job) -> bool:
        """See `JobStore.create`."""
        if job.id in self._jobs:
            return False
        self._jobs[job.id] = replace(job, version=1)
        return True

    async def get(self, job_id: str) -> Job | None:
        """See `JobStore.get`."""
        return self._jobs.get(job_id)

    async def update(self, job: Job) -> bool:
        """See `JobStore.update`."""
        kept = self._jobs.get(job.id)
        if kept is None or kept.version != job.version - 1:
            return False
        self._jobs[job.id] = job
        return True

    async def due(self, *, before: float, limit: int = 100) -> Sequence[Job]:
        """See `JobStore.due`."""
        found = [job for job in self._jobs.values() if 0 < job.due_at <= before]
        return sorted(found, key=lambda job: (job.due_at, job.id))[: max(0, limit)]

    async def list_jobs(
        self, *, conversation: Conversation | None = None, states: frozenset[JobState] | None = None, limit: int = 100
    ) -> Sequence[Job]:
        """See `JobStore.list_jobs`."""
        found = [
            job
            for job in self._jobs.values()
            if (conversation is None or job.conversation == conversation) and (states is None or job.state in states)
        ]
        found.sort(key=lambda job: (-job.created_at, job.id))
        return found[: max(0, limit)]

    async def delete(self, job_id: str) -> bool:
        """See `JobStore.delete`."""
        return self._jobs.pop(job_id, None) is not None

    async def close(self) -> None:
        """See `JobStore.close`."""


class MemoryBlobStore:
    """A `BlobStore` in a dictionary."""

    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}
        self._rights: dict[str, dict[str, Blob]] = {}

    async def put(
        self, chunks: AsyncIterator[bytes], *, owner: str, name: str = "", media_type: str = "", limit: int
    ) -> Blob:
        """See `BlobStore.put`."""
        data = b"".join([chunk async for chunk in within(chunks, limit)])
        blob = Blob(
            digest=hashlib.sha256(data).hexdigest(),
            size=len(data),
            media_type=media_type or "application/octet-stream",
            name=name,
            owners=frozenset({owner}),
        )
        self._bytes[blob.digest] = data
        self._rights.setdefault(owner, {})[blob.digest] = blob
        return blob

    async def stat(self, digest: str, *, owner: str) -> Blob | None:
        """See `BlobStore.stat`."""
        return self._rights.get(owner, {}).get(digest)

    async def read(self, digest: str, *, owner: str) -> bytes:
        """See `BlobStore.read`."""
        if digest not in self._rights.get(owner, {}):
            raise BackendError(service="blobs", operation="read", code="missing")
        return self._bytes[digest]

    async def delete_owner(self, owner: str) -> int:
        """See `BlobStore.delete_owner`."""
        had = self._rights.pop(owner, {})
        for digest in had:
            if not any(digest in rights for rights in self._rights.values()):
                del self._bytes[digest]
        return len(had)

    async def close(self) -> None:
        """See `BlobStore.close`."""
