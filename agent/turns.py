"""The turns that this process answers: how they are taken, begun, followed, taken over, and how they end."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, NoReturn

from agent import inbox, texts
from agent.checking import checked
from agent.inbox import Decision
from agent.live import Live
from agent.outcomes import outcome_events
from agent.parts import Parts
from agent.quotas import Places, Quotas
from agent.turn import TurnRun
from switchboard.assistant import Offer
from switchboard.errors import BadInput, SwitchboardError
from switchboard.events import Event, ends_turn
from switchboard.identity import Conversation, MessageId
from switchboard.messages import Message
from switchboard.storage import Change, Lease, Snapshot

log = logging.getLogger("switchboard.agent")

POLL_SECONDS = 0.25
"""How often a follower looks at a turn that runs on another machine."""
GRACE_SECONDS = 5.0
"""How long a process that closes waits for its turns, and for those that it then stops."""


class Turns:
    """The turns of one process.

    Args:
        ended: Told of each turn whose outcome is stored.
        lost: Told of the conversation of each turn that somebody else owns by now.

    Attributes:
        runs: Those that run now, by conversation key and message.
        tasks: All that is under way.
    """

    def __init__(
        self,
        parts: Parts,
        quotas: Quotas,
        *,
        ended: Callable[[TurnRun], Awaitable[None]],
        lost: Callable[[Conversation], Awaitable[None]],
    ) -> None:
        self.runs: dict[tuple[str, MessageId], TurnRun] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self._parts = parts
        self._quotas = quotas
        self._ended = ended
        self._lost = lost
        self._live = Live()
        self._closing = False
        self._patrol: asyncio.Task[NoReturn] | None = None

    async def take(self, message: Message) -> Offer:
        """Take a message; see `switchboard.assistant.Assistant.offer`."""
        is_checked = False
        places = None
        while True:
            snapshot = await self._parts.conversations.read(message.conversation, message.id, memory=True)
            if snapshot.turn is None and not is_checked:
                if self._closing:
                    raise BadInput(texts.CLOSING, status=503)
                now = self._parts.clock()
                message = await checked(message, self._parts.settings.limits, self._parts.blobs, now=now)
                await self._quotas.admit(message, now=now)
                is_checked = True
            decision = self._decide(snapshot, message)
            if decision.state == "new" and places is None:
                places = await self._quotas.begin(message, now=self._parts.clock())
            if decision.change is None or await self._commit(message.conversation, decision.change):
                break
        if places is not None and decision.state == "queued":
            await places.give()
        if decision.interrupts:
            self.stop(message.conversation, decision.interrupts)
        change = decision.change
        self._parts.counts.add("accepted" if change else "rejected" if decision.state == "rejected" else "repeated")
        if decision.state == "new" and change is not None and change.inbox.lease is not None and places is not None:
            self._begin(change, change.inbox.lease, snapshot.memory, places)
        elif decision.state in ("queued", "running"):
            self._spawn(self.pump(message.conversation))
        return Offer(state=decision.state, ahead=decision.ahead)

    async def events(
        self, conversation: Conversation, message_id: MessageId, *, after: int = 0
    ) -> AsyncIterator[Event]:
        """Follow a turn; see `switchboard.assistant.Assistant.events`."""
        while True:
            if feed := self._live.feed(conversation, message_id):
                async for event in feed.follow(after):
                    after = event.seq
                    yield event
                    if ends_turn(event):
                        return
            turn = await self._parts.conversations.turn(conversation, message_id)
            if turn is None:
                raise BadInput(texts.UNKNOWN_MESSAGE, status=404)
            if turn.state == "done":
                for event in outcome_events(turn, after):
                    yield event
                return
            for event in await self._parts.conversations.events(conversation, message_id, after):
                after = event.seq
                yield event
            await self.pump(conversation)
            if self._live.feed(conversation, message_id) is None:
                await asyncio.sleep(POLL_SECONDS)

    def stop(self, conversation: Conversation, message_id: MessageId) -> None:
        """Stop a turn if it runs here."""
        if run := self.runs.get((conversation.key, message_id)):
            run.stop()

    async def settle(self, conversation: Conversation) -> None:
        """Stop the conversation's turns that run here and wait until they have let go; drop what is shown of them."""
        for (key, _), run in self.runs.items():
            if key == conversation.key:
                run.stop()
        if running := [task for task in self.tasks if task.get_name() == conversation.key]:
            await asyncio.wait(running, timeout=5.0)
        self._live.forget(conversation)

    async def recover(self) -> int:
        """Take up what a crash left, as leases run out. Returns in how many conversations."""
        left = await self._parts.conversations.pending(tenant=self._parts.settings.tenant)
        for conversation in left:
            self._spawn(self._revive(conversation))
        return len(left)

    def patrol(self) -> None:
        """From now on take up, once in a lease's time, what dead workers have left, whoever they were."""
        self._patrol = self._patrol or asyncio.create_task(self._patrolling())

    async def _patrolling(self) -> NoReturn:
        turns = self._parts.settings.turn
        while True:
            await asyncio.sleep(turns.lease_seconds)
            try:
                await self.take_up()
            except SwitchboardError as error:
                log.warning("what dead workers left could not be looked up, will try again: %s", error)

    async def take_up(self) -> None:
        """Go on with what waits or was left by a dead worker, as far as its lease has run out."""
        for conversation in await self._parts.conversations.pending(tenant=self._parts.settings.tenant):
            await self.pump(conversation)

    async def ended(self, seconds: float) -> None:
        """Wait until nothing runs here; what takes longer goes on in another process."""
        await self._idle(seconds)
        for run in self.runs.values():
            run.hand_over()
        if self.tasks:
            await asyncio.wait(set(self.tasks), timeout=GRACE_SECONDS)

    async def close(self, *, hand_over: bool) -> None:
        """Take nothing more; let running turns end for a while, then stop them or hand them over to another process."""
        self._closing = True
        if self._patrol is not None:
            self._patrol.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._patrol
        await self._idle(GRACE_SECONDS)
        for run in self.runs.values():
            (run.hand_over if hand_over else run.stop)()
        for task in list(self.tasks):
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(task, timeout=GRACE_SECONDS)

    async def _idle(self, seconds: float) -> None:
        """Wait until nothing runs here, also what begins meanwhile, as its claim was under way; but no longer."""
        ends = time.monotonic() + seconds
        while self.tasks and (left := ends - time.monotonic()) > 0:
            await asyncio.wait(set(self.tasks), timeout=left, return_when=asyncio.FIRST_COMPLETED)

    def _decide(self, snapshot: Snapshot, message: Message) -> Decision:
        turns = self._parts.settings.turn
        if snapshot.turn is not None and snapshot.turn.message.text != message.text:
            log.warning("a message came again with another text: the first is kept")
        return inbox.offer(
            snapshot,
            message,
            now=self._parts.clock(),
            worker=self._parts.worker,
            lease_seconds=turns.lease_seconds,
            busy="queue" if message.job else turns.busy_for(message.conversation.channel),
            skew=turns.clock_skew_seconds,
            most_waiting=math.inf if message.job else turns.waiting,
        )

    async def pump(self, conversation: Conversation) -> None:
        """Start the conversation's next turn here, if there is one to start."""
        while not self._closing:
            state = (await self._parts.conversations.read(conversation)).inbox
            skew = self._parts.settings.turn.clock_skew_seconds
            message_id = inbox.next_message(state, self._parts.clock(), skew)
            if message_id is None or (conversation.key, message_id) in self.runs:
                return
            snapshot = await self._parts.conversations.read(conversation, message_id, memory=True)
            claimed = inbox.claim(
                snapshot,
                now=self._parts.clock(),
                worker=self._parts.worker,
                lease_seconds=self._parts.settings.turn.lease_seconds,
                skew=skew,
            )
            if claimed is None:
                continue
            change, lease, _ = claimed
            if await self._commit(conversation, change):
                if change.turns[0].attempts > 1:
                    self._parts.counts.add("taken_over")
                places = await self._quotas.resume(change.turns[0].message, now=self._parts.clock())
                self._begin(change, lease, snapshot.memory, places)
                return

    async def _revive(self, conversation: Conversation) -> None:
        """Wait until a dead worker's lease has run out, then go on with its message."""
        state = (await self._parts.conversations.read(conversation)).inbox
        if state.lease is not None:
            lost_at = state.lease.expires_at + self._parts.settings.turn.clock_skew_seconds
            await asyncio.sleep(max(0.0, lost_at - self._parts.clock()) + 0.01)
        await self.pump(conversation)

    def _begin(self, change: Change, lease: Lease, memory: bytes | None, places: Places) -> None:
        """Run the turn that a change, which has been written, has started."""
        (turn,) = change.turns
        message = turn.message
        feed = self._live.open(message.conversation, message.id)
        run = TurnRun(
            parts=self._parts, turn=turn, begun=change.inbox, lease=lease, feed=feed, memory=memory, places=places
        )
        if inbox.must_stop(change.inbox, lease):
            run.stop()
        self.runs[message.conversation.key, message.id] = run
        self._spawn(self._run(run), name=message.conversation.key)

    async def _run(self, run: TurnRun) -> None:
        message = run.turn.message
        stored = False
        try:
            stored = await run.run()
            if not stored:
                await self._lost(message.conversation)
        except SwitchboardError:
            log.exception("a turn's outcome could not be stored; it is taken up again when its lease runs out")
        finally:
            self.runs.pop((message.conversation.key, message.id), None)
            self._live.end(message.conversation, message.id, keep=stored)
            await run.places.give()
        if stored:
            await self._ended(run)
            if run.stored is not None and run.stored.inbox.queue:
                await self.pump(message.conversation)

    async def _commit(self, conversation: Conversation, change: Change) -> bool:
        return await self._parts.conversations.commit(conversation, change)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str = "") -> None:
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        """Hear how work ended for which nobody waits: what a failing store kept from beginning is taken up later."""
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("what waits in a conversation could not be begun now", exc_info=error)
