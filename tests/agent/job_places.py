"""A worker on stores in memory, with a clock that is set, for tests of jobs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from agent.working import Working
from stores.job_queue import StoreJobQueue
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard.assistant import JobNews, Offer, OfferState
from switchboard.jobs import JobContext, JobFunction, JobKind
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.reply import Reply
from switchboard.settings import load
from switchboard.storage import Job
from switchboard.testing.samples import a_message

QUICK = {
    "SWITCHBOARD_TURN__STOP_SECONDS": "0.02",
    "SWITCHBOARD_JOBS__POLL_SECONDS": "0.05",
    "SWITCHBOARD_JOBS__LEASE_SECONDS": "5",
}
DONE = Reply(text="Done.", status="complete")


@dataclass
class Place:
    """A worker with what is around it; ``now`` is its clock."""

    store: MemoryJobStore
    working: Working
    told: list[Message]
    now: float = 1_000.0
    answers: list[OfferState | Exception] = field(default_factory=list)

    async def begin(self, kind: str = "work", **arguments: object) -> Job:
        return await self.working.orders.begin(a_message(), kind, arguments)

    async def stored(self, job: Job) -> Job:
        found = await self.store.get(job.id)
        assert found is not None
        return found

    async def ended(self, job: Job) -> JobNews:
        return [news async for news in self.working.watch(job.id)][-1]


def a_place(
    *functions: JobFunction, store: MemoryJobStore | None = None, environ: Mapping[str, str] | None = None, **kinds: Any
) -> Place:
    """A worker, not started, whose kinds are the functions by their names."""
    store = store or MemoryJobStore()
    settings = load(None, {**QUICK, **(environ or {})})
    made = [JobKind(name=function.__name__, function=function, **kinds) for function in functions]
    told: list[Message] = []

    async def tell(message: Message) -> Offer:
        answer = place.answers.pop(0) if place.answers else "new"
        if isinstance(answer, Exception):
            raise answer
        told.append(message)
        return Offer(state=answer)

    def clock() -> float:
        return place.now

    given = {
        "jobs": store,
        "job_queue": StoreJobQueue(store, poll_seconds=0.05, clock=clock),
        "blobs": MemoryBlobStore(),
        "job_kinds": made,
    }
    place = Place(store=store, working=Working(Setup(settings, given=given), tell, clock=clock), told=told)
    return place


@asynccontextmanager
async def at_work(place: Place, *, grace_seconds: float = 0.0) -> AsyncIterator[Place]:
    """The worker, taking jobs."""
    place.working.start()
    try:
        yield place
    finally:
        await place.working.close(grace_seconds=grace_seconds)


async def work(context: JobContext) -> Reply:
    return DONE


async def for_ever(context: JobContext) -> Reply:
    await context.progress("Busy", done=1, total=2)
    await asyncio.Event().wait()
    return DONE


def fails(error: Exception, times: int = 100) -> Callable[[JobContext], Awaitable[Reply]]:
    left = [error] * times

    async def work(context: JobContext) -> Reply:
        if left:
            raise left.pop()
        return DONE

    return work
