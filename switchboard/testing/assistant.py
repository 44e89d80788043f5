"""A fake assistant: a small true one in memory that plays a script, for whoever writes a channel."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from stores.memory import MemoryBlobStore
from switchboard.assistant import Catalogue, JobNews, Offer, SourceFile
from switchboard.errors import BadInput
from switchboard.events import (
    Citation,
    Delta,
    Event,
    Failed,
    Final,
    JobStarted,
    ReplyStatus,
    Status,
    ToolFinished,
    ToolStarted,
    ends_turn,
    numbered,
)
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.reply import fold
from switchboard.storage import ConversationSummary, Feedback, Job, Turn
from switchboard.testing.fake_jobs import FakeJobs, JobScript, count_to_three

Script = Callable[[Message], AsyncIterator[Event]]


async def quote_back(message: Message) -> AsyncIterator[Event]:
    """The script of a fake that was given none: looks something up and repeats what was said, citing one source."""
    yield ToolStarted(call_id="1", tool="search_documents", text="Searching the documents")
    yield Status(text="Reading", done=1, total=2)
    yield ToolFinished(call_id="1", tool="search_documents", status="complete", seconds=0.2)
    yield Citation(
        number=1, title="Handbook", source="handbook.pdf", page=3, quote="As it is written.", document="handbook"
    )
    for word in ("You said: ", message.text, " [1]"):
        yield Delta(text=word)
    yield Final(text=f"You said: {message.text} [1]")


@dataclass(slots=True, kw_only=True)
class _Line:
    """One conversation: its turns, what happened in them, and who waits to hear more."""

    turns: dict[MessageId, Turn] = field(default_factory=dict)
    events: dict[MessageId, list[Event]] = field(default_factory=dict)
    worker: asyncio.Task[None] | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    stopped: set[MessageId] = field(default_factory=set)

    def waiting(self) -> list[Turn]:
        """Turns that have not ended, in order."""
        return [turn for turn in self.turns.values() if turn.state != "done"]

    async def longer(self, log: list[Event], length: int) -> None:
        """Wait until a log is longer than this."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(log) > length)


class FakeAssistant:
    """An `Assistant` whose turns play a script.

    Messages of one conversation are answered one after the other, each id once; conversations run side by side.

    Args:
        script: Makes the events of a turn. Its last may be `Final` or `Failed`; otherwise the text becomes a `Final`.
            A `JobStarted` among them begins a job.
        job_script: What happens in a job.
        library: Documents by id, for `source`.
        private: Ids of documents that only verified principals may read.
    """

    def __init__(
        self,
        script: Script = quote_back,
        *,
        job_script: JobScript = count_to_three,
        library: Mapping[str, SourceFile] | None = None,
        private: frozenset[str] = frozenset(),
        suggestions: tuple[str, ...] = ("What is in the handbook?",),
    ) -> None:
        self.script = script
        self.receipts: list[tuple[MessageId, Receipt]] = []
        self._library = dict(library or {})
        self._private = private
        self._suggestions = suggestions
        self._lines: dict[Conversation, _Line] = {}
        self._blobs = MemoryBlobStore()
        self._jobs = FakeJobs(job_script, self.offer)

    @property
    def blobs(self) -> MemoryBlobStore:
        """See `Assistant.blobs`."""
        return self._blobs

    async def offer(self, message: Message) -> Offer:
        """See `Assistant.offer`."""
        if not message.text.strip() and not message.attachments and not message.job:
            raise BadInput("The message is empty. Write something or attach a file.")
        line = self._lines.setdefault(message.conversation, _Line())
        known = line.turns.get(message.id)
        if known is not None:
            return Offer(state="done" if known.state == "done" else "running")
        ahead = len(line.waiting())
        line.turns[message.id] = Turn(number=len(line.turns), message=message, state="queued")
        line.events[message.id] = []
        if line.worker is None or line.worker.done():
            line.worker = asyncio.create_task(self._work(line))
        return Offer(state="queued" if ahead else "new", ahead=ahead)

    async def events(
        self, conversation: Conversation, message_id: MessageId, *, after: int = 0
    ) -> AsyncIterator[Event]:
        """See `Assistant.events`."""
        line = self._lines.get(conversation, _Line())
        if message_id not in line.turns:
            raise BadInput("That message is not known. Send it again.", status=404)
        log, sent = line.events[message_id], after
        while True:
            for event in log[sent:]:
                sent = event.seq
                yield event
                if ends_turn(event):
                    return
            if log and ends_turn(log[-1]):
                return
            await line.longer(log, sent)

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """See `Assistant.stop`."""
        line = self._lines.get(conversation, _Line())
        turn = line.turns.get(message_id)
        if turn is None or turn.state == "done":
            return False
        line.stopped.add(message_id)
        async with line.changed:
            line.changed.notify_all()
        return True

    async def jobs(self, conversation: Conversation) -> Sequence[Job]:
        """See `Assistant.jobs`."""
        return self._jobs.listed(conversation)

    def watch_job(self, conversation: Conversation, job_id: str) -> AsyncIterator[JobNews]:
        """See `Assistant.watch_job`."""
        return self._jobs.watch(conversation, job_id)

    async def job(self, conversation: Conversation, job_id: str) -> Job | None:
        """See `Assistant.job`."""
        return next((job for job in self._jobs.listed(conversation) if job.id == job_id), None)

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """See `Assistant.cancel_job`."""
        return await self._jobs.cancel(conversation, job_id)

    async def confirm(self, message: Message, receipt: Receipt) -> None:
        """See `Assistant.confirm`; ``receipts`` remembers them all."""
        self.receipts.append((message.id, receipt))
        line = self._lines[message.conversation]
        line.turns[message.id] = replace(line.turns[message.id], delivered=receipt.delivered)

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """See `Assistant.turn`."""
        return self._lines.get(conversation, _Line()).turns.get(message_id)

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """See `Assistant.rate`."""
        turn = await self.turn(conversation, message_id)
        if turn is None or turn.state != "done":
            return False
        others = tuple(each for each in turn.feedback if each.principal != feedback.principal)
        self._lines[conversation].turns[message_id] = replace(turn, feedback=(*others, feedback))
        return True

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `Assistant.transcript`."""
        turns = list(self._lines.get(conversation, _Line()).turns.values())
        return turns[:before][-limit:]

    async def conversations(
        self, principal: Principal, *, tenant: str, limit: int = 50
    ) -> Sequence[ConversationSummary]:
        """See `Assistant.conversations`."""
        found = [
            ConversationSummary(
                conversation=conversation,
                principals=frozenset({principal.id}),
                turns=len(line.turns),
                updated_at=max(turn.message.received_at for turn in line.turns.values()),
                first_text=next(iter(line.turns.values())).message.text,
            )
            for conversation, line in self._lines.items()
            if conversation.tenant == tenant
            and principal.id in {turn.message.principal.id for turn in line.turns.values()}
        ]
        return sorted(found, key=lambda one: one.updated_at, reverse=True)[:limit]

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> SourceFile | None:
        """See `Assistant.source`."""
        hidden = document in self._private and not principal.verified
        return None if hidden else self._library.get(document)

    async def catalogue(self, principal: Principal) -> Catalogue:
        """See `Assistant.catalogue`."""
        readable = len(self._library) - (0 if principal.verified else len(self._private))
        return Catalogue(documents=readable, suggestions=self._suggestions, model="scripted")

    async def close(self) -> None:
        """See `Assistant.close`; running turns and jobs are cut off."""
        await self._jobs.close()
        workers = [line.worker for line in self._lines.values() if line.worker is not None]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, line: _Line) -> None:
        while waiting := line.waiting():
            await self._play(line, waiting[0])

    async def _play(self, line: _Line, turn: Turn) -> None:
        message = turn.message
        line.turns[message.id] = replace(turn, state="running", attempts=1)
        play = asyncio.create_task(self._perform(line, message))
        halt = asyncio.create_task(self._stopped(line, message.id))
        try:
            await asyncio.wait((play, halt), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (play, halt):
                task.cancel()
            ends = await asyncio.gather(play, halt, return_exceptions=True)
        await self._end(line, message, ends[0])

    async def _perform(self, line: _Line, message: Message) -> None:
        async for event in self._jobs.result(message) if message.job else self.script(message):
            await self._append(line, message.id, event)
            if ends_turn(event):
                return

    async def _stopped(self, line: _Line, message_id: MessageId) -> None:
        async with line.changed:
            await line.changed.wait_for(lambda: message_id in line.stopped)

    async def _end(self, line: _Line, message: Message, error: object) -> None:
        """Close the log if the script has not: with what there is of the text, or with an apology."""
        log = line.events[message.id]
        if log and ends_turn(log[-1]):
            return
        if isinstance(error, Exception):
            apology = "Something went wrong. Please try again."
            await self._append(line, message.id, Failed(text=apology, incident="fake", retryable=True))
        else:
            status: ReplyStatus = "stopped" if message.id in line.stopped else "complete"
            await self._append(line, message.id, Final(text=fold(log).text, status=status))

    async def _append(self, line: _Line, message_id: MessageId, event: Event) -> None:
        """Log an event. With the last one the turn is done, before anybody hears of it."""
        log, turn = line.events[message_id], line.turns[message_id]
        if isinstance(event, JobStarted) and not turn.message.job:
            self._jobs.begin(turn.message, event)
        log.append(numbered(event, len(log) + 1))
        if ends_turn(event):
            ended = turn.message.received_at
            line.turns[message_id] = replace(turn, state="done", reply=fold(log), finished_at=ended)
        async with line.changed:
            line.changed.notify_all()
