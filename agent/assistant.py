"""The assistant that channels talk to: takes messages in, lets their turns run, and lets anybody follow them."""

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from agent import inbox, texts
from agent.checking import checked
from agent.continuing import Continuing
from agent.forgetting import Forgetting, Forgotten, forgetting
from agent.graph import Graph
from agent.inbox import Decision
from agent.live import Live
from agent.outcomes import outcome_events
from agent.quotas import Places, Quotas
from agent.sending import Sending
from agent.shelf import Shelf
from agent.turn import Parts, TurnRun
from agent.working import Working
from switchboard.assistant import Catalogue, JobNews, Offer, SourceFile
from switchboard.channels import Channel
from switchboard.errors import BadInput, SwitchboardError
from switchboard.events import Event, ends_turn
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.jobs import JobStarter
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.settings import Settings
from switchboard.storage import BlobStore, Change, ConversationSummary, Job, Lease, Snapshot, Turn

log = logging.getLogger("switchboard.agent")

POLL_SECONDS = 0.25
"""How often a follower looks at a turn that runs on another machine."""


class SwitchboardAssistant:
    """The implementation of `switchboard.assistant.Assistant`. Make it with `build`, inside a running event loop.

    Attributes:
        working: Runs jobs, once `work` was called; turns that detach go on in it in any case.
        sending: Sends replies that have to be pushed, through the channels of this process.
        counts: What became of the messages so far.
    """

    def __init__(self, setup: Setup, clock: Callable[[], float], channels: Mapping[str, Channel[Any, Any]]) -> None:
        continuing = Continuing(lambda: self._parts)
        self._continuing = continuing
        self.working = Working(setup, self._tell, kinds=[continuing.kind], clock=clock)
        self._parts = _parts(setup, clock, partial(self.working.orders.starter, kinds=self.working.kinds))
        self.counts = self._parts.counts
        self.sending = Sending(self._parts.conversations, channels, setup.settings, clock=clock, counts=self.counts)
        self._quotas = Quotas(setup.backend("quotas"), setup.settings.limits, setup.settings.turn)
        self._setup = setup
        self._live = Live()
        self._shelf = Shelf(setup)
        self._runs: dict[tuple[str, MessageId], TurnRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def blobs(self) -> BlobStore:
        """Where uploads go."""
        return self._parts.blobs

    async def offer(self, message: Message) -> Offer:
        """Take a message; see the protocol."""
        self.counts.add("offered")
        try:
            return await self._take(message)
        except BadInput:
            self.counts.add("refused")
            raise

    async def _take(self, message: Message) -> Offer:
        is_checked = False
        places = None
        while True:
            snapshot = await self._parts.conversations.read(message.conversation, message.id, memory=True)
            if snapshot.turn is None and not is_checked:
                if self._closing:
                    raise BadInput(texts.CLOSING, status=503)
                message = await checked(message, self._parts.settings.limits, self._parts.blobs)
                await self._quotas.admit(message, now=self._parts.clock())
                is_checked = True
            decision = self._decide(snapshot, message)
            if decision.state == "new" and places is None:
                places = await self._quotas.begin(message, now=self._parts.clock())
            if decision.change is None or await self._commit(message.conversation, decision.change):
                break
        if places is not None and decision.state == "queued":
            await places.give()
        if decision.interrupts:
            self._stop_here(message.conversation, decision.interrupts)
        change = decision.change
        self.counts.add("accepted" if change else "rejected" if decision.state == "rejected" else "repeated")
        if decision.state == "new" and change is not None and change.inbox.lease is not None and places is not None:
            self._begin(change, change.inbox.lease, snapshot.memory, places)
        elif decision.state in ("queued", "running"):
            self._spawn(self._pump(message.conversation))
        return Offer(state=decision.state, ahead=decision.ahead)

    async def events(
        self, conversation: Conversation, message_id: MessageId, *, after: int = 0
    ) -> AsyncIterator[Event]:
        """Follow a turn; see the protocol."""
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
            await self._pump(conversation)
            if self._live.feed(conversation, message_id) is None:
                await asyncio.sleep(POLL_SECONDS)

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """Stop a turn; see the protocol."""
        self._stop_here(conversation, message_id)
        while True:
            snapshot = await self._parts.conversations.read(conversation, message_id)
            change = inbox.stop(snapshot, now=self._parts.clock())
            if change is None:
                return False
            if await self._commit(conversation, change):
                if change.turns:
                    self.counts.add("stopped")
                return True

    async def confirm(self, message: Message, receipt: Receipt) -> None:
        """Note a receipt; see the protocol."""
        await self.sending.confirm(message, receipt)

    async def jobs(self, conversation: Conversation) -> Sequence[Job]:
        """The conversation's jobs; see the protocol."""
        return await self._parts.jobs.list_jobs(conversation=conversation)

    async def watch_job(self, conversation: Conversation, job_id: str) -> AsyncIterator[JobNews]:
        """How far a job is; see the protocol."""
        if await self._job(conversation, job_id) is None:
            raise BadInput(texts.UNKNOWN_JOB, status=404)
        async for news in self.working.watch(job_id):
            yield news

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """Ask for a job to end; see the protocol."""
        known = await self._job(conversation, job_id)
        return known is not None and await self.working.cancel(job_id) is not None

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """The newest turns; see the protocol."""
        return await self._parts.conversations.transcript(conversation, limit=limit, before=before)

    async def conversations(
        self, principal: Principal, *, tenant: str, limit: int = 50
    ) -> Sequence[ConversationSummary]:
        """The principal's conversations; see the protocol."""
        return await self._parts.conversations.list_conversations(tenant=tenant, principal=principal.id, limit=limit)

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> SourceFile | None:
        """A cited document; see the protocol."""
        return await self._shelf.source(document, principal=principal, conversation=conversation)

    async def catalogue(self, principal: Principal) -> Catalogue:
        """What this principal can ask about; see the protocol."""
        return await self._shelf.catalogue(principal)

    async def forget(self, conversation: Conversation) -> Forgotten:
        """Stop what runs in a conversation and remove everything that is kept of it; see `agent.forgetting`."""
        return await self._forgetting().forget(conversation)

    async def forget_unused(self, before: float) -> int:
        """Forget the conversations last used before then, in seconds since the epoch. Returns how many those were."""
        return await self._forgetting().forget_unused(tenant=self._parts.settings.tenant, before=before)

    def work(self) -> None:
        """Take jobs and send what is due, from now on, besides answering."""
        self.working.start()
        self.sending.start()

    async def recover(self) -> int:
        """Take up what a crash left: messages that wait or whose worker is gone. Returns in how many conversations."""
        left = await self._parts.conversations.pending(tenant=self._parts.settings.tenant)
        for conversation in left:
            self._spawn(self._revive(conversation))
        return len(left)

    async def close(self) -> None:
        """Take nothing more, let running turns end, close stores; see the protocol."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5.0)
        for run in self._runs.values():
            run.stop()
        await self.working.close()
        for task in list(self._tasks):
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(task, timeout=5.0)
        await self.sending.close()
        self.counts.tell()
        for backend in self._setup.made().values():
            if close := getattr(backend, "close", None):
                outcome = close()
                if asyncio.iscoroutine(outcome):
                    await outcome

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

    async def _pump(self, conversation: Conversation) -> None:
        """Start the conversation's next turn here, if there is one to start."""
        while not self._closing:
            state = (await self._parts.conversations.read(conversation)).inbox
            skew = self._parts.settings.turn.clock_skew_seconds
            message_id = inbox.next_message(state, self._parts.clock(), skew)
            if message_id is None or (conversation.key, message_id) in self._runs:
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
                    self.counts.add("taken_over")
                places = await self._quotas.resume(change.turns[0].message, now=self._parts.clock())
                self._begin(change, lease, snapshot.memory, places)
                return

    async def _revive(self, conversation: Conversation) -> None:
        """Wait until a dead worker's lease has run out, then go on with its message."""
        state = (await self._parts.conversations.read(conversation)).inbox
        if state.lease is not None:
            lost_at = state.lease.expires_at + self._parts.settings.turn.clock_skew_seconds
            await asyncio.sleep(max(0.0, lost_at - self._parts.clock()) + 0.01)
        await self._pump(conversation)

    def _begin(self, change: Change, lease: Lease, memory: bytes | None, places: Places) -> None:
        """Run the turn that a change, which has been written, has started."""
        (turn,) = change.turns
        message = turn.message
        feed = self._live.open(message.conversation, message.id)
        run = TurnRun(parts=self._parts, turn=turn, lease=lease, feed=feed, memory=memory, places=places)
        if inbox.must_stop(change.inbox, lease):
            run.stop()
        self._runs[message.conversation.key, message.id] = run
        self._spawn(self._run(run), name=message.conversation.key)

    async def _run(self, run: TurnRun) -> None:
        message = run.turn.message
        stored = False
        try:
            stored = await run.run()
            if not stored:
                await self._forgetting().sweep(message.conversation)
        except SwitchboardError:
            log.exception("a turn's outcome could not be stored; it is taken up again when its lease runs out")
        finally:
            self._runs.pop((message.conversation.key, message.id), None)
            self._live.end(message.conversation, message.id, keep=stored)
            await run.places.give()
        if stored:
            await self._follow_up(run)

    async def _follow_up(self, run: TurnRun) -> None:
        """What the end of a turn sets going: its reply is sent, its work goes on, the next message has its turn."""
        conversation = run.turn.message.conversation
        self.sending.nudge(conversation)
        if (detached := run.detached) is not None:
            if detached.work is None:
                await self.working.orders.announce(detached.job.id)
            else:
                self.working.adopt(detached.job, detached.go_on)
        if run.waiting:
            await self._pump(conversation)

    async def _tell(self, message: Message) -> Offer:
        """Offer the message that brings a job's result, if somebody waits for it."""
        job = await self._parts.jobs.get(message.job)
        if job is None or not await self._continuing.is_to_be_told(job):
            return Offer(state="done")
        return await self.offer(message)

    async def _job(self, conversation: Conversation, job_id: str) -> Job | None:
        job = await self._parts.jobs.get(job_id)
        return job if job is not None and job.conversation == conversation else None

    def _stop_here(self, conversation: Conversation, message_id: MessageId) -> None:
        if run := self._runs.get((conversation.key, message_id)):
            run.stop()

    def _forgetting(self) -> Forgetting:
        return forgetting(self._setup, self._settle)

    async def _settle(self, conversation: Conversation) -> None:
        """Stop the conversation's turns that run here and wait until they have let go; drop what is shown of them."""
        for (key, _), run in self._runs.items():
            if key == conversation.key:
                run.stop()
        if running := [task for task in self._tasks if task.get_name() == conversation.key]:
            await asyncio.wait(running, timeout=5.0)
        self._live.forget(conversation)

    async def _commit(self, conversation: Conversation, change: Change) -> bool:
        return await self._parts.conversations.commit(conversation, change)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str = "") -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def build(
    settings: Settings,
    setup: Setup | None = None,
    clock: Callable[[], float] = time.time,
    channels: Mapping[str, Channel[Any, Any]] | None = None,
) -> SwitchboardAssistant:
    """Put an assistant together from the settings.

    Call `SwitchboardAssistant.recover` and `SwitchboardAssistant.work` once it may work.

    Args:
        channels: Those through which this process can send replies, by name.

    Raises:
        ConfigError: The settings name something that is not there.
    """
    return SwitchboardAssistant(setup or Setup(settings), clock, channels or {})


def _parts(setup: Setup, clock: Callable[[], float], starting: Callable[[Message], JobStarter]) -> Parts:
    from prompts import load as load_prompt

    tools = setup.tools
    prompt = load_prompt("system")
    return Parts(
        settings=setup.settings,
        conversations=setup.backend("conversations"),
        blobs=setup.backend("blobs"),
        jobs=setup.backend("jobs"),
        graph=Graph(setup.backend("chat_model"), tools),
        tools=tools,
        system=lambda: prompt.render(today=date.today().isoformat()),
        worker=secrets.token_hex(8),
        starting=starting,
        clock=clock,
    )
