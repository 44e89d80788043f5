"""One turn: run the graph under a lease, number and keep its events, hear *stop*, and store the outcome once."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from agent import inbox, texts
from agent.graph import Graph, Run
from agent.live import Feed
from switchboard.errors import Fenced, SwitchboardError
from switchboard.events import Event, Failed, Final, Status, Warning, numbered
from switchboard.messages import Attachment
from switchboard.reply import Reply, fold
from switchboard.settings import Settings
from switchboard.storage import BlobStore, ConversationStore, JobStore, Lease, Snapshot, Turn
from switchboard.tools import Tool, ToolContext
from switchboard.tracing import traced

log = logging.getLogger("switchboard.agent")

ATTEMPT_EVENTS = 1_000_000
"""A second attempt at a turn numbers its events from here on, so that no number is used twice."""
UNWIND_SECONDS = 2.0
"""How long a cancelled turn may take to let go; a tool that does not is left behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What every turn needs, made once."""

    settings: Settings
    conversations: ConversationStore
    blobs: BlobStore
    jobs: JobStore
    graph: Graph
    tools: tuple[Tool, ...]
    system: Callable[[], str]
    worker: str
    clock: Callable[[], float] = time.time


class Recorder:
    """Numbers a turn's events, shows them at once and hands them to the store in bundles."""

    def __init__(self, feed: Feed, first: int) -> None:
        self.events: list[Event] = []
        self._feed = feed
        self._next = first
        self._unstored = 0
        self._ended = False

    def __call__(self, event: Event) -> None:
        """Record and show an event. Once the turn has ended, a tool that was left behind is not heard any more."""
        if not self._ended:
            self.events.append(self._stamp(event))
            self._feed.publish(self.events[-1])

    def end(self, event: Final | Failed) -> Event:
        """The event that ends the turn, with the last number, not yet shown."""
        self._ended = True
        return self._stamp(event)

    def unstored(self) -> list[Event]:
        """The events that the store does not have."""
        return self.events[self._unstored :]

    def stored(self, count: int) -> None:
        """Note that the store has ``count`` more of them."""
        self._unstored += count

    def _stamp(self, event: Event) -> Event:
        stamped = numbered(event, self._next)
        self._next += 1
        return stamped


@dataclass(slots=True, kw_only=True)
class TurnRun:
    """A turn that this process answers.

    Attributes:
        memory: The conversation's working memory from before the turn.
        waiting: Whether other messages waited when the outcome was stored.
    """

    parts: Parts
    turn: Turn
    lease: Lease
    feed: Feed
    memory: bytes | None = None
    waiting: bool = False
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _lost: bool = False

    def stop(self) -> None:
        """Stop the model and the tools now; what there is of the answer is kept."""
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
        recorder = Recorder(self.feed, first=ATTEMPT_EVENTS * (self.turn.attempts - 1) + 1)
        upkeep = asyncio.create_task(self._upkeep(recorder))
        try:
            end, memory = await self._answer(recorder)
        finally:
            upkeep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await upkeep
        if self._lost:
            return False
        last = recorder.end(end)
        stored = await self._store(fold([*recorder.events, last]), memory)
        if stored:
            self.feed.publish(last)
        return stored

    async def _answer(self, recorder: Recorder) -> tuple[Final | Failed, bytes | None]:
        """The event that ends the turn, and the memory to store with it."""
        parts, message = self.parts, self.turn.message
        turns = parts.settings.turn
        seconds = turns.deadline_seconds
        if message.deadline is not None:
            seconds = max(0.0, min(seconds, message.deadline - parts.clock()))
        run = self._make_run(recorder, time.monotonic() + seconds)
        memory = self.memory
        if self.turn.attempts > turns.attempts:
            incident = _incident("gave up", None)
            return Failed(text=texts.gave_up(turns.attempts, incident), incident=incident), memory
        work = asyncio.create_task(parts.graph.run(run, memory))
        stopped = asyncio.create_task(self._stop.wait())
        try:
            done, _ = await asyncio.wait({work, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if work in done:
                after = await work
                return run.final(), after
            note, end = self._cut_short(run, seconds, by_person=stopped in done)
        except SwitchboardError as error:
            incident = _incident(str(error), error)
            note, end = (
                "failed",
                Failed(
                    text=texts.with_incident(error.user_text, incident), incident=incident, retryable=error.retryable
                ),
            )
        except Exception as error:  # noqa: BLE001 - the turn's boundary: whatever happens, the person gets an outcome
            incident = _incident(type(error).__name__, error)
            note, end = "failed", Failed(text=texts.failed(incident), incident=incident, retryable=True)
        finally:
            for task in (work, stopped):
                task.cancel()
            await asyncio.wait({work, stopped}, timeout=UNWIND_SECONDS)
        return end, memory if self._lost else await parts.graph.settle(run, memory, note)

    def _cut_short(self, run: Run, seconds: float, *, by_person: bool) -> tuple[str, Final | Failed]:
        if by_person:
            return "stopped by the person", replace(run.final(), text=run.text.strip(), status="stopped")
        if run.text.strip():
            run.emit(Warning(text=texts.late(seconds), code="late"))
            return "ran out of time", replace(run.final(), status="partial")
        incident = _incident("deadline", None)
        failed = Failed(text=texts.with_incident(texts.late(seconds), incident), incident=incident, retryable=True)
        return "ran out of time", failed

    def _make_run(self, recorder: Recorder, deadline: float) -> Run:
        settings = self.parts.settings
        return Run(
            message=self.turn.message,
            tools=self.parts.tools,
            emit=recorder,
            context=lambda call_id, until, files: self._context(recorder, call_id, until, files),
            deadline=deadline,
            system=self.parts.system(),
            window_turns=settings.turn.window_turns,
            max_steps=settings.turn.max_steps,
            deadlines=settings.tools.deadlines,
        )

    def _context(
        self, recorder: Recorder, call_id: str, deadline: float, attachments: tuple[Attachment, ...]
    ) -> ToolContext:
        message = self.turn.message
        return ToolContext(
            conversation=message.conversation,
            principal=message.principal,
            message_id=message.id,
            call_id=call_id,
            deadline=deadline,
            emit=recorder,
            cancelled=self._stop,
            blobs=self.parts.blobs,
            jobs=self.parts.jobs,
            attachments=attachments,
        )

    async def _upkeep(self, recorder: Recorder) -> None:
        """Flush events, renew the lease at a third of its length, and hear a stop that was asked for elsewhere."""
        turns = self.parts.settings.turn
        renew_every = turns.lease_seconds / 3
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(min(turns.flush_seconds, renew_every))
            try:
                await self._flush(recorder)
                if time.monotonic() - renewed >= renew_every:
                    await self._renew()
                    renewed = time.monotonic()
            except Fenced:
                self._lost = True
                self._stop.set()
                return
            except SwitchboardError as error:
                log.warning("upkeep of a turn failed, will try again: %s", error)

    async def _flush(self, recorder: Recorder) -> None:
        if fresh := recorder.unstored():
            message = self.turn.message
            await self.parts.conversations.append_events(message.conversation, message.id, self.lease.fence, fresh)
            recorder.stored(len(fresh))

    async def _renew(self) -> None:
        while True:
            state = (await self._snapshot()).inbox
            if inbox.must_stop(state, self.lease):
                self._stop.set()
            change, longer = inbox.renew(
                state, self.lease, now=self.parts.clock(), lease_seconds=self.parts.settings.turn.lease_seconds
            )
            if await self.parts.conversations.commit(self.turn.message.conversation, change):
                self.lease = longer
                return

    async def _store(self, reply: Reply, memory: bytes | None) -> bool:
        while True:
            snapshot = await self._snapshot()
            try:
                change = inbox.finish(snapshot, self.lease, reply, now=self.parts.clock(), memory=memory)
            except Fenced:
                return False
            if await self.parts.conversations.commit(self.turn.message.conversation, change):
                self.waiting = bool(change.inbox.queue)
                return True

    async def _snapshot(self) -> Snapshot:
        message = self.turn.message
        return await self.parts.conversations.read(message.conversation, message.id)


def outcome_events(turn: Turn, after: int) -> list[Event]:
    """A stored reply as events numbered above ``after``, for whoever missed the turn."""
    reply = turn.reply
    if reply is None:
        return []
    found: list[Event] = [*reply.tools, *reply.citations, *reply.artifacts, *reply.warnings]
    found += [event for event in (reply.question, reply.job) if event is not None]
    if reply.status == "failed":
        found.append(Failed(text=reply.text, incident=reply.incident))
    else:
        found.append(
            Final(
                text=reply.text,
                status=reply.status,
                input_tokens=reply.input_tokens,
                output_tokens=reply.output_tokens,
                trace_id=reply.trace_id,
            )
        )
    return [numbered(event, number) for number, event in enumerate(found, start=after + 1)]


def waiting(ahead: int) -> Status:
    """What a person sees while other messages are answered first."""
    return Status(text=f"Waiting for {ahead} earlier message{'s' if ahead != 1 else ''}")


def _incident(what: str, error: Exception | None) -> str:
    incident = secrets.token_hex(4)
    log.error("a turn failed (%s), incident %s", what, incident, exc_info=error)
    return incident
