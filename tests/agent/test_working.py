"""The worker: which jobs it takes, how their ends are told, and how it leaves."""

import asyncio
from dataclasses import replace

import pytest

from stores.memory import MemoryJobStore
from switchboard.assistant import OfferState
from switchboard.errors import BackendError
from switchboard.jobs import JobContext
from switchboard.reply import Reply
from switchboard.storage import Job
from tests.agent.job_places import DONE, a_place, at_work, for_ever, work


async def test_a_job_is_done_and_its_result_told_once() -> None:
    async with at_work(a_place(work)) as place:
        job = await place.begin()
        assert (await place.ended(job)).state == "succeeded"
    assert (await place.stored(job)).result == DONE
    assert (await place.stored(job)).due_at == 0.0
    assert [message.job for message in place.told] == [job.id]


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


async def test_a_cancelled_job_stops_and_the_person_is_told() -> None:
    async with at_work(a_place(for_ever)) as place:
        job = await place.begin("for_ever")
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                assert await place.working.cancel(job.id) is not None
        assert news.state == "cancelled"
    assert len(place.told) == 1


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


async def test_the_worker_goes_on_when_the_queue_fails() -> None:
    class Shaky(MemoryJobStore):
        async def due(self, *, before: float, limit: int = 100) -> list[Job]:
            if faults:
                raise faults.pop()
            return list(await super().due(before=before, limit=limit))

    faults: list[Exception] = [BackendError(service="jobs", operation="due", code="down")]
    async with at_work(a_place(work, store=Shaky())) as place:
        assert (await place.ended(await place.begin())).state == "succeeded"


async def test_work_that_is_under_way_here_is_adopted_as_a_job() -> None:
    place = a_place(work)
    job = replace(await place.begin(), state="running", attempts=1, fence=1, version=2, due_at=place.now + 5.0)
    assert await place.store.update(job)
    place.working.adopt(job, work)
    assert (await place.ended(job)).state == "succeeded"
    await place.working.close()


async def test_seeing_to_an_unknown_job_is_nothing() -> None:
    assert await a_place(work).working.run_once("unknown") is None


async def test_a_job_in_a_workers_hands_is_not_begun_by_another(caplog: pytest.LogCaptureFixture) -> None:
    place = a_place(work)
    job = replace(await place.begin(), state="running", attempts=1, fence=1, version=2, due_at=place.now + 5.0)
    assert await place.store.update(job)
    assert await place.working.run_once(job.id) == job


async def test_a_lost_notice_is_made_up_for_by_a_sweep() -> None:
    place = a_place(work)
    await place.store.create(replace(await place.begin(), id="silent"))
    place.now += 30.0
    assert await place.working.sweep(grace_seconds=20.0) == 2
    assert await place.working.sweep(grace_seconds=40.0) == 0
