"""The kind of job that a detached turn is: what goes on with it in a worker, and whether its end is to be told."""

import asyncio
import time
from collections.abc import Callable

from agent import detaching
from agent.detaching import Detached
from agent.handing import restore
from agent.live import Feed
from agent.parts import Parts, make_run
from agent.recording import Recorder
from switchboard.errors import BackendError
from switchboard.jobs import JobContext, JobKind
from switchboard.reply import Reply
from switchboard.storage import Job


class Continuing:
    """Goes on with detached turns from what they have saved.

    Args:
        parts: What turns need.
    """

    def __init__(self, parts: Callable[[], Parts]) -> None:
        self._parts = parts
        self.kind = JobKind(name=detaching.KIND, function=self._go_on)

    async def is_to_be_told(self, job: Job) -> bool:
        """Whether the person waits for this job's end: not if the turn died while it was being detached."""
        if job.kind != detaching.KIND:
            return True
        turn = await self._parts().conversations.turn(job.conversation, job.message_id)
        return turn is not None and detaching.is_detached(turn, job)

    async def _go_on(self, context: JobContext) -> Reply:
        job, parts = context.job, self._parts()
        turn = await parts.conversations.turn(job.conversation, job.message_id)
        if turn is None or (turn.state == "done" and not detaching.is_detached(turn, job)):
            return Reply(text="", status="stopped")
        if turn.state != "done":
            raise BackendError(service="turn", operation="go_on", code="not_detached_yet", retryable=True)
        stop = asyncio.Event()
        recorder = Recorder(Feed(), first=1)
        run = make_run(parts, turn.message, recorder, stop, time.monotonic())
        memory = restore(run, job.saved)
        run.deadline = context.deadline
        work = asyncio.create_task(parts.graph.run(run, memory))
        return await Detached(job=job, run=run, memory=memory, recorder=recorder, stop=stop, work=work).go_on(context)
