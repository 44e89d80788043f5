"""The assistant that channels talk to: takes messages in, lets their turns run, and lets anybody follow them."""

import asyncio
import contextlib
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from agent import inbox, texts
from agent.forgetting import Forgetting, Forgotten, forgetting
from agent.graph import Graph
from agent.live import Live
from agent.turn import Parts, TurnRun, outcome_events
from switchboard.assistant import Catalogue, Offer, SourceFile
from switchboard.errors import BackendError, BadInput, SwitchboardError
from switchboard.events import Event, ends_turn
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.settings import Settings
from switchboard.storage import BlobStore, Change, ConversationSummary, Lease, Turn

log = logging.getLogger("switchboard.agent")

POLL_SECONDS = 0.25
"""How often a follower looks at a turn that runs on another machine."""
SUGGESTIONS = 3
LONGEST_HEADING = 32
_NUMBERING = re.compile(r"^[\d.]+\s+")
LIBRARY = "library"
"""The owner under which the blob store keeps the library's originals."""


class SwitchboardAssistant:
    """The implementation of `switchboard.assistant.Assistant`. Make it with `build`, inside a running event loop."""

    def __init__(self, parts: Parts, setup: Setup) -> None:
        self._parts = parts
        self._setup = setup
        self._live = Live()
        self._runs: dict[tuple[str, MessageId], TurnRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def blobs(self) -> BlobStore:
        """Where uploads go."""
        return self._parts.blobs

    async def offer(self, message: Message) -> Offer:
        """Take a message; see the protocol."""
        checked = False
        while True:
            snapshot = await self._parts.conversations.read(message.conversation, message.id, memory=True)
            if snapshot.turn is None and not checked:
                if self._closing:
                    raise BadInput(texts.CLOSING, status=503)
                message, checked = await self._checked(message), True
            decision = inbox.offer(
                snapshot,
                message,
                now=self._parts.clock(),
                worker=self._parts.worker,
                lease_seconds=self._parts.settings.turn.lease_seconds,
                busy=self._parts.settings.turn.busy,
            )
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
        found = await self._setup.backend("retriever").source(document, principal=principal, conversation=conversation)
        if found is None:
            return None
        owner = found.access.conversation or LIBRARY
        try:
            data = await self._parts.blobs.read(found.digest, owner=owner)
        except BackendError as error:
            log.warning("the original of a document is not at hand: %s", error)
            return None
        name = str(found.attributes.get("_file_name", "")) or found.path.rpartition("/")[2] or found.title
        return SourceFile(name=name, title=found.title, media_type=found.media_type, data=data)

    async def catalogue(self, principal: Principal) -> Catalogue:
        """What this principal can ask about; see the protocol."""
        retriever = self._setup.backend("retriever")
        sources = await retriever.sources(principal=principal)
        some = sources[:: max(1, len(sources) // SUGGESTIONS)][: 2 * SUGGESTIONS]
        headings = await asyncio.gather(*(self._heading(source, principal) for source in some))
        best = sorted(zip(some, headings, strict=True), key=lambda pair: not pair[1])[:SUGGESTIONS]
        suggestions = [texts.suggestion(source.title, heading) for source, heading in best]
        return Catalogue(
            documents=len(sources),
            suggestions=tuple(suggestions) or (texts.HELP_SUGGESTION,),
            model=self._parts.settings.backends.chat_model,
            notice=str(getattr(self._setup.backend("chat_model"), "quality", "")),
        )

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

    async def _heading(self, source: Any, principal: Principal) -> str:
        """What a document has a section about, to suggest a question; empty if it has no headings."""
        passages = await self._setup.backend("retriever").search(
            source.title, principal=principal, document=source.id, limit=8
        )
        found = {_NUMBERING.sub("", heading) for passage in passages for heading in passage.headings}
        fitting = sorted(heading for heading in found - {source.title} if len(heading) <= LONGEST_HEADING)
        return max(fitting, key=len, default="")

    async def _checked(self, message: Message) -> Message:
        """The message with what the limits and the blob store say of it."""
        limits = self._parts.settings.limits
        if not message.text.strip() and not message.attachments:
            raise BadInput(texts.EMPTY)
        if len(message.text) > limits.message_characters:
            raise BadInput(texts.too_long(len(message.text), limits.message_characters), status=413)
        if len(message.attachments) > limits.attachments:
            raise BadInput(texts.too_many_attachments(len(message.attachments), limits.attachments), status=413)
        found = []
        for attachment in message.attachments:
            blob = await self._parts.blobs.stat(attachment.digest, owner=message.conversation.key)
            if blob is None:
                raise BadInput(texts.attachment_missing(attachment.name), status=404)
            name = attachment.name or blob.name
            found.append(replace(attachment, name=name, size=blob.size, media_type=blob.media_type))
        return replace(message, attachments=tuple(found))

    async def _pump(self, conversation: Conversation) -> None:
        """Start the conversation's next turn here, if there is one to start."""
        while not self._closing:
            state = (await self._parts.conversations.read(conversation)).inbox
            message_id = inbox.next_message(state, self._parts.clock())
            if message_id is None:
                return
            snapshot = await self._parts.conversations.read(conversation, message_id, memory=True)
            claimed = inbox.claim(
                snapshot,
                now=self._parts.clock(),
                worker=self._parts.worker,
                lease_seconds=self._parts.settings.turn.lease_seconds,
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
            await asyncio.sleep(max(0.0, state.lease.expires_at - self._parts.clock()) + 0.01)
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
        clock=clock,
    )
    return SwitchboardAssistant(parts, setup)
