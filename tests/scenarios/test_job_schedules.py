"""Random schedules of jobs and store together, in simulated time: workers with clocks of their own that read, decide,
and write later or never, while notices come twice, work stalls, and people cancel and try again.

What is read and what is written are two steps, so a crash, a stall or another's write can fall between any two.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent import jobs
from stores.memory import MemoryJobStore
from switchboard.errors import Fenced
from switchboard.identity import MessageId
from switchboard.reply import Reply
from switchboard.storage import Job
from switchboard.testing.samples import a_job

LEASE, SKEW, MOST = 60.0, 30.0, 3
WORKERS = {"slow": -15.0, "right": 0.0, "fast": 15.0}
"""By how much each worker's clock is off, in seconds: no two differ by more than the skew that is allowed."""
NAMES = ["j0", "j1", "j2"]
FAILED = Reply(text="It failed.", status="failed", incident="1")
RESULTS = [Reply(text="Done.", status=status) for status in ("complete", "partial", "failed", "stopped")]


@dataclass
class Held:
    """An attempt in a worker's hands, which may have been lost long ago."""

    worker: str
    name: str
    fence: int


@dataclass
class Written:
    """What somebody has decided and not yet written, with what is noted once it is."""

    after: Job
    note: Callable[[], None]
    fence: int | None = None


class JobSchedules(RuleBasedStateMachine):
    """Any number of workers on one store."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = MemoryJobStore()
        self.now = 1_000_000.0
        self.pending: list[Written] = []
        self.held: list[Held] = []
        self.fences: set[tuple[str, int]] = set()
        self.renewed = dict.fromkeys(NAMES, 0.0)
        self.saved = dict.fromkeys(NAMES, 0)
        self.untold: list[Job] = []
        self.told: dict[MessageId, tuple[str, int, Reply | None]] = {}
        self.ends = dict.fromkeys(NAMES, 0)

    def wait(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def stored(self, name: str) -> Job | None:
        found: Job | None = self.wait(self.store.get(name))
        return found

    def clock(self, worker: str) -> float:
        return self.now + WORKERS[worker]

    @rule(name=st.sampled_from(NAMES))
    def begin(self, name: str) -> None:
        self.wait(self.store.create(replace(a_job(name, created_at=self.now), due_at=self.now)))

    @rule(worker=st.sampled_from(list(WORKERS)), name=st.sampled_from(NAMES))
    def notice(self, worker: str, name: str) -> None:
        """A worker is told to look at a job, however often and for whatever reason."""
        if (job := self.stored(name)) is None:
            return
        taken = jobs.take(job, now=self.clock(worker), lease_seconds=LEASE, most_attempts=MOST, incident="i", skew=SKEW)
        if taken is not None:
            self.pending.append(Written(taken, lambda: self.took(worker, job, taken)))

    def took(self, worker: str, before: Job, taken: Job) -> None:
        if taken.ended:
            self.untold.append(taken)
            self.ends[taken.id] += not before.ended
            return
        assert (taken.id, taken.fence) not in self.fences, "two workers hold a job under one fence"
        self.fences.add((taken.id, taken.fence))
        if before.state == "running":
            assert self.now >= self.renewed[taken.id] + LEASE, "taken from a worker that may live"
        self.renewed[taken.id] = taken.due_at - LEASE - WORKERS[worker]
        self.held.append(Held(worker, taken.id, taken.fence))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), save=st.booleans())
    def progress(self, data: st.DataObject, save: bool) -> None:
        held = data.draw(st.sampled_from(self.held))
        now, steps = self.now, None

        def change(job: Job) -> Job:
            nonlocal steps
            steps = f"{job.saved}*" if save else None
            return jobs.progressed(job, held.fence, now=self.clock(held.worker), lease_seconds=LEASE, saved=steps)

        def note() -> None:
            self.renewed[held.name] = now
            self.saved[held.name] = len(steps) if steps else self.saved[held.name]

        self.by_holder(held, change, note)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), result=st.sampled_from(RESULTS))
    def end(self, data: st.DataObject, result: Reply) -> None:
        held = data.draw(st.sampled_from(self.held))
        now = self.clock(held.worker)
        self.by_holder(held, lambda job: jobs.ended(job, held.fence, result, now=now, lease_seconds=LEASE))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), retryable=st.booleans(), jitter=st.floats(0.0, 1.0))
    def fail(self, data: st.DataObject, retryable: bool, jitter: float) -> None:
        held = data.draw(st.sampled_from(self.held))
        now = self.clock(held.worker)
        self.by_holder(
            held,
            lambda job: jobs.failed(
                job,
                held.fence,
                FAILED,
                retryable=retryable,
                most_attempts=MOST,
                now=now,
                jitter=jitter,
                lease_seconds=LEASE,
            ),
        )

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        held = data.draw(st.sampled_from(self.held))
        self.by_holder(held, lambda job: jobs.released(job, held.fence, now=self.clock(held.worker)))

    def by_holder(self, held: Held, change: Callable[[Job], Job], note: Callable[[], None] = lambda: None) -> None:
        job = self.stored(held.name)
        assert job is not None
        try:
            after = change(job)
        except Fenced:
            self.held.remove(held)
            return

        def noted() -> None:
            note()
            if after.ended:
                self.ends[after.id] += 1
                self.untold.append(after)

        self.pending.append(Written(after, noted, fence=held.fence))

    @rule(name=st.sampled_from(NAMES), again=st.booleans())
    def order(self, name: str, again: bool) -> None:
        """Somebody cancels a job, or has it tried once more."""
        if (job := self.stored(name)) is None:
            return
        after = jobs.retry(job, now=self.now) if again else jobs.cancel(job, now=self.now)
        if after is not None:

            def note() -> None:
                self.ends[name] += after.ended

            self.pending.append(Written(after, note))

    @precondition(lambda self: self.untold)
    @rule(data=st.data(), survives=st.booleans())
    def tell(self, data: st.DataObject, survives: bool) -> None:
        """A worker offers a result; then it notes that, or dies."""
        job = self.untold.pop(data.draw(st.integers(0, len(self.untold) - 1)))
        self.offer(job)
        told = jobs.told(job)
        if survives and told is not None:
            self.pending.append(Written(told, lambda: None))

    def done(self, held: Held, job: Job) -> Job:
        return jobs.ended(job, held.fence, RESULTS[0], now=self.now, lease_seconds=LEASE)

    def offer(self, job: Job) -> None:
        """What the inbox does with an offer: a message that is known is not taken again."""
        self.told.setdefault(jobs.telling(job, self.now).id, (job.id, job.fence, job.result))

    @precondition(lambda self: self.pending)
    @rule(data=st.data(), survives=st.booleans())
    def write(self, data: st.DataObject, survives: bool) -> None:
        """Something decided is written, perhaps long after; or whoever decided it has died."""
        written = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
        if survives:
            self.put(written)

    def put(self, written: Written) -> None:
        before = self.stored(written.after.id)
        assert before is not None
        if self.wait(self.store.update(written.after)):
            if written.fence is not None:
                assert (before.state, before.fence) == ("running", written.fence), "a worker without the job wrote"
            written.note()

    @rule(seconds=st.sampled_from([1.0, 40.0, 61.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def a_worker_dies(self, data: st.DataObject) -> None:
        self.held.remove(data.draw(st.sampled_from(self.held)))

    @invariant()
    def nothing_is_stuck(self) -> None:
        for job in self.wait(self.store.list_jobs()):
            if not job.ended:
                assert job.due_at > 0
            assert job.due_at <= self.now + max(LEASE, jobs.LONGEST_PAUSE) + 15.0

    @invariant()
    def what_was_saved_stays(self) -> None:
        for job in self.wait(self.store.list_jobs()):
            assert len(job.saved) == self.saved[job.id]

    @invariant()
    def attempts_are_counted(self) -> None:
        assert all(0 <= job.attempts <= MOST for job in self.wait(self.store.list_jobs()))

    @invariant()
    def each_end_is_told_once(self) -> None:
        for job in self.wait(self.store.list_jobs()):
            assert sum(name == job.id for name, _, _ in self.told.values()) <= self.ends[job.id]
            if job.ended and not job.due_at:
                assert self.told[jobs.telling(job, self.now).id] == (job.id, job.fence, job.result)

    def teardown(self) -> None:
        """A worker that nothing happens to brings everything to its end, and has it told."""
        for _ in range(MOST + 2):
            self.now += jobs.LONGEST_PAUSE + LEASE + SKEW
            for job in self.wait(self.store.due(before=self.now)):
                self.notice("right", job.id)
                self.put(self.pending.pop())
            for held in list(self.held):
                self.by_holder(held, partial(self.done, held))
            for written in self.pending:
                self.put(written)
            for job in self.untold:
                self.offer(job)
                if (told := jobs.told(job)) is not None:
                    self.put(Written(told, lambda: None))
            self.pending, self.untold, self.held = [], [], []
        for job in self.wait(self.store.list_jobs()):
            assert job.ended
            assert job.due_at == 0
        self.each_end_is_told_once()
        self.loop.close()


TestJobSchedules = JobSchedules.TestCase
TestJobSchedules.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)
