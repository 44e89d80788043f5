"""What others see and ask of a job: to begin it, to follow it, to cancel it."""

import asyncio
from dataclasses import replace

import pytest

from agent.ordering import Orders
from stores.job_queue import StoreJobQueue
from stores.memory import MemoryJobStore
from switchboard.errors import BackendError, ConfigError
from switchboard.jobs import JobContext
from switchboard.reply import Reply
from switchboard.storage import Job
from switchboard.testing.samples import a_message
from tests.agent.job_places import DONE, a_place, at_work, for_ever, work


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
            seen.append((news.state, news.text, news.done, news.total))
            if news.text:
                go_on.set()
    assert seen[-1] == ("succeeded", "Page 1", 2, 2)
    assert ("running", "Page 1", 1, 2) in seen
    assert (await place.stored(job)).saved == "[1]"


async def test_progress_reaches_other_processes_through_the_store() -> None:
    place = a_place(for_ever)
    elsewhere = a_place(store=place.store)
    async with at_work(place):
        job = await place.begin("for_ever")
        async for news in elsewhere.working.watch(job.id):
            if (news.done, news.total) == (1, 2):
                break
    assert (await place.stored(job)).text == "Busy"


async def test_an_unknown_job_has_no_news() -> None:
    assert [job async for job in a_place(work).working.watch("unknown")] == []


async def test_a_cancellation_is_heard_from_another_process() -> None:
    place = a_place(for_ever)
    elsewhere = a_place(store=place.store)
    async with at_work(place):
        job = await place.begin("for_ever")
        async for news in place.working.watch(job.id):
            if news.text == "Busy":
                await elsewhere.working.orders.cancel(job.id)
        assert news.state == "cancelled"


async def test_a_waiting_job_that_is_cancelled_is_told_by_a_worker() -> None:
    place = a_place(work)
    job = await place.begin()
    await place.working.orders.cancel(job.id)
    await place.working.drain()
    over = await place.stored(job)
    assert (over.state, over.due_at, len(place.told)) == ("cancelled", 0.0, 1)


async def test_the_last_news_names_the_message_that_the_result_answers() -> None:
    async with at_work(a_place(work)) as place:
        news = await place.ended(await place.begin())
    assert [news.result] == [message.id for message in place.told]


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


async def test_a_job_that_nobody_could_be_told_of_is_begun_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    class Closed(StoreJobQueue):
        async def send(self, job_id: str, *, delay_seconds: float = 0) -> None:
            raise BackendError(service="sqs", operation="send", code="down")

    store = MemoryJobStore()
    orders = Orders(jobs=store, queue=Closed(store), clock=lambda: 5.0)
    job = await orders.begin(a_message(), "work", {})
    assert [each.id for each in await store.due(before=5.0)] == [job.id]
    assert "no notice" in caplog.text


async def test_an_order_that_another_write_overtakes_is_decided_anew() -> None:
    class Raced(MemoryJobStore):
        async def update(self, job: Job) -> bool:
            if not overtaken and (there := await self.get(job.id)) is not None:
                overtaken.append(there)
                assert await super().update(replace(there, state="running", version=there.version + 1))
            return await super().update(job)

    overtaken: list[Job] = []
    place = a_place(work, store=Raced())
    after = await place.working.orders.cancel((await place.begin()).id)
    assert after is not None
    assert (after.state, after.cancelling) == ("running", True)


async def test_ordering_anything_of_an_unknown_job_is_nothing() -> None:
    orders = a_place(work).working.orders
    assert (await orders.cancel("unknown"), await orders.retry("unknown")) == (None, None)
