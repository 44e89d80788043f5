"""A turn that outlives its channel's patience goes on as a job; its answer comes back as a message of its own.

detach    the job is written, then the turn ends with "it goes on": a crash between the two leaves a job that finds its
          turn not detached, and says nothing
go on     here, with the very work that is under way; or in a worker, from the last complete step
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from agent import texts
from agent.handing import saved
from agent.recording import Recorder
from agent.run import Run
from switchboard.events import Event, Final, JobStarted
from switchboard.jobs import JobContext
from switchboard.messages import Message
from switchboard.reply import Reply, fold
from switchboard.storage import Job, JobStore, Turn

KIND = "turn"
"""The kind of job that a detached turn is."""
LOOK_SECONDS = 1.0
"""How often the progress of a detached turn is told."""


def job_of(message: Message) -> str:
    """The id of the job that a message's turn goes on as: the same each time that the turn is run."""
    name = json.dumps([message.conversation.key, message.id, KIND])
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def is_detached(turn: Turn, job: Job) -> bool:
    """Whether the turn ended by going on as this job."""
    return turn.reply is not None and turn.reply.job is not None and turn.reply.job.job_id == job.id


def handle(job: Job) -> tuple[JobStarted, Final]:
    """What ends the turn: the handle, and the sentence that says so."""
    return JobStarted(job_id=job.id, text=texts.GOES_ON), Final(text=texts.GOES_ON)


async def write(jobs: JobStore, job: Job) -> Job:
    """Create the job, or take it over from an attempt at the same turn that died before the turn had ended."""
    if await jobs.create(job):
        return replace(job, version=1)
    while True:
        there = await jobs.get(job.id)
        if there is None:
            return await write(jobs, job)
        mine = replace(job, fence=there.fence + 1, version=there.version + 1, created_at=there.created_at)
        if await jobs.update(mine):
            return mine


@dataclass(slots=True, kw_only=True)
class Detached:
    """A turn's work while it goes on.

    Attributes:
        job: As written.
        memory: The conversation's memory from before the turn.
        work: What is under way; ``None`` where a worker is to go on.
        stop: Set to make tools let go.
    """

    job: Job
    run: Run
    memory: bytes | None
    recorder: Recorder
    stop: asyncio.Event
    work: "asyncio.Task[Any] | None" = None

    def let_go(self) -> None:
        """Stop the work: the turn was taken over by somebody else."""
        self.stop.set()
        if self.work is not None:
            self.work.cancel()

    async def go_on(self, context: JobContext) -> Reply:
        """Wait for the work, telling how far it is and keeping each complete step.

        Raises:
            SwitchboardError: As the work does.
        """
        work = self.work
        if work is None:
            raise RuntimeError
        self.run.deadline = context.deadline
        self.run.may_ask = False
        kept, told = len(self.run.produced), self.recorder.status
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=LOOK_SECONDS)
                if len(self.run.produced) > kept:
                    kept = len(self.run.produced)
                    await context.progress(save=saved(self.run, self.memory))
                if (status := self.recorder.status) is not None and status is not told:
                    told = status
                    await context.progress(status.text, done=status.done, total=status.total)
            await work
        finally:
            self.let_go()
        return self.answer()

    def answer(self) -> Reply:
        """The whole answer, what was shown before the turn was detached included."""
        end: Event = self.run.final()
        return fold([*self.recorder.events, end])
