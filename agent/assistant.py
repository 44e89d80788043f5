"""The assistant that channels talk to: takes messages in, lets their turns run, and lets anybody follow them."""

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import date
from typing import Any

from agent import inbox, texts
from agent.checking import checked
from agent.forgetting import Forgetting, Forgotten, forgetting
from agent.graph import Graph
from agent.inbox import Decision
from agent.live import Live
from agent.outcomes import outcome_events
from agent.shelf import Shelf
from agent.turn import Parts, TurnRun
from switchboard.assistant import Catalogue, Offer, SourceFile
from switchboard.errors import BadInput, SwitchboardError
from switchboard.events import Event, ends_turn
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.settings import Settings
from switchboard.storage import BlobStore, Change, ConversationSummary, Lease, Snapshot, Turn
from switchboard.tools import no_jobs

log = logging.getLogger("switchboard.agent")

POLL_SECONDS = 0.25
"""How often a follower looks at a turn that runs on another machine."""


class SwitchboardAssistant:
    """The implementation of `switchboard.assistant.Assistant`. Make it with `build`, inside a running event loop."""

    def __init__(self, parts: Parts, setup: Setup) -> None:
        self._parts = parts
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
        is_checked = False
        while True:
            snapshot = await self._parts.conversations.read(message.conversation, message.id, memory=True)
            if snapshot.turn is None and not is_checked:
                if self._closing:
                    raise BadInput(texts.CLOSING, status=503)
                message = await checked(message, self._parts.settings.limits, self._parts.blobs)
                is_checked = True
            decision = self._decide(snapshot, message)
            if decision.change is None or await self._commit(message.conversation, decision.change):
                break
        if decision.interrupts:
            self._stop_here(message.conversation, decision.interrupts)
        change = decision.change
        if decision.state == "new" and change is not None and change.inbox.lease is not None:
            self._begin(change, change.inbox.lease, snapshot.memory)
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
                return True

    async def confirm(self, message: Message, receipt: Receipt) -> None:
        """Note a receipt; see the protocol."""
        if not receipt.delivered:
            log.warning("a reply was not delivered on %s: %s", message.conversation.channel, receipt.why)
            return
        while True:
            snapshot = await self._parts.conversations.read(message.conversation, message.id)
            change = inbox.deliver(snapshot)
            if change is None or await self._commit(message.conversation, change):
                return

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
        for task in list(self._tasks):
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(task, timeout=5.0)
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
                self._begin(change, lease, snapshot.memory)
                return

    async def _revive(self, conversation: Conversation) -> None:
        """Wait until a dead worker's lease has run out, then go on with its message."""
        state = (await self._parts.conversations.read(conversation)).inbox
        if state.lease is not None:
            lost_at = state.lease.expires_at + self._parts.settings.turn.clock_skew_seconds
            await asyncio.sleep(max(0.0, lost_at - self._parts.clock()) + 0.01)
        await self._pump(conversation)

    def _begin(self, change: Change, lease: Lease, memory: bytes | None) -> None:
        """Run the turn that a change, which has been written, has started."""
        (turn,) = change.turns
        message = turn.message
        feed = self._live.open(message.conversation, message.id)
        run = TurnRun(parts=self._parts, turn=turn, lease=lease, feed=feed, memory=memory)
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
        if stored and run.waiting:
            await self._pump(message.conversation)

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
    settings: Settings, setup: Setup | None = None, clock: Callable[[], float] = time.time
) -> SwitchboardAssistant:
    """Put an assistant together from the settings; call `SwitchboardAssistant.recover` once it may work.

    Raises:
        ConfigError: The settings name something that is not there.
    """
    from prompts import load as load_prompt

    setup = setup or Setup(settings)
    model = setup.backend("chat_model")
    tools = setup.tools
    prompt = load_prompt("system")
    parts = Parts(
        settings=settings,
        conversations=setup.backend("conversations"),
        blobs=setup.backend("blobs"),
        jobs=setup.backend("jobs"),
        graph=Graph(model, tools),
        tools=tools,
        system=lambda: prompt.render(today=date.today().isoformat()),
        worker=secrets.token_hex(8),
        starting=lambda message: no_jobs,
        clock=clock,
    )
    return SwitchboardAssistant(parts, setup)
