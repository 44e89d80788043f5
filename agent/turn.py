"""One turn: a claimed message on its way to a stored reply, with everything that can happen meanwhile.

A stop, the deadline, a channel that can wait no longer, a failure and a lost lease all end here, each in its own way;
the reply, the agent's memory and the release of the conversation are one write.
"""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from langchain_core.messages import HumanMessage

from agent import detaching, inbox, outcomes, texts
from agent.detaching import Detached
from agent.handing import saved
from agent.live import Feed
from agent.outcomes import failure
from agent.parts import Parts, make_run
from agent.quotas import Places
from agent.recording import Recorder
from agent.run import Run
from agent.telling import Telling
from agent.upkeep import Upkeep
from switchboard.errors import BackendError, Fenced
from switchboard.events import Event, Failed, Final, Warning
from switchboard.messages import Message
from switchboard.reply import Reply, fold
from switchboard.storage import Inbox, Job, Lease, Snapshot, Turn
from switchboard.tracing import traced

log = logging.getLogger("switchboard.agent")

ATTEMPT_EVENTS = 1_000_000
"""A second attempt at a turn numbers its events from here on, so that no number is used twice."""
STORE_PAUSES = (0.1, 0.5, 2.0, 5.0)
"""Seconds between attempts to write a turn's outcome; together less than a lease."""
UNWIND_SECONDS = 2.0
"""How long a cancelled turn may take to let go; a tool that does not is left behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    """How a turn ends: the events of its reply, those that nobody was shown yet, and the memory to store."""

    events: Sequence[Event]
    unshown: Sequence[Event]
    memory: bytes | None


@dataclass(slots=True, kw_only=True)
class TurnRun:
    """A turn that this process answers.

    Attributes:
        begun: The conversation as the write left it that began the turn.
        places: What the turn holds of its quotas.
        memory: The conversation's working memory from before the turn.
        stored: The conversation and the turn as they were when the outcome was stored.
        detached: The work that goes on as a job, once the outcome is stored.
    """

    parts: Parts
    turn: Turn
    begun: Inbox
    lease: Lease
    feed: Feed
    places: Places
    memory: bytes | None = None
    stored: Snapshot | None = None
    detached: Detached | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _leaving: bool = False
    _recorder: Recorder = field(init=False)
    _upkeep: Upkeep = field(init=False)

    def __post_init__(self) -> None:
        self._recorder = Recorder(self.feed, first=ATTEMPT_EVENTS * (self.turn.attempts - 1) + 1)
        self._upkeep = Upkeep(
            self.parts, self.turn, self.lease, recorder=self._recorder, stop=self._stop, places=self.places
        )

    @property
    def lost(self) -> bool:
        """Whether somebody else owns the conversation by now."""
        return self._upkeep.lost

    def stop(self) -> None:
        """Stop the model and the tools now; what there is of the answer is kept."""
        self._stop.set()

    def hand_over(self) -> None:
        """Let the turn go on as a job in another process, as this one is about to end."""
        self._leaving = True
        self._stop.set()

    async def run(self) -> bool:
        """Run the turn to its stored end.

        Returns:
            Whether the outcome is stored. If not, somebody else owns the conversation and will end the turn.
        """
        with traced("turn", channel=self.turn.message.conversation.channel, attempt=self.turn.attempts) as span:
            stored = await self._run()
            span.set(stored=stored)
        return stored

    async def _run(self) -> bool:
        task = asyncio.create_task(self._upkeep.run())
        try:
            ending = await self._answer()
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        reply = fold(ending.events)
        stored = not self.lost and await self._store(reply, ending.memory)
        self.parts.counts.add(reply.status if stored else "elsewhere")
        if stored:
            for event in ending.unshown:
                self.feed.publish(event)
        elif self.detached is not None:
            self.detached.let_go()
            self.detached = None
        return stored

    async def _answer(self) -> _Ending:
        """Do what the message asks for."""
        parts, message = self.parts, self.turn.message
        turns = parts.settings.turn
        if self.turn.attempts > turns.attempts:
            return self._ending(failure("gave up", text=texts.gave_up(turns.attempts)), self.memory)
        run = make_run(parts, message, self._recorder, self._stop, time.monotonic() + turns.deadline_seconds)
        if message.job:
            return await self._bring_result(run)
        if self._policy == "steer" or self.turn.steered_by:
            run.told = Telling(parts, self.turn, self._upkeep, steers=self._policy == "steer").told
        work = asyncio.create_task(parts.graph.run(run, self.memory))
        stopped = asyncio.create_task(self._stop.wait())
        try:
            return await self._wait(run, work, stopped)
        finally:
            stopped.cancel()
            if self.detached is None:
                work.cancel()

    async def _wait(self, run: Run, work: "asyncio.Task[bytes | None]", stopped: "asyncio.Task[bool]") -> _Ending:
        """Wait for the work, a stop, the end of the channel's patience or the deadline, and end accordingly."""
        seconds = max(0.0, run.deadline - time.monotonic())
        patience = _patience(self.turn.message, self.parts.clock())
        await asyncio.wait({work, stopped}, timeout=min(seconds, patience), return_when=asyncio.FIRST_COMPLETED)
        end: Final | Failed
        if work.done():
            if (error := work.exception()) is None:
                return self._ending(run.final(), work.result())
            note, end = "(failed)", failure(str(error) or type(error).__name__, error)
        elif self._leaving or (patience < seconds and not stopped.done()):
            return await self._detach(run, work)
        else:
            work.cancel()
            if not (await asyncio.wait({work}, timeout=UNWIND_SECONDS))[0]:
                run.emit(Warning(text=texts.TOOL_GOES_ON, code="goes_on"))
            note, end = self._cut_short(run, by_person=stopped.done())
        memory = self.memory
        if not self.lost:
            memory = await self.parts.graph.settle(run, memory, f"{run.unsettled} {note}".strip())
        return self._ending(end, memory)

    def _cut_short(self, run: Run, *, by_person: bool) -> tuple[str, Final | Failed]:
        if by_person:
            return "(stopped by the person)", replace(run.final(), text=run.text.strip(), status="stopped")
        late = texts.late(self.parts.settings.turn.deadline_seconds)
        if run.text.strip():
            run.emit(Warning(text=late, code="late"))
            return "(ran out of time)", replace(run.final(), status="partial")
        return "(ran out of time)", failure("deadline", text=late)

    async def _detach(self, run: Run, work: "asyncio.Task[bytes | None]") -> _Ending:
        """Let the turn end with a handle, and its work go on as a job."""
        parts = self.parts
        here = parts.settings.turn.after_deadline == "continue" and not self._leaving
        if not here:
            work.cancel()
            await asyncio.wait({work}, timeout=UNWIND_SECONDS)
        job = await detaching.write(parts.jobs, self._job(saved(run, self.memory), here=here))
        self.detached = Detached(
            job=job,
            run=run,
            memory=self.memory,
            recorder=self._recorder,
            stop=self._stop,
            work=work if here else None,
        )
        memory = await parts.graph.settle(run, self.memory, texts.GOES_ON)
        ends = self._recorder.detach(*detaching.handle(job))
        return _Ending(events=ends, unshown=ends, memory=memory)

    def _job(self, state: str, *, here: bool) -> Job:
        message, now = self.turn.message, self.parts.clock()
        return Job(
            id=detaching.job_of(message),
            conversation=message.conversation,
            message_id=message.id,
            principal=message.principal,
            kind=detaching.KIND,
            state="running" if here else "queued",
            saved=state,
            attempts=1 if here else 0,
            fence=1,
            due_at=now + self.parts.settings.jobs.lease_seconds if here else now,
            push=message.push,
            created_at=now,
        )

    async def _bring_result(self, run: Run) -> _Ending:
        """The result of a job as the answer: no model is asked, and the memory knows of it."""
        job = await self.parts.jobs.get(self.turn.message.job)
        if job is None or job.result is None or job.conversation != self.turn.message.conversation:
            return self._ending(failure("a job's result is gone", text=texts.RESULT_IS_GONE), self.memory)
        for event in outcomes.contents(job.result):
            self._recorder(event)
        run.produced.append(HumanMessage(texts.RESULT_FOR_MODEL))
        memory = await self.parts.graph.settle(run, self.memory, job.result.text)
        return self._ending(outcomes.ending(job.result), memory)

    def _ending(self, end: Final | Failed, memory: bytes | None) -> _Ending:
        last = self._recorder.end(end)
        return _Ending(events=[*self._recorder.events, last], unshown=[last], memory=memory)

    @property
    def _policy(self) -> str:
        return self.parts.settings.turn.busy_for(self.turn.message.conversation.channel)

    async def _store(self, reply: Reply, memory: bytes | None) -> bool:
        """Write the outcome; where the store fails for a moment, again: the answer may have been paid for."""
        for pause in STORE_PAUSES:
            try:
                return await self._write(reply, memory)
            except BackendError as error:
                if not error.retryable:
                    raise
                log.warning("a turn's outcome could not be written, will try again: %s", error)
                await asyncio.sleep(pause)
        return await self._write(reply, memory)

    async def _write(self, reply: Reply, memory: bytes | None) -> bool:
        message = self.turn.message
        hold = self.parts.holding(message)
        known: Snapshot | None = Snapshot(inbox=self.begun, turn=self.turn)  # if nothing happened since, it still fits
        while True:
            snapshot = known or await self.parts.conversations.read(message.conversation, message.id)
            known = None
            now = self.parts.clock()
            held_until = None if hold is None else now + hold
            try:
                change = inbox.finish(
                    snapshot, self._upkeep.lease, reply, now=now, memory=memory, held_until=held_until
                )
            except Fenced:
                return False
            if await self.parts.conversations.commit(message.conversation, change):
                self.stored = Snapshot(inbox=change.inbox, turn=change.turns[0])
                return True


def _patience(message: Message, now: float) -> float:
    """Seconds for which the channel waits; where it has given up already, or never does, there is no hurry."""
    waits = math.inf if message.deadline is None else message.deadline - now
    return waits if waits > 0 else math.inf
