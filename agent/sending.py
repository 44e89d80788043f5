"""Sending replies: a lane for each channel, so that one whose platform is dead or slow never delays another."""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from agent.counting import Counts
from agent.outboxes import Attempt, Outboxes
from switchboard.boundary import attempt
from switchboard.channels import Channel
from switchboard.errors import DeliveryFailed, Late, SwitchboardError
from switchboard.identity import Conversation, MessageId
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.reply import Reply
from switchboard.settings import Settings
from switchboard.storage import ConversationStore, Snapshot
from switchboard.tracing import traced

log = logging.getLogger("switchboard.agent")

MOST_FETCHED = 200
"""Replies whose receipt is waited for with what was stored at hand, so that noting it needs no look at the store."""
PAGE = 100
"""Conversations that are looked up at once."""
NO_RECEIPT = "there was no answer in time"
UNWIND_SECONDS = 2.0
"""How long a cancelled sending may take to let go; one that does not is left behind."""


class Sending:
    """Sends what the outboxes of a store hold, through the channels of this process.

    A turn that has stored a reply says so with `nudge`; what a crash left, and what has to be tried again, is found by
    looking (after `start`, or with `flush`). Several processes may do this on one store.
    """

    def __init__(
        self,
        conversations: ConversationStore,
        channels: Mapping[str, Channel[Any, Any]],
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
        counts: Counts | None = None,
    ) -> None:
        self._outboxes = Outboxes(
            conversations=conversations, settings=settings, clock=clock, jitter=jitter, counts=counts or Counts()
        )
        self._lanes = {name: Lane(name, channel, self._outboxes) for name, channel in channels.items()}
        self._lookouts: list[asyncio.Task[NoReturn]] = []
        self._fetched: dict[tuple[Conversation, MessageId], Snapshot] = {}

    def start(self) -> None:
        """Look for what is due from now on, until `close`."""
        self._lookouts = self._lookouts or [asyncio.create_task(lane.look_out()) for lane in self._lanes.values()]

    def nudge(self, conversation: Conversation) -> None:
        """Send what is due in a conversation, now. One of a channel that is not here is for another process."""
        if lane := self._lanes.get(conversation.channel):
            lane.nudge(conversation)

    def holding(self, message: Message) -> float | None:
        """For how many seconds this process holds a message's reply to send it; ``None`` if it can't."""
        sends = message.push and message.conversation.channel in self._lanes
        return self._outboxes.hold_seconds if sends else None

    def stored(self, stored: Snapshot) -> None:
        """Send what there is to send after a turn's reply was stored here, without asking the store what that is."""
        if stored.turn is None:
            return
        message = stored.turn.message
        if stored.inbox.outbox and (lane := self._lanes.get(message.conversation.channel)):
            lane.nudge(message.conversation, self._outboxes.begun(stored))
        if not message.push:
            self._fetched[message.conversation, message.id] = stored
            while len(self._fetched) > MOST_FETCHED:
                self._fetched.pop(next(iter(self._fetched)))

    async def confirm(self, message: Message, receipt: Receipt) -> None:
        """Note what a channel says of a reply that it sent by itself; see `switchboard.assistant.Assistant.confirm`."""
        await self._outboxes.confirm(message, receipt, self._fetched.pop((message.conversation, message.id), None))

    async def flush(self, seconds: float) -> bool:
        """Try everything that is due once, as before a short-lived process ends.

        Returns:
            Whether all of it was tried within so many seconds. What failed waits, in the store, for its next attempt.
        """
        lanes = [asyncio.create_task(lane.flush()) for lane in self._lanes.values()]
        if not lanes:
            return True
        done, late = await asyncio.wait(lanes, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late and all(task.result() for task in done)

    async def close(self, seconds: float = 5.0) -> None:
        """Begin nothing more, let what is being sent end within so many seconds, break off the rest.

        What was broken off may have arrived; it is sent again, as such, once the hold on it is over.
        """
        for task in self._lookouts:
            task.cancel()
        await asyncio.gather(
            *self._lookouts, *(lane.close(seconds) for lane in self._lanes.values()), return_exceptions=True
        )


class Lane:
    """The replies of one channel on their way: of so many conversations at a time, and in each one after another."""

    def __init__(self, name: str, channel: Channel[Any, Any], outboxes: Outboxes) -> None:
        self._name = name
        self._channel = channel
        self._outboxes = outboxes
        self._limits = outboxes.settings.outbox
        self._ready: dict[Conversation, Attempt | None] = {}
        self._busy: dict[Conversation, asyncio.Task[None]] = {}
        self._sends: set[asyncio.Task[Receipt]] = set()
        self._closing = False

    def nudge(self, conversation: Conversation, begun: Attempt | None = None) -> None:
        """Have a conversation looked at as soon as there is a place; after what is being sent in it, if that is so.

        Args:
            begun: An attempt that has been begun already.
        """
        if not self._closing:
            self._ready[conversation] = begun or self._ready.get(conversation)
            self._begin()

    async def look_out(self) -> NoReturn:
        """Find what is due, again and again."""
        while True:
            await self._find()
            await asyncio.sleep(self._limits.poll_seconds)

    async def flush(self) -> bool:
        """Try what is due, and wait until that is done. Returns whether it could be found out what that is."""
        seen: set[Conversation] = set()
        while (found := await self._find(PAGE + len(seen))) and not seen.issuperset(found):
            seen.update(found)
            await self._idle()
        await self._idle()
        return found is not None

    async def close(self, seconds: float) -> None:
        """Begin nothing more; wait, break off, wait a little."""
        self._closing = True
        self._ready.clear()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=seconds)
        tasks: list[asyncio.Task[Any]] = [*self._busy.values(), *self._sends]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=UNWIND_SECONDS)

    async def _find(self, limit: int = PAGE) -> Sequence[Conversation] | None:
        """Nudge the conversations in which something is due; ``None`` if the store does not say which."""
        found = await attempt(
            self._outboxes.conversations.outgoing(
                tenant=self._outboxes.settings.tenant, channel=self._name, before=self._outboxes.clock(), limit=limit
            )
        )
        if isinstance(found, Exception):
            self._trouble("what is due could not be looked up", found)
            return None
        for conversation in found:
            self.nudge(conversation)
        return found

    async def _idle(self) -> None:
        while self._busy:
            await asyncio.wait(self._busy.values())

    def _begin(self) -> None:
        """Begin as many of those that are ready as there are places for."""
        for conversation in [each for each in self._ready if each not in self._busy]:
            if len(self._busy) >= self._limits.parallel:
                return
            task = asyncio.create_task(self._carry(conversation, self._ready.pop(conversation)))
            self._busy[conversation] = task
            task.add_done_callback(partial(self._end, conversation))

    def _end(self, conversation: Conversation, _task: asyncio.Task[None]) -> None:
        del self._busy[conversation]
        self._begin()

    async def _carry(self, conversation: Conversation, begun: Attempt | None) -> None:
        """Send a conversation's replies, as long as one is due."""
        error = await attempt(self._send_due(conversation, begun))
        if error is not None:
            self._trouble("an outbox could not be read or written, it is looked at again", error)

    async def _send_due(self, conversation: Conversation, begun: Attempt | None) -> None:
        more = True
        while more and not self._closing and (taken := begun or await self._outboxes.take(conversation)):
            begun = None
            with traced("send", channel=self._name, attempt=taken.outgoing.attempts) as span:
                receipt = self._receipt(await attempt(self._bounded(self._send(taken))))
                more = await self._outboxes.note(taken, receipt)
                span.set(delivered=receipt.delivered)

    async def _bounded(self, work: Coroutine[Any, Any, Receipt]) -> Receipt:
        """Do the work within the time for it. Work that does not hear its cancellation keeps nobody else waiting."""
        task = asyncio.create_task(work)
        self._sends.add(task)
        task.add_done_callback(self._let_go)
        try:
            if not (await asyncio.wait({task}, timeout=self._limits.send_seconds))[0]:
                task.cancel()
                await asyncio.wait({task}, timeout=UNWIND_SECONDS)
        finally:
            task.cancel()
        if not task.done() or task.cancelled():
            raise TimeoutError
        return task.result()

    async def _send(self, taken: Attempt) -> Receipt:
        outgoing, turn = taken.outgoing, taken.snapshot.turn
        if turn is None or turn.reply is None:
            return Receipt(delivered=False, why="there is no such reply")
        rendered = await attempt(self._rendered(turn.reply))
        if isinstance(rendered, Exception):
            return Receipt(delivered=False, why=self._incident("render", rendered))
        parts = rendered[outgoing.sent :]
        if not parts:  # nothing is left to show, or nothing ever was, as for a message that another turn has answered
            return Receipt(delivered=True)
        if self._outboxes.clock() >= outgoing.due_at:
            raise Late(what="preparing to send", seconds=self._limits.send_seconds)  # by now it is somebody else's
        return await self._channel.send(turn.message, parts, again=outgoing.attempts > 1)

    async def _rendered(self, reply: Reply) -> Sequence[Any]:
        return self._channel.render(reply)

    def _receipt(self, outcome: Receipt | Exception) -> Receipt:
        """What came of a sending, whatever that was, as a receipt: what nobody knows is tried again."""
        match outcome:
            case Receipt():
                return outcome
            case DeliveryFailed(retryable=False):
                return Receipt(delivered=False, why=outcome.why)
            case DeliveryFailed():
                return Receipt(delivered=False, why=outcome.why, retry_after=outcome.retry_after or 0.0)
            case TimeoutError():
                return Receipt(delivered=False, why=NO_RECEIPT, retry_after=0.0)
            case SwitchboardError():
                return Receipt(delivered=False, why=str(outcome), retry_after=0.0)
            case _:
                return Receipt(delivered=False, why=self._incident("send", outcome), retry_after=0.0)

    def _incident(self, what: str, error: object) -> str:
        """Log what nobody expected. Returns what the operator reads beside the reply."""
        incident = secrets.token_hex(4)
        cause = error if isinstance(error, Exception) else None
        log.error("the %s of channel %s failed, incident %s", what, self._name, incident, exc_info=cause)
        return f"{what} failed with {type(error).__name__}, incident {incident}"

    def _trouble(self, what: str, error: Exception) -> None:
        known = isinstance(error, SwitchboardError)
        log.log(logging.WARNING if known else logging.ERROR, "%s: %s", what, error, exc_info=None if known else error)

    def _let_go(self, task: asyncio.Task[Receipt]) -> None:
        self._sends.discard(task)
        if not task.cancelled():
            task.exception()  # one that was left behind has nobody else who asks
