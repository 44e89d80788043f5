"""The jobs of the fake assistant: each plays a script in memory, and has its result told as a message of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from switchboard.assistant import JobNews, Offer
from switchboard.errors import BadInput
from switchboard.events import Event, Failed, Final, JobStarted, Status, ends_turn
from switchboard.identity import Conversation, MessageId
from switchboard.messages import Message
from switchboard.reply import Reply, fold
from switchboard.storage import Job, JobState

JobScript: TypeAlias = Callable[[Job], AsyncIterator[Event]]
"""Makes what happens in a job: each `Status` is progress, everything else belongs to the result."""

_CANCELLED = Final(text="The work was cancelled.", status="stopped")
_BROKEN = Failed(text="Something went wrong. Please try again.", incident="fake", retryable=True)
_STATES: dict[str, JobState] = {
    "complete": "succeeded",
    "partial": "partial",
    "stopped": "cancelled",
    "failed": "failed",
}


async def count_to_three(job: Job) -> AsyncIterator[Event]:
    """The script of a fake that was given none."""
    for number in (1, 2, 3):
        yield Status(text="Counting", done=number, total=3)
    yield Final(text="One, two, three.")


class FakeJobs:
    """Jobs as the fake assistant keeps them; ``tell`` offers the message as whose reply a result comes."""

    def __init__(self, script: JobScript, tell: Callable[[Message], Awaitable[Offer]]) -> None:
        self.script = script
        self._tell = tell
        self._jobs: dict[str, Job] = {}
        self._results: dict[MessageId, tuple[Event, ...]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Condition()

    def begin(self, message: Message, started: JobStarted) -> None:
        """Begin the job that a turn has told of."""
        self._jobs[started.job_id] = job = Job(
            id=started.job_id,
            conversation=message.conversation,
            message_id=message.id,
            principal=message.principal,
            kind="scripted",
            text=started.text,
            due_at=1.0,
            created_at=message.received_at,
            version=1,
        )
        self._tasks[job.id] = asyncio.create_task(self._work(job))

    async def result(self, message: Message) -> AsyncIterator[Event]:
        """The script of the turn that tells a result."""
        for event in self._results[message.id]:
            yield event

    async def watch(self, conversation: Conversation, job_id: str) -> AsyncIterator[JobNews]:
        """See `Assistant.watch_job`."""
        shown: JobNews | None = None
        while shown is None or shown.result is None:
            news = self._news(conversation, job_id)
            if news != shown:
                shown = news
                yield news
            else:
                async with self._changed:
                    if self._news(conversation, job_id) == shown:
                        await self._changed.wait()

    async def cancel(self, conversation: Conversation, job_id: str) -> bool:
        """See `Assistant.cancel_job`."""
        job = self._jobs.get(job_id)
        if job is None or job.conversation != conversation or job.ended:
            return False
        self._tasks[job_id].cancel()
        await self._end(job_id, [_CANCELLED])
        return True

    def listed(self, conversation: Conversation) -> Sequence[Job]:
        """See `Assistant.jobs`."""
        return [job for job in self._jobs.values() if job.conversation == conversation][::-1]

    async def close(self) -> None:
        """Cut off what runs."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _work(self, job: Job) -> None:
        await self._change(job.id, state="running", attempts=1)
        (events,) = await asyncio.gather(self._perform(job), return_exceptions=True)
        await self._end(job.id, [_BROKEN] if isinstance(events, BaseException) else events)

    async def _perform(self, job: Job) -> list[Event]:
        """Play the script. Returns what belongs to the result."""
        events: list[Event] = []
        async for event in self.script(job):
            if isinstance(event, Status):
                await self._change(job.id, text=event.text, progress=(event.done, event.total))
            else:
                events.append(event)
        return events

    async def _end(self, job_id: str, events: list[Event]) -> None:
        if not events or not ends_turn(events[-1]):
            events = [*events, Final(text=fold(events).text)]
        reply: Reply = fold(events)
        job = await self._change(job_id, state=_STATES[reply.status], result=reply)
        message = Message(
            id=MessageId(f"job:{job_id}"),
            conversation=job.conversation,
            principal=job.principal,
            text="",
            reply_to=job.message_id,
            received_at=job.created_at,
            job=job_id,
        )
        self._results[message.id] = tuple(events)
        await self._tell(message)
        await self._change(job_id, due_at=0.0)

    async def _change(self, job_id: str, **fields: object) -> Job:
        before = self._jobs[job_id]
        self._jobs[job_id] = job = replace(before, version=before.version + 1, **fields)  # type: ignore[arg-type]
        async with self._changed:
            self._changed.notify_all()
        return job

    def _news(self, conversation: Conversation, job_id: str) -> JobNews:
        job = self._jobs.get(job_id)
        if job is None or job.conversation != conversation:
            raise BadInput("That job is not known.", status=404)
        done, total = job.progress
        result = None if job.due_at else MessageId(f"job:{job_id}")
        return JobNews(state=job.state, text=job.text, done=done, total=total, result=result)
