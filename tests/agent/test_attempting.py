"""One attempt at a job: its ends, its deadline, and a lease that is lost."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from stores.memory import MemoryJobStore
from switchboard.errors import BackendError, Fenced, ToolFailed
from switchboard.jobs import JobContext
from switchboard.reply import Reply
from switchboard.storage import Job
from switchboard.testing.samples import a_message
from tests.agent.job_places import DONE, a_place, at_work, fails, for_ever, work


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


async def test_an_end_that_the_store_refuses_for_good_is_left_to_the_next_attempt() -> None:
    class Full(MemoryJobStore):
        async def update(self, job: Job) -> bool:
            if job.ended:
                raise BackendError(service="jobs", operation="update", code="full")
            return await super().update(job)

    place = a_place(work, store=Full())
    job = await place.begin()
    await place.working.drain()
    left = await place.stored(job)
    assert (left.state, left.due_at) == ("running", place.now + 5.0)
    assert place.told == []


async def test_work_goes_on_while_the_store_can_not_be_read_for_a_moment() -> None:
    class Shaky(MemoryJobStore):
        async def get(self, job_id: str) -> Job | None:
            if faults and busy.is_set():
                raise faults.pop()
            return await super().get(job_id)

    async def work(context: JobContext) -> Reply:
        busy.set()
        while faults:
            await asyncio.sleep(0)
        return DONE

    busy = asyncio.Event()
    faults = [BackendError(service="jobs", operation="get", code="busy", retryable=True)]
    place = a_place(work, store=Shaky())
    job = await place.begin()
    await place.working.drain()
    assert (await place.stored(job)).state == "succeeded"


async def test_work_whose_lease_can_not_be_renewed_in_time_stops() -> None:
    class Gone(MemoryJobStore):
        async def get(self, job_id: str) -> Job | None:
            if busy.is_set():
                raise BackendError(service="jobs", operation="get", code="down", retryable=True)
            return await super().get(job_id)

    stopped: list[bool] = []

    async def work(context: JobContext) -> Reply:
        busy.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(context.cancelled.is_set())
            busy.clear()
        return DONE

    busy = asyncio.Event()
    place = a_place(work, store=Gone(), environ={"SWITCHBOARD_JOBS__LEASE_SECONDS": "1"})
    job = await place.begin()
    await place.working.drain()
    assert stopped == [True]
    assert (await place.stored(job)).state == "running"
