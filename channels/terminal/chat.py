"""The conversation at a terminal: asking, answering, and the state that the commands work on."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from channels.terminal import texts
from channels.terminal.answering import Left, answer
from channels.terminal.channel import TerminalChannel, Typed
from channels.terminal.jobs import Jobs, awaited, find
from channels.terminal.keys import quiet_keys
from channels.terminal.names import ONCE, check_name, new_name
from channels.terminal.opened import Opened
from channels.terminal.parts import Note, Part
from channels.terminal.prompts import Prompt
from channels.terminal.screens import LiveScreen, PlainScreen, Screen
from channels.terminal.slash import is_command, obey
from switchboard import Attachment, Conversation, Message, MessageId, Principal, Receipt, Reply, SwitchboardError, fold
from switchboard.assistant import Assistant
from switchboard.storage import ConversationSummary, Job

if TYPE_CHECKING:
    from rich.console import Console

LISTED = 50
LOOKED_AT = 500
"""One-shot questions, of which a script may ask many, are passed over on the way to so many conversations."""


@dataclass
class Chat:
    """A person at a terminal, in one conversation at a time.

    Attributes:
        aside: Where our own words go: the screen, or standard error when replies go into a pipe.
        upload_limit: Most bytes of one attached file.
        thread: Name of the conversation; empty before `begin`.
        pending: Files that go with the next message.
        last: The newest reply, which ``/open`` and numbered options refer to.
        listed: The conversations as they were last listed.
        listed_jobs: The conversation's jobs, likewise.
        failed: Whether any question could not be answered.
    """

    assistant: Assistant
    channel: TerminalChannel
    principal: Principal
    aside: "Console"
    opened: Opened
    upload_limit: int
    clock: Callable[[], float] = time.time
    thread: str = ""
    pending: list[Attachment] = field(default_factory=list)
    last: Reply | None = None
    listed: Sequence[ConversationSummary] = ()
    listed_jobs: Sequence[Job] = ()
    failed: bool = False
    _prompt: Prompt | None = None
    _jobs: Jobs | None = None
    _shown: set[MessageId] = field(default_factory=set)
    _speaking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def conversation(self) -> Conversation:
        """Where the person is."""
        return self.channel.conversation(self.principal, self.thread)

    @property
    def attended(self) -> bool:
        """Whether somebody watches and writes, who need not wait for what takes long."""
        return self.interactive and self._prompt is not None and self._prompt.attended

    @property
    def interactive(self) -> bool:
        """Whether somebody watches; a pipe gets replies and nothing else."""
        return self.channel.console.is_terminal

    async def run(self, prompt: Prompt, *, thread: str = "", new: bool = False) -> int:
        """Chat until the person leaves. Returns the exit code.

        Args:
            thread: Name of the conversation to go on with; by default the newest.
            new: Start a new one instead.
        """
        self._prompt = prompt
        try:
            await self.begin(thread, new=new)
            while (text := await prompt.read(self._label())) is not None:
                if is_command(text):
                    if not await self._obey(text):
                        break
                else:
                    await self.ask(text)
        except Left:
            if not self.interactive:
                return 130
        finally:
            for job_id in await self._leave_jobs():
                self.say(Note(texts.goes_on(job_id), style="dim"))
        if self.interactive and self.last:
            self.say(Note(texts.GOODBYE, style="dim"))
        return 1 if self.failed and not self.interactive else 0

    async def begin(self, thread: str, *, new: bool) -> None:
        """Take up a conversation, and greet."""
        if not thread and not new:
            thread = next((summary.conversation.thread for summary in await self.conversations()), "")
        if self.interactive:
            catalogue = await self.assistant.catalogue(self.principal)
            self.say(*(Note(line, style="dim") for line in texts.welcome(catalogue)))
        await self.enter(thread or new_name(self.clock()))

    async def enter(self, thread: str) -> None:
        """Go to a conversation; show where it stood, and any answer that is still to come."""
        if await self._leave_jobs():
            self.say(Note(texts.STAYS, style="dim"))
        self.thread, self.last, self.pending, self.listed_jobs = check_name(thread), None, [], ()
        if not self.interactive:
            return
        due = [job for job in await self.assistant.jobs(self.conversation) if job.due_at]
        turns = await self.assistant.transcript(self.conversation, limit=20)
        if turns:
            self.say(Note(texts.going_on(self.thread, turns[-1].number + 1), style="dim"))
        done = [turn for turn in turns if turn.reply]
        for turn in done:
            if turn.message.job and not turn.delivered:
                await self._tell(turn.message)
            elif turn is done[-1] and turn.reply:
                self.last = turn.reply
                heading = texts.result_of("") if turn.message.job else texts.PROMPT + turn.message.text
                self.say(Note(heading, style="dim"), *self.channel.render(turn.reply))
        for turn in turns:
            if turn.state != "done":
                self.say(Note(texts.RUNNING_STILL, style="dim"))
                await self._answer(turn.message)
        for job in due:
            self._follow(job.id)

    async def ask(self, text: str) -> None:
        """Send what the person wrote, with the pending files. A refusal is told, and the files stay pending."""
        written = Typed(
            id=uuid4().hex,
            principal=self.principal,
            thread=self.thread,
            text=self._chosen(text),
            attachments=tuple(self.pending),
            received_at=self.clock(),
        )
        for message in self.channel.parse(written):
            await self._answer(message)

    async def conversations(self) -> Sequence[ConversationSummary]:
        """The principal's conversations at terminals, newest first; one-shot questions are not among them."""
        found = await self.assistant.conversations(self.principal, tenant=self.channel.tenant, limit=LOOKED_AT)
        here = (self.channel.name, self.principal.id)
        mine = [summary for summary in found if (summary.conversation.channel, summary.conversation.room) == here]
        return [summary for summary in mine if not summary.conversation.thread.startswith(ONCE)][:LISTED]

    def say(self, *parts: Part) -> None:
        """Say something in our own words."""
        for part in parts:
            self.aside.print(part)

    def screen(self) -> Screen:
        """What the next answer is shown on."""
        if self.interactive and not self.channel.console.is_dumb_terminal:
            return LiveScreen(self.channel)
        return PlainScreen(self.channel, aside=self.aside)

    async def _answer(self, message: Message) -> None:
        try:
            async with self._speaking:
                with quiet_keys():
                    self.last = await answer(self.assistant, message, self.screen(), opened=self.opened)
            self._shown.add(message.id)
            if self.last.job:
                await self._go_on(self.last)
        except SwitchboardError as error:
            self._complain(error)
        else:
            self.failed = self.failed or self.last.status == "failed"
            self.pending = []
            if self.interactive:
                self.aside.print()

    async def _obey(self, text: str) -> bool:
        try:
            return await obey(self, text)
        except SwitchboardError as error:
            self._complain(error)
            return True

    def _complain(self, error: SwitchboardError) -> None:
        self.failed = True
        self.say(Note(error.user_text, style="red"))

    async def _go_on(self, reply: Reply) -> None:
        """A reply tells of a job: where somebody writes it goes on beside the prompt, elsewhere it is waited for."""
        if reply.job and self.attended:
            self._follow(reply.job.job_id)
        else:
            self.last = await awaited(self.assistant, self.conversation, reply, self.screen, opened=self.opened)

    def _follow(self, job_id: str) -> None:
        if self._prompt is not None and self.attended:
            self._jobs = self._jobs or Jobs(
                self.assistant, told=self._tell, below=self._prompt.below, failed=self._complain
            )
            self._jobs.follow(self.conversation, job_id)

    async def _tell(self, message: Message) -> None:
        """Show a result that came by itself, between what is being said, and confirm it."""
        if message.id in self._shown:
            return
        events = [event async for event in self.assistant.events(message.conversation, message.id)]
        reply = await self.opened.artifacts(fold(events), blobs=self.assistant.blobs, owner=message.conversation.key)
        asked = await find(self.assistant, message.conversation, message.reply_to) if message.reply_to else None
        heading = Note(texts.result_of(asked.text if asked else ""), style="dim")
        async with self._speaking:
            parts = (heading, *self.channel.render(reply))
            if self._prompt is not None:
                await self._prompt.above(lambda: self.say(*parts))
            self.last = reply
            self._shown.add(message.id)
        await self.assistant.confirm(message, Receipt(delivered=True, platform_id=message.id))
        if reply.job:
            self._follow(reply.job.job_id)

    async def _leave_jobs(self) -> Sequence[str]:
        """Follow no job any more. Returns which ones go on."""
        if self._jobs is None:
            return ()
        left, jobs, self._jobs = self._jobs.going_on, self._jobs, None
        await jobs.close()
        return left

    def _chosen(self, text: str) -> str:
        """What was written; or, for the number of an option that was offered, that option."""
        options = self.last.question.options if self.last and self.last.question else ()
        number = text.strip()
        if number.isascii() and number.isdigit() and 1 <= int(number) <= len(options):
            return options[int(number) - 1]
        return text

    def _label(self) -> str:
        count = len(self.pending)
        return f"[{count} file{'' if count == 1 else 's'}] {texts.PROMPT}" if count else texts.PROMPT
