"""Work that outlives its turn: waited for where replies are all that counts, followed beside the prompt where not."""

import asyncio
from collections.abc import Awaitable, Callable

from channels.terminal import texts
from channels.terminal.answering import Left, answer, on_interrupt
from channels.terminal.clean import one_line
from channels.terminal.opened import Opened
from channels.terminal.screens import Screen
from switchboard import Conversation, Message, MessageId, Reply, SwitchboardError
from switchboard.assistant import Assistant, JobNews

NEWEST = 50


async def awaited(
    assistant: Assistant, conversation: Conversation, reply: Reply, screen: Callable[[], Screen], *, opened: Opened
) -> Reply:
    """Wait for the job that a reply tells of, and show its result; likewise if that tells of another.

    Raises:
        Left: The person pressed Ctrl-C. The job goes on.
    """
    seen: set[str] = set()
    while reply.job and reply.job.job_id not in seen:
        seen.add(reply.job.job_id)
        result = await _interruptible(_ended(assistant, conversation, reply.job.job_id, screen()))
        message = await find(assistant, conversation, result) if result else None
        if message is None:
            break
        reply = await answer(assistant, message, screen(), opened=opened)
    return reply


async def find(assistant: Assistant, conversation: Conversation, message_id: MessageId) -> Message | None:
    """A message, if it is one of the newest."""
    turns = await assistant.transcript(conversation, limit=NEWEST)
    return next((turn.message for turn in turns if turn.message.id == message_id), None)


class Jobs:
    """The jobs that go on while the person writes.

    Args:
        told: Shows the result that a message brings.
        below: Shows a line about what goes on; an empty one when nothing does.
        failed: Says why a job can't be followed any more.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        told: Callable[[Message], Awaitable[None]],
        below: Callable[[str], None],
        failed: Callable[[SwitchboardError], None],
    ) -> None:
        self._assistant = assistant
        self._told = told
        self._below = below
        self._failed = failed
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._news: dict[str, JobNews] = {}

    @property
    def going_on(self) -> tuple[str, ...]:
        """Ids of the jobs whose results are still to come."""
        return tuple(self._tasks)

    def follow(self, conversation: Conversation, job_id: str) -> None:
        """Show how far a job is, then its result. Safe to repeat."""
        if job_id not in self._tasks:
            self._tasks[job_id] = asyncio.create_task(self._watch(conversation, job_id))

    async def close(self) -> None:
        """Follow nothing any more. The jobs go on."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, conversation: Conversation, job_id: str) -> None:
        try:
            async for news in self._assistant.watch_job(conversation, job_id):
                self._news[job_id] = news
                self._show()
                if news.result and (message := await find(self._assistant, conversation, news.result)):
                    await self._told(message)
        except SwitchboardError as error:
            self._failed(error)
        finally:
            self._tasks.pop(job_id, None)
            self._news.pop(job_id, None)
            self._show()

    def _show(self) -> None:
        self._below(" · ".join(progress(news) for news in self._news.values()))


def progress(news: JobNews) -> str:
    """How far a job is, in one line."""
    count = f" ({news.done} of {news.total})" if 0 <= news.done <= news.total and news.total else ""
    return (one_line(news.text) or texts.WORKING) + count


async def _ended(assistant: Assistant, conversation: Conversation, job_id: str, screen: Screen) -> MessageId | None:
    """Follow a job to its end. Returns which message brings the result."""
    result: MessageId | None = None
    with screen:
        async for news in assistant.watch_job(conversation, job_id):
            screen.progress(job_id, news)
            result = news.result
    return result


async def _interruptible(work: Awaitable[MessageId | None]) -> MessageId | None:
    """The work's outcome, unless Ctrl-C ends the waiting."""
    task = asyncio.ensure_future(work)
    left = False

    def leave() -> None:
        nonlocal left
        left = True
        task.cancel()

    try:
        with on_interrupt(leave):
            return await task
    except asyncio.CancelledError:
        if not left:
            task.cancel()
            raise
        raise Left from None
