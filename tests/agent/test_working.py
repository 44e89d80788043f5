"""The worker on stores in memory: attempts, their ends, and how the person is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from agent.working import Working
from stores.job_queue import StoreJobQueue
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard.assistant import Offer, OfferState
from switchboard.errors import BackendError, ConfigError, Fenced, ToolFailed
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

    async def ended(self, job: Job) -> Job:
        return [seen async for seen in self.working.watch(job.id)][-1]


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


async def test_a_job_is_done_and_its_result_told_once() -> None:
    async with at_work(a_place(work)) as place:
        job = await place.begin()
        assert (await place.ended(job)).state == "succeeded"
    assert (await place.stored(job)).result == DONE
    assert (await place.stored(job)).due_at == 0.0
    assert [message.job for message in place.told] == [job.id]


async def test_a_job_is_given_its_arguments_and_whose_it_is() -> None:
    seen: list[JobContext] = []

    async def work(context: JobContext) -> Reply:
        seen.append(context)
        return DONE

    place = a_place(work)
    await place.working.run_once((await place.begin(pages=3)).id)
    assert seen[0].arguments == {"pages": 3}
    assert seen[0].principal == a_message().principal
    assert seen[0].conversation == a_message().conversation


async def test_no_more_than_so_many_jobs_run_at_a_time() -> None:
    running, most = 0, 0

    async def work(context: JobContext) -> Reply:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return DONE

    place = a_place(work)
    jobs = [await place.begin(number=number) for number in range(9)]
    await place.working.drain()
    assert [(await place.stored(job)).state for job in jobs] == ["succeeded"] * 9
    assert most == 2


async def test_a_partial_result_is_partial() -> None:
    async def work(context: JobContext) -> Reply:
        return Reply(text="Half.", status="partial")

    place = a_place(work)
    job = await place.begin()
    await place.working.drain()
    assert (await place.stored(job)).state == "partial"


async def test_a_failure_that_may_pass_is_tried_again_later() -> None:
    place = a_place(fails(BackendError(service="s", operation="o", code="busy", retryable=True), times=1))
    job = await place.begin()
    await place.working.drain()
    assert (await place.stored(job)).state == "queued"
    assert place.told == []
    place.now += 5.0
    await place.working.drain()
    assert (await place.stored(job)).state == "succeeded"
    assert (await place.stored(job)).attempts == 2


async def test_after_the_last_attempt_the_person_reads_the_failure_with_an_incident() -> None:
    place = a_place(fails(ValueError("secret")))
    job = await place.begin()
    for _ in range(3):
        await place.working.drain()
        place.now += 60.0
    over = await place.stored(job)
    assert over.state == "failed"
    assert over.result is not None
    assert over.result.incident in over.result.text
    assert "secret" not in over.result.text
    assert len(place.told) == 1


async def test_a_failure_that_will_not_pass_is_told_at_once() -> None:
    place = a_place(fails(ToolFailed("The file is empty.")))
    job = await place.begin()
    await place.working.drain()
    over = await place.stored(job)
    assert over.result is not None
    assert (over.state, over.attempts) == ("failed", 1)
    assert over.result.text.startswith("The file is empty.")


async def test_a_job_that_takes_too_long_is_stopped_and_tried_again() -> None:
    place = a_place(for_ever, seconds=0.01)
    job = await place.begin("for_ever")
    await place.working.drain()
    assert (await place.stored(job)).state == "queued"


@pytest.mark.parametrize("result", [None, "text", 7])
async def test_a_job_that_returns_no_reply_has_failed(result: Any) -> None:
    async def work(context: JobContext) -> Reply:
        return result  # type: ignore[no-any-return]

    place = a_place(work, environ={"SWITCHBOARD_JOBS__ATTEMPTS": "1"})
    job = await place.begin()
    await place.working.drain()
    assert (await place.stored(job)).state == "failed"


async def test_work_that_cancels_itself_has_failed() -> None:
    async def work(context: JobContext) -> Reply:
        raise asyncio.CancelledError

    place = a_place(work, environ={"SWITCHBOARD_JOBS__ATTEMPTS": "1"})
    job = await place.begin()
    await place.working.drain()
    assert (await place.stored(job)).state == "failed"


async def test_progress_is_seen_here_at_once_and_saved_when_it_is_to_be_kept() -> None:
    go_on = asyncio.Event()

    async def work(context: JobContext) -> Reply:
        await context.progress("Page 1", done=1, total=2)
        await go_on.wait()
        await context.progress(done=2, total=2, save="[1]")
        return DONE

    seen = []
    async with at_work(a_place(work)) as place:
        job = await place.begin()
        async for news in place.working.watch(job.id):
            seen.append((news.state, news.text, news.progress))
            if news.text:
                go_on.set()
    assert seen[-1] == ("succeeded", "Page 1", (2, 2))
    assert ("running", "Page 1", (1, 2)) in seen
    assert (await place.stored(job)).saved == "[1]"


async def test_progress_reaches_other_processes_through_the_store() -> None:
    place = a_place(for_ever)
    elsewhere = a_place(store=place.store)
    async with at_work(place):
        job = await place.begin("for_ever")
        async for news in elsewhere.working.watch(job.id):
            if news.progress == (1, 2):
                break
    assert (await place.stored(job)).text == "Busy"


async def test_an_unknown_job_has_no_news() -> None:
    assert [job async for job in a_place(work).working.watch("unknown")] == []


async def test_a_job_goes_on_from_what_an_earlier_attempt_saved() -> None:
    saved: list[str] = []

    async def work(context: JobContext) -> Reply:
        saved.append(context.job.saved)
        if not context.job.saved:
            await context.progress(save="[1]")
            raise RuntimeError
        return DONE

    place = a_place(work)
    await place.begin()
    await place.working.drain()
    place.now += 60.0
    await place.working.drain()
    assert saved == ["", "[1]"]


async def test_a_cancelled_job_stops_and_the_person_is_told() -> None:
    async with at_work(a_place(for_ever)) as place:
        job = await place.begin("for_ever")
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                assert await place.working.cancel(job.id) is not None
        assert news.state == "cancelled"
    assert len(place.told) == 1


async def test_a_cancellation_is_heard_from_another_process() -> None:
    place = a_place(for_ever)
    elsewhere = a_place(store=place.store)
    async with at_work(place):
        job = await place.begin("for_ever")
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                await elsewhere.working.orders.cancel(job.id)
        assert news.state == "cancelled"


async def test_what_a_cancelled_job_has_so_far_is_kept() -> None:
    async def work(context: JobContext) -> Reply:
        await context.progress("Busy")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Reply(text="Half.", status="stopped")
        return DONE

    async with at_work(a_place(work)) as place:
        job = await place.begin()
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                await place.working.cancel(job.id)
    over = await place.stored(job)
    assert over.result is not None
    assert (over.state, over.result.text) == ("cancelled", "Half.")


async def test_a_waiting_job_that_is_cancelled_is_told_by_a_worker() -> None:
    place = a_place(work)
    job = await place.begin()
    await place.working.orders.cancel(job.id)
    await place.working.drain()
    over = await place.stored(job)
    assert (over.state, over.due_at, len(place.told)) == ("cancelled", 0.0, 1)


async def test_a_worker_that_leaves_gives_its_job_back_with_what_was_saved() -> None:
    async def work(context: JobContext) -> Reply:
        await context.progress("Busy", save="[1]")
        await asyncio.Event().wait()
        return DONE

    async with at_work(a_place(work)) as place:
        job = await place.begin()
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                break
    left = await place.stored(job)
    assert (left.state, left.attempts, left.saved) == ("queued", 0, "[1]")
    assert left.due_at <= place.now
    assert place.told == []


async def test_a_worker_that_leaves_lets_a_job_end_that_soon_does() -> None:
    async def work(context: JobContext) -> Reply:
        await context.progress("Busy")
        await asyncio.sleep(0.05)
        return DONE

    async with at_work(a_place(work), grace_seconds=5.0) as place:
        job = await place.begin()
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                break
    assert (await place.stored(job)).state == "succeeded"


async def test_a_worker_that_lost_its_job_stops_and_writes_nothing() -> None:
    stopped: list[bool] = []

    async def work(context: JobContext) -> Reply:
        try:
            await context.progress("Busy")
            await asyncio.Event().wait()
        finally:
            stopped.append(context.cancelled.is_set())
        return DONE

    async with at_work(a_place(work)) as place:
        job = await place.begin()
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                break
        mine = await place.stored(job)
        theirs = replace(mine, fence=mine.fence + 1, version=mine.version + 1, due_at=place.now + 60.0)
        assert await place.store.update(theirs)
        while not stopped:
            await asyncio.sleep(0.01)
    assert stopped == [True]
    assert await place.stored(job) == theirs
    assert place.told == []


async def test_a_job_that_is_deleted_while_it_runs_stops_and_is_not_told() -> None:
    refused: list[Exception] = []

    async def work(context: JobContext) -> Reply:
        await place.store.delete(context.job.id)
        try:
            await context.progress(save="[1]")
        except Fenced as error:
            refused.append(error)
        return DONE

    place = a_place(work)
    job = await place.begin()
    await place.working.drain()
    assert len(refused) == 1
    assert await place.store.get(job.id) is None
    assert place.told == []


async def test_work_that_can_not_be_stopped_is_not_heard_any_more() -> None:
    late: list[Exception] = []
    kept: list[JobContext] = []

    async def work(context: JobContext) -> Reply:
        kept.append(context)
        return DONE

    place = a_place(work)
    job = await place.begin()
    await place.working.drain()
    try:
        await kept[0].progress("Too late", save="[9]")
    except Fenced as error:
        late.append(error)
    assert len(late) == 1
    assert (await place.stored(job)).text == ""


@pytest.mark.parametrize("answer", ["rejected", BackendError(service="s", operation="o", code="down")])
async def test_an_end_that_can_not_be_told_is_told_later(answer: OfferState | Exception) -> None:
    place = a_place(work)
    place.answers.append(answer)
    job = await place.begin()
    await place.working.drain()
    place.told.clear()
    assert (await place.stored(job)).due_at > place.now
    place.now += 5.0
    await place.working.drain()
    assert [message.job for message in place.told] == [job.id]
    assert (await place.stored(job)).due_at == 0.0


async def test_a_kind_that_this_worker_does_not_know_is_left_to_others(caplog: pytest.LogCaptureFixture) -> None:
    place = a_place(work)
    strange = await place.begin("strange")
    job = await place.begin()
    await place.working.drain()
    await place.working.drain()
    assert (await place.stored(job)).state == "succeeded"
    assert (await place.stored(strange)).attempts == 0
    assert caplog.text.count("strange") == 1


async def test_jobs_that_nobody_here_knows_hide_no_other() -> None:
    place = a_place(work)
    for number in range(20):
        await place.begin("strange", number=number)
    place.now += 1.0
    job = await place.begin()
    async with at_work(place):
        assert (await place.ended(job)).state == "succeeded"


async def test_the_end_of_a_job_whose_kind_nobody_here_knows_is_told_here() -> None:
    place = a_place(work)
    strange = await place.begin("strange")
    await place.working.orders.cancel(strange.id)
    await place.working.drain()
    assert [message.job for message in place.told] == [strange.id]


async def test_a_job_over_which_workers_died_too_often_is_given_up() -> None:
    place = a_place(work)
    job = await place.begin()
    dead = replace(job, state="running", attempts=3, fence=3, version=2)
    assert await place.store.update(dead)
    place.now += 60.0
    await place.working.drain()
    assert (await place.stored(job)).state == "failed"
    assert len(place.told) == 1


async def test_an_end_is_written_though_the_store_fails_for_a_moment() -> None:
    class Shaky(MemoryJobStore):
        async def update(self, job: Job) -> bool:
            if job.ended and job.due_at and faults:
                raise faults.pop()
            return await super().update(job)

    faults = [BackendError(service="jobs", operation="update", code="busy", retryable=True)]
    place = a_place(work, store=Shaky())
    job = await place.begin()
    await place.working.drain()
    assert (await place.stored(job)).state == "succeeded"


async def test_the_worker_goes_on_when_the_queue_fails() -> None:
    class Shaky(MemoryJobStore):
        async def due(self, *, before: float, limit: int = 100) -> list[Job]:
            if faults:
                raise faults.pop()
            return list(await super().due(before=before, limit=limit))

    faults: list[Exception] = [BackendError(service="jobs", operation="due", code="down")]
    async with at_work(a_place(work, store=Shaky())) as place:
        assert (await place.ended(await place.begin())).state == "succeeded"


async def test_a_job_can_be_begun_here_and_at_once() -> None:
    place = a_place(work)
    job = await place.begin()
    place.working.begin(job.id)
    assert (await place.ended(job)).state == "succeeded"
    await place.working.close()


async def test_seeing_to_an_unknown_job_is_nothing() -> None:
    assert await a_place(work).working.run_once("unknown") is None


async def test_a_tool_begins_a_job_once_however_often_it_is_called() -> None:
    place = a_place(work)
    start = place.working.orders.starter(a_message(), place.working.kinds)
    one = await start("work", {"a": 1, "b": 2}, text="I'm on it.")
    two = await start("work", {"b": 2, "a": 1}, text="I'm on it.")
    other = await start("work", {"a": 2}, text="I'm on it.")
    assert one == two
    assert one.text == "I'm on it."
    assert {job.id for job in await place.store.list_jobs()} == {one.job_id, other.job_id}


async def test_a_tool_that_begins_a_job_of_no_kind_is_told_which_there_are() -> None:
    place = a_place(work)
    with pytest.raises(ConfigError, match="Installed are: work"):
        await place.working.orders.starter(a_message(), place.working.kinds)("wrok", {}, text="")
