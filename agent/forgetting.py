"""Forgetting a conversation: all that is kept of it, wherever that is, in steps that can be broken off and done again.

end       whoever answers loses the lease, and what waits ends: nobody writes to the transcript any more
jobs      whoever runs one finds it gone when it next writes
library   the attached files, as searches in the conversation would find them
reader    what was read of them
blobs     the files that were sent and made
delete    transcript, events and memory, last: until then the conversation is in every list, so that it is found
          again after a crash, and each step finds done what was done
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.inbox import changed
from stores.summaries import used_at
from switchboard.errors import SwitchboardError
from switchboard.identity import Conversation
from switchboard.plugins import Setup
from switchboard.reply import Reply
from switchboard.storage import BlobStore, Change, ConversationStore, Inbox, JobStore, Turn

if TYPE_CHECKING:
    from tools.reading.backend import Reader
    from tools.retrieval.backend import Library

log = logging.getLogger("switchboard.agent")

STEP = 100
"""Conversations, or jobs, looked up at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What there was of a conversation.

    Attributes:
        known: Whether it had a transcript.
        files: Blobs that it owned.
        documents: Attached files that could be searched.
    """

    known: bool
    files: int
    documents: int
    jobs: int

    @property
    def anything(self) -> bool:
        """Whether there was anything at all; files can be there before the first message is."""
        return bool(self.known or self.files or self.documents or self.jobs)


async def _nobody_here(conversation: Conversation) -> None:
    """Where no turns run there are none to wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """Everywhere that something of a conversation is kept.

    Attributes:
        library: ``None`` where the retriever takes no attachments.
        settle: Stops what runs of a conversation in this process and waits until it has let go.
    """

    conversations: ConversationStore
    jobs: JobStore
    blobs: BlobStore
    library: "Library | None"
    reader: "Reader"
    settle: Callable[[Conversation], Awaitable[None]] = _nobody_here

    async def forget(self, conversation: Conversation) -> Forgotten:
        """Remove everything. A message that comes meanwhile is forgotten along with it."""
        while not await self._end(conversation, (await self.conversations.read(conversation)).inbox):
            continue
        return await self._remove(conversation)

    async def forget_unused(self, *, tenant: str, before: float) -> int:
        """Forget the conversations of a tenant that were last used before then, a few at a time.

        One that can't be forgotten now is left for the next time.

        Returns:
            How many were forgotten.
        """
        count = 0
        while found := await self.conversations.list_conversations(tenant=tenant, before=before, limit=STEP):
            forgotten = [await self._forget_if_unused(summary.conversation, before) for summary in found]
            count += sum(forgotten)
            if not any(forgotten):
                break
        return count

    async def sweep(self, conversation: Conversation) -> None:
        """Remove what a turn still wrote while its conversation was being forgotten elsewhere, if that is so."""
        if (await self.conversations.read(conversation)).inbox.version == 0:
            await self._remove(conversation)

    async def _forget_if_unused(self, conversation: Conversation, before: float) -> bool:
        try:
            inbox = (await self.conversations.read(conversation)).inbox
            turns = await self.conversations.transcript(conversation, limit=1)
            if any(used_at(turn) >= before for turn in turns) or not await self._end(conversation, inbox):
                return False  # it has been used since it was listed
            await self._remove(conversation)
        except SwitchboardError as error:
            log.warning("an unused conversation could not be forgotten, will try again: %s", error)
            return False
        return True

    async def _end(self, conversation: Conversation, inbox: Inbox) -> bool:
        """Write that all turns have ended. Returns ``False``, with nothing written, if the inbox is no longer so."""
        if inbox.version:
            waiting = [*([inbox.lease.message_id] if inbox.lease else []), *inbox.queue]
            turns = [await self.conversations.turn(conversation, message_id) for message_id in waiting]
            if not await self.conversations.commit(conversation, ended(inbox, [turn for turn in turns if turn])):
                return False
        await self.settle(conversation)
        return True

    async def _remove(self, conversation: Conversation) -> Forgotten:
        jobs = 0
        while found := await self.jobs.list_jobs(conversation=conversation, limit=STEP):
            removed = [await self.jobs.delete(job.id) for job in found]
            jobs += sum(removed)
            if not any(removed):
                break  # the list is behind what is kept
        documents = await self.library.forget(conversation.key) if self.library else 0
        await self.reader.forget(conversation.key)
        files = await self.blobs.delete_owner(conversation.key)
        known = await self.conversations.delete(conversation)
        return Forgotten(known=known, files=files, documents=documents, jobs=jobs)


def ended(inbox: Inbox, turns: Sequence[Turn]) -> Change:
    """Nobody answers and nothing waits any more.

    A stopped turn's time does not change: forgetting a conversation is no use of it.
    """
    stopped = Reply(text="", status="stopped")
    done = (replace(turn, state="done", reply=turn.reply or stopped) for turn in turns)
    return changed(inbox, *done, fence=inbox.fence + 1, lease=None, queue=(), stop=None, outbox=())


def forgetting(setup: Setup, settle: Callable[[Conversation], Awaitable[None]] = _nobody_here) -> Forgetting:
    """All the places that the settings name."""
    retriever = setup.backend("retriever")
    return Forgetting(
        conversations=setup.backend("conversations"),
        jobs=setup.backend("jobs"),
        blobs=setup.backend("blobs"),
        library=retriever if hasattr(retriever, "forget") else None,
        reader=setup.backend("reader"),
        settle=settle,
    )
