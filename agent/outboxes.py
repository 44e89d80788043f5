"""The outboxes of a store: the rules of ``agent/outbox.py``, read, applied and written until the write fits."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from agent import inbox, outbox
from agent.counting import Counts
from switchboard.errors import BackendError
from switchboard.identity import Conversation, MessageId
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.settings import Settings
from switchboard.storage import Change, ConversationStore, Inbox, Outgoing, Snapshot

log = logging.getLogger("switchboard.agent")

HOLD_MARGIN = 30.0
"""Seconds for which a reply is held beyond the time that sending may take: for noting what came of it."""
STORE_PAUSE = 0.1
"""Seconds before what came of a sending is written again, when the store is not there; doubled each time."""
LONGEST_STORE_PAUSE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A reply in the hands of this process, and the conversation, with the reply's turn, as taking it has left it."""

    conversation: Conversation
    outgoing: Outgoing
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Outboxes:
    """What waits to be sent, in all conversations of a store.

    Attributes:
        clock: Seconds since the epoch.
        jitter: From 0 up to 1, anew for each pause.
        counts: Told of what is delivered, and of what is given up.
    """

    conversations: ConversationStore
    settings: Settings
    clock: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    counts: Counts = field(default_factory=Counts)

    @property
    def hold_seconds(self) -> float:
        """For how long a reply is held by whoever sends it."""
        return self.settings.outbox.send_seconds + HOLD_MARGIN + self.settings.turn.clock_skew_seconds

    def begun(self, stored: Snapshot) -> Attempt | None:
        """The attempt that storing a turn's reply has begun, if it has: by whoever stored it."""
        turn = stored.turn
        entry = None if turn is None else outbox.find(stored.inbox, turn.message.id)
        if turn is None or entry is None or not outbox.being_sent(entry, self.clock()):
            return None
        return Attempt(conversation=turn.message.conversation, outgoing=entry, snapshot=stored)

    async def take(self, conversation: Conversation) -> Attempt | None:
        """Begin an attempt at the conversation's next reply, if one is due."""
        limits = self.settings.outbox
        message_id: MessageId | None = None
        while True:
            snapshot = await self.conversations.read(conversation, message_id)
            state, now = snapshot.inbox, self.clock()
            if gone := outbox.lost(state, now, limits.give_up_seconds):
                if await self.conversations.commit(conversation, gone):
                    self._tell(conversation, state, gone.inbox)
                continue
            taken = outbox.take(state, now, self.hold_seconds)
            if taken is None:
                return None
            change, outgoing = taken
            if outgoing.message_id != message_id:
                message_id = outgoing.message_id  # read once more, with its turn
            elif await self.conversations.commit(conversation, change):
                after = replace(snapshot, inbox=change.inbox)
                return Attempt(conversation=conversation, outgoing=outgoing, snapshot=after)

    async def note(self, attempt: Attempt, receipt: Receipt) -> bool:
        """Write what came of an attempt, as soon as the store is there: a receipt that is lost is a reply sent twice.

        Returns:
            Whether another reply of the conversation is due.

        Raises:
            BackendError: The store refuses, and trying again is no use. Once the hold is over, the reply is sent again.
        """
        jitter = self.jitter()

        def decide(snapshot: Snapshot) -> Change | None:
            if receipt.delivered:
                return inbox.deliver(snapshot)
            if receipt.kept:
                return outbox.discard(snapshot.inbox, attempt.outgoing.message_id)
            limits = self.settings.outbox
            return outbox.failed(snapshot.inbox, attempt.outgoing, receipt, self.clock(), limits, jitter=jitter)

        message_id = attempt.outgoing.message_id
        before, after = await self._write(attempt.conversation, message_id, decide, attempt.snapshot)
        self._tell(attempt.conversation, before, after)
        return after.sends_at is not None and after.sends_at <= self.clock()

    async def confirm(self, message: Message, receipt: Receipt, known: Snapshot | None = None) -> None:
        """Write what a channel says of a reply that it sent by itself; a failure counts as an attempt.

        Args:
            known: The conversation and the reply's turn as this process last wrote them.
        """
        snapshot = known or await self.conversations.read(message.conversation, message.id)
        entry = outbox.find(snapshot.inbox, message.id)
        if receipt.delivered:
            await self._write(message.conversation, message.id, inbox.deliver, snapshot)
        elif receipt.kept:
            await self._write(
                message.conversation, message.id, lambda each: outbox.discard(each.inbox, message.id), snapshot
            )
        elif entry is None or outbox.being_sent(entry, self.clock()):
            log.warning("a reply was not delivered on %s: %s", message.conversation.channel, receipt.why)
        else:
            own = replace(entry, attempts=entry.attempts + 1)
            await self.note(Attempt(conversation=message.conversation, outgoing=own, snapshot=snapshot), receipt)

    async def retry(self, conversation: Conversation) -> int:
        """Have what failed sent again, dead letters too. Returns how many replies that are."""
        before, after = await self._write(
            conversation, None, lambda snapshot: outbox.retry(snapshot.inbox, None, self.clock())
        )
        return sum(entry != earlier for entry, earlier in zip(after.outbox, before.outbox, strict=True))

    async def discard(self, conversation: Conversation) -> int:
        """Send what waits no more. Returns how many replies that were."""
        before, _ = await self._write(conversation, None, lambda snapshot: outbox.discard(snapshot.inbox, None))
        return len(before.outbox)

    async def _write(
        self,
        conversation: Conversation,
        message_id: MessageId | None,
        decide: Callable[[Snapshot], Change | None],
        known: Snapshot | None = None,
    ) -> tuple[Inbox, Inbox]:
        """Write what is decided, reading anew when it does not fit and waiting while the store is away.

        Args:
            known: What was read or written last; to begin with, it is taken to be so still.

        Returns:
            The inbox before and after; the same where there was nothing to write.
        """
        pause = STORE_PAUSE
        while True:
            try:
                snapshot = known or await self.conversations.read(conversation, message_id)
                known = None
                change = decide(snapshot)
                if change is None:
                    return snapshot.inbox, snapshot.inbox
                if await self.conversations.commit(conversation, change):
                    if any(turn.delivered for turn in change.turns):
                        self.counts.add("delivered")
                    return snapshot.inbox, change.inbox
            except BackendError as error:
                if not error.retryable:
                    raise
                log.warning("an outbox could not be written, will try again: %s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_STORE_PAUSE)

    def _tell(self, conversation: Conversation, before: Inbox, after: Inbox) -> None:
        """Tell the operator which attempt failed, and what was given up."""
        earlier = {each.message_id: each for each in before.outbox}
        for each in after.outbox:
            if each == earlier[each.message_id] or not each.why:
                continue
            if each.dead:
                self.counts.add("dead")
                text = "a reply on %s is a dead letter after attempt %d (see `switchboard outbox list`): %s"
                log.error(text, conversation.channel, each.attempts, each.why)
                if dropped := len(before.outbox) - len(after.outbox):
                    log.error("%d older dead letters on %s were dropped", dropped, conversation.channel)
            else:
                text = "a reply on %s was not delivered at attempt %d, will try again: %s"
                log.warning(text, conversation.channel, each.attempts, each.why)
