"""The assistant that channels talk to: takes messages in, lets their turns run, and lets anybody follow them."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from agent import inbox, texts
from agent.continuing import Continuing
from agent.forgetting import Forgetting, Forgotten, forgetting
from agent.graph import Graph
from agent.parts import Parts
from agent.quotas import Quotas
from agent.rating import rate
from agent.sending import Sending
from agent.shelf import Shelf
from agent.turn import TurnRun
from agent.turns import Turns
from agent.working import Working
from switchboard.assistant import Catalogue, JobNews, Offer, SourceFile
from switchboard.channels import Channel
from switchboard.errors import BadInput
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.settings import Settings
from switchboard.storage import BlobStore, ConversationSummary, Feedback, Job, Turn
from switchboard.tools import JobStarter

log = logging.getLogger("switchboard.agent")


class SwitchboardAssistant:
    """The implementation of `switchboard.assistant.Assistant`. Make it with `build`, inside a running event loop.

    Attributes:
        turns: Answers.
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
        self._parts = replace(self._parts, holding=self.sending.holding)
        quotas = Quotas(setup.backend("quotas"), setup.settings.limits, setup.settings.turn)
        self.turns = Turns(self._parts, quotas, ended=self._follow_up, lost=lambda gone: self._forgetting().sweep(gone))
        self._setup = setup
        self._shelf = Shelf(setup)

    @property
    def blobs(self) -> BlobStore:
        """Where uploads go."""
        return self._parts.blobs

    async def offer(self, message: Message) -> Offer:
        """Take a message; see the protocol."""
        self.counts.add("offered")
        try:
            return await self.turns.take(message)
        except BadInput:
            self.counts.add("refused")
            raise

    def events(self, conversation: Conversation, message_id: MessageId, *, after: int = 0) -> AsyncIterator[Event]:
        """Follow a turn; see the protocol."""
        return self.turns.events(conversation, message_id, after=after)

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """Stop a turn; see the protocol."""
        self.turns.stop(conversation, message_id)
        while True:
            snapshot = await self._parts.conversations.read(conversation, message_id)
            change = inbox.stop(snapshot, now=self._parts.clock())
            if change is None:
                return False
            if await self._parts.conversations.commit(conversation, change):
                if change.turns:
                    self.counts.add("stopped")
                return True

    async def confirm(self, message: Message, receipt: Receipt) -> None:
        """Note a receipt; see the protocol."""
        await self.sending.confirm(message, receipt)

    async def jobs(self, conversation: Conversation) -> Sequence[Job]:
        """The conversation's jobs; see the protocol."""
        return await self._parts.jobs.list_jobs(conversation=conversation)

    async def job(self, conversation: Conversation, job_id: str) -> Job | None:
        """A job of the conversation; see the protocol."""
        job = await self._parts.jobs.get(job_id)
        return job if job is not None and job.conversation == conversation else None

    async def watch_job(self, conversation: Conversation, job_id: str) -> AsyncIterator[JobNews]:
        """How far a job is; see the protocol."""
        if await self.job(conversation, job_id) is None:
            raise BadInput(texts.UNKNOWN_JOB, status=404)
        async for news in self.working.watch(job_id):
            yield news

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """Ask for a job to end; see the protocol."""
        known = await self.job(conversation, job_id)
        return known is not None and await self.working.cancel(job_id) is not None

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """One message; see the protocol."""
        return await self._parts.conversations.turn(conversation, message_id)

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """Keep an opinion; see the protocol."""
        return await rate(self._parts.conversations, conversation, message_id, feedback)

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
        """Take jobs, send what is due and take up what dead workers leave, from now on, besides answering."""
        self.turns.patrol()
        self.working.start()
        self.sending.start()

    async def tidy(self, *, seconds: float) -> None:
        """Do once what `work` does all the time, for a process that is called now and then and frozen in between.

        Args:
            seconds: What time there is; a third of it is for sending.
        """
        ends = time.monotonic() + seconds
        await self.turns.take_up()
        await self.working.sweep(grace_seconds=self._parts.settings.jobs.lease_seconds / 3)
        await self.turns.ended(seconds * 2 / 3)
        await self.sending.flush(max(0.0, ends - time.monotonic()))

    async def recover(self) -> int:
        """Take up what a crash left: messages that wait or whose worker is gone. Returns in how many conversations."""
        return await self.turns.recover()

    async def close(self, *, hand_over: bool = False) -> None:
        """Take nothing more, let running turns end, close stores; see the protocol.

        Args:
            hand_over: Whether turns that do not end soon go on as jobs in another process, rather than being stopped.
        """
        await self.working.close()  # first, as the ends of jobs are told as turns
        await self.turns.close(hand_over=hand_over)
        await self.working.close()
        await self.sending.close()
        self.counts.tell()
        for backend in self._setup.made().values():
            if close := getattr(backend, "close", None):
                outcome = close()
                if asyncio.iscoroutine(outcome):
                    await outcome

    async def _follow_up(self, run: TurnRun) -> None:
        """What the end of a turn sets going: its reply is sent, and work that is not at its end goes on as a job."""
        if run.stored is not None:
            self.sending.stored(run.stored)
        if (detached := run.detached) is not None:
            if detached.work is None:
                await self.working.orders.announce(detached.job.id)
            else:
                self.working.adopt(detached.job, detached.go_on)

    async def _tell(self, message: Message) -> Offer:
        """Offer the message that brings a job's result, if somebody waits for it."""
        job = await self._parts.jobs.get(message.job)
        if job is None or not await self._continuing.is_to_be_told(job):
            return Offer(state="done")
        return await self.offer(message)

    def _forgetting(self) -> Forgetting:
        return forgetting(self._setup, self.turns.settle)


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
