"""The worker: takes jobs that are due, makes attempts at them side by side, and has their ends told."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from agent import jobs as rules
from agent.attempting import UNWIND_SECONDS, Attempt, Bench
from agent.ordering import Orders
from agent.watching import Watching
from switchboard.assistant import JobNews, Offer
from switchboard.boundary import attempt
from switchboard.jobs import JobFunction, JobKind
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.queues import JobNotice, JobQueue
from switchboard.storage import Job, JobStore
from switchboard.tracing import traced

log = logging.getLogger("switchboard.agent")

WAIT_SECONDS = 5.0
"""How long a queue is waited for at a time; so long it may take to leave."""
PASS_ON_SECONDS = 5
"""After so long, a worker that does not know a job's kind looks again whether another has taken it."""
STRAYS = 1_000
"""Most jobs that one sweep looks at."""


def _nobody(job: Job) -> None:
    """Where nobody wants to hear of jobs."""


Tell = Callable[[Message], Awaitable[Offer]]
Hear = Callable[[Job], None]


class Working:
    """Runs jobs in this process, up to ``jobs.parallel`` at a time.

    Args:
        setup: Gives the stores, the queue, the installed kinds of jobs and the settings.
        tell: Takes the message as whose reply a result comes back, as `Assistant.offer` does.
        kinds: Further kinds of jobs.
        clock: Seconds since the epoch, by which jobs are due.

    Attributes:
        hear: Told of each job as an attempt at it begins, and as it is when the attempt is over.
    """

    def __init__(
        self,
        setup: Setup,
        tell: Tell,
        *,
        kinds: Sequence[JobKind] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.kinds: Mapping[str, JobKind] = {**setup.jobs, **{kind.name: kind for kind in kinds}}
        self._settings = setup.settings
        self._jobs: JobStore = setup.backend("jobs")
        self._queue: JobQueue = setup.backend("job_queue")
        self.hear: Hear = _nobody
        self._tell, self._clock = tell, clock
        self.orders = Orders(jobs=self._jobs, queue=self._queue, clock=clock)
        self._watching = Watching(self._seen)
        self._bench = Bench(
            jobs=self._jobs,
            blobs=setup.backend("blobs"),
            settings=setup.settings,
            clock=clock,
            changed=self._watching.ring,
        )
        self._attempts: dict[str, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._receiving: asyncio.Task[None] | None = None
        self._swept = 0.0
        self._strange: set[str] = set()

    def start(self) -> None:
        """Begin to take jobs. Call it inside a running event loop."""
        self._receiving = asyncio.create_task(self._receive())

    async def close(self, *, grace_seconds: float = 5.0) -> None:
        """Take no more, let jobs end that soon do, and give the others back as they are."""
        if self._receiving is not None:
            self._receiving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._receiving
        await self._settled(grace_seconds)
        for held in self._attempts.values():
            held.leave()
        await self._settled(2 * UNWIND_SECONDS)
        for task in self._tasks:
            task.cancel()

    async def drain(self) -> None:
        """Work until nothing is due and nothing runs any more. Jobs that are due later are left."""
        await self.sweep(grace_seconds=0)
        while await self._round(wait_seconds=0) or self._tasks:
            await self._any_ends()

    async def run_once(self, job_id: str) -> Job | None:
        """Do what there is to do for one job now: make an attempt, or tell its end.

        Returns:
            The job as it is then: with nothing left to do once `Job.due_at` is 0. ``None`` if it is unknown.
        """
        await self._see_to(job_id)
        return await self._jobs.get(job_id)

    def adopt(self, job: Job, function: JobFunction) -> None:
        """Go on with work that is under way here already, as the attempt at a job that was written as running."""
        self._spawn(self._finish(job, JobKind(name=job.kind, function=function)))

    async def cancel(self, job_id: str) -> Job | None:
        """Ask for a job to stop, and stop it at once if it runs here; see `Orders.cancel`."""
        job = await self.orders.cancel(job_id)
        if held := self._attempts.get(job_id):
            held.cancel()
        return job

    def watch(self, job_id: str) -> AsyncIterator[JobNews]:
        """How far a job is, until its end was told; nothing of an unknown one. See `Watching.follow`."""
        return self._watching.follow(job_id)

    async def sweep(self, *, grace_seconds: float) -> int:
        """Give notice of jobs that have been due for so long: theirs may be lost. Returns of how many."""
        due = await self._jobs.due(before=self._clock() - grace_seconds, limit=STRAYS)
        strays = [job for job in due if job.ended or job.kind in self.kinds]
        for job in strays:
            await self.orders.announce(job.id)
        return len(strays)

    async def _receive(self) -> None:
        """Serve what the queue gives, for ever."""
        while True:
            failed = await attempt(self._round_or_sweep())
            if isinstance(failed, Exception):
                log.error("jobs can't be received, will try again", exc_info=failed)
                await asyncio.sleep(self._settings.jobs.poll_seconds)

    async def _round_or_sweep(self) -> None:
        every = self._settings.jobs.lease_seconds / 3
        took = await self._round(wait_seconds=WAIT_SECONDS)
        if not took and time.monotonic() - self._swept >= every:
            self._swept = time.monotonic()
            await self.sweep(grace_seconds=every)

    async def _round(self, *, wait_seconds: float) -> int:
        """Take as many notices as there is room for. Returns how many those were."""
        room = self._settings.jobs.parallel - len(self._tasks)
        if room <= 0:
            await self._any_ends()
            return 1
        hold = max(1, int(self._settings.jobs.lease_seconds))
        notices = await self._queue.receive(limit=room, wait_seconds=wait_seconds, hold_seconds=hold)
        for notice in notices:
            self._spawn(self._serve(notice))
        return len(notices)

    async def _serve(self, notice: JobNotice) -> None:
        """See to a job. Once it is taken the notice has done its work: from then on the store says when it is due."""
        job = await self._take(notice.job_id)
        if job is None and await self._is_due(notice.job_id):
            await self._queue.extend(notice, PASS_ON_SECONDS)
            return
        await self._queue.done([notice])
        if job is not None:
            await self._finish(job)

    async def _see_to(self, job_id: str) -> None:
        job = await self._take(job_id)
        if job is not None:
            await self._finish(job)

    async def _take(self, job_id: str) -> Job | None:
        """The job, running or ended, if it is this worker's now."""
        settings, incident = self._settings, secrets.token_hex(4)
        while (job := await self._jobs.get(job_id)) is not None:
            if not job.ended and self._is_strange(job):
                return None
            taken = rules.take(
                job,
                now=self._clock(),
                lease_seconds=settings.jobs.lease_seconds,
                most_attempts=settings.jobs.attempts,
                incident=incident,
                skew=settings.turn.clock_skew_seconds,
            )
            if taken is None:
                return None
            if await self._jobs.update(taken):
                if taken.state == "failed" and not job.ended:
                    log.error("job %s of kind %s was given up, incident %s", job.id, job.kind, incident)
                return taken
        return None

    async def _is_due(self, job_id: str) -> bool:
        """Whether there is something to do for a job, though not for this worker, or not yet."""
        job = await self._jobs.get(job_id)
        return job is not None and 0 < job.due_at <= self._clock()

    def _is_strange(self, job: Job) -> bool:
        if job.kind in self.kinds:
            return False
        if job.kind not in self._strange:
            self._strange.add(job.kind)
            log.warning("jobs of kind %s are left to workers that know it", job.kind)
        return True

    async def _finish(self, job: Job, kind: JobKind | None = None) -> None:
        """Make the attempt, if it is one, and tell the end, if that came."""
        after = job if job.ended else await self._attempt(job, kind or self.kinds[job.kind])
        if after is not None:
            self.hear(after)
            await (self._tell_end(after) if after.ended else self._announce_again(after))

    async def _attempt(self, job: Job, kind: JobKind) -> Job | None:
        held = self._attempts[job.id] = Attempt(job, kind, self._bench)
        self.hear(job)
        try:
            with traced("job", kind=job.kind, attempt=job.attempts) as span:
                after = await held.run()
                span.set(state=after.state if after else "lost")
        finally:
            if self._attempts.get(job.id) is held:
                del self._attempts[job.id]
            self._watching.ring(job.id)
        return after

    async def _announce_again(self, job: Job) -> None:
        await self.orders.announce(job.id, delay_seconds=max(0.0, job.due_at - self._clock()))

    async def _tell_end(self, job: Job) -> None:
        """Have the person told, then note it. Where either fails the job is due again, and the end told again."""
        offer = await attempt(self._tell(rules.telling(job, self._clock())))
        if isinstance(offer, Exception) or offer.state == "rejected":
            log.warning("the end of job %s can't be told now, and will be later", job.id, exc_info=_error(offer))
        elif told := rules.told(job):
            await self._jobs.update(told)
            self._watching.ring(job.id)

    async def _any_ends(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def _settled(self, seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _seen(self, job_id: str) -> Job | None:
        held = self._attempts.get(job_id)
        return held.job if held else await self._jobs.get(job_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _error(offer: Offer | Exception) -> Exception | None:
    return offer if isinstance(offer, Exception) else None


async def _logged(work: Awaitable[None]) -> None:
    outcome = await attempt(work)
    if isinstance(outcome, Exception):
        log.error("a job could not be seen to; it comes up again", exc_info=outcome)
