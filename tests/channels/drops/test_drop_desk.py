"""What becomes of a file that comes: only an order of ours for this very place counts, however often it is told."""

from dataclasses import replace
from typing import Any, cast

import pytest

from channels.drops.desk import DropDesk
from channels.drops.events import Place
from channels.drops.orders import READING_SECONDS, Orders
from channels.drops.settings import DropSettings
from switchboard import BackendError, Conversation, MessageId, Unreadable
from tools.reading.textract.reader import Notify
from tools.summaries.making import Wish

from .standing import NOW, ORDER, Standing

NOTIFY = Notify(topic="topic", role="role")
BUSY = BackendError(service="textract", operation="start", code="throttled", retryable=True)


class Ahead:
    """A reader that reads ahead, or can't."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.begun: list[str] = []

    async def begin(self, file: Any, *, size: int, notify: Notify | None = None) -> bool:
        if self.failure:
            raise self.failure
        self.begun.append(file.name)
        return True

    async def finish(self, file: Any) -> bool:
        if self.failure:
            raise self.failure
        return True


def desk(
    at: Standing, ahead: Ahead | None = None, *, notify: Notify | None = NOTIFY, tenant: str = "local"
) -> DropDesk:
    return DropDesk(bucket=at.bucket, orders=at.orders, tenant=tenant, ahead=cast("Any", ahead), notify=notify)


async def begun(at: Standing) -> list[str]:
    return [job.message_id for job in await at.jobs.due(before=at.now)]


async def test_a_file_is_recognised_and_then_its_summary_begins() -> None:
    at, ahead = Standing(), Ahead()
    await at.orders.place(ORDER)
    place = await at.bucket.arrive()
    for step, outcome, who, text in (
        ("take", "reading", [], "Recognising the text"),
        ("finish", "begun", [ORDER.id], ""),
    ):
        assert (await getattr(desk(at, ahead), step)(place), await begun(at)) == (outcome, who)
        assert [job.text for job in await at.jobs.list_jobs()] == [text]


async def test_what_nobody_hears_of_any_more_is_begun_by_itself() -> None:
    at = Standing()
    await at.orders.place(ORDER)
    await desk(at, Ahead()).take(await at.bucket.arrive())
    at.now = NOW + READING_SECONDS
    assert await begun(at) == [ORDER.id]


async def test_with_another_reader_the_summary_is_begun_at_once_and_a_notice_does_so_too() -> None:
    for step in ("take", "finish"):
        at = Standing()
        await at.orders.place(ORDER)
        place = await at.bucket.arrive()
        assert (await getattr(desk(at), step)(place), await begun(at)) == ("begun", [ORDER.id])


async def test_without_a_topic_nothing_is_read_ahead() -> None:
    at, ahead = Standing(), Ahead()
    await at.orders.place(ORDER)
    assert await desk(at, ahead, notify=None).take(await at.bucket.arrive()) == "begun"
    assert ahead.begun == []


async def test_all_orders_that_wait_for_a_file_are_begun_though_it_brings_the_name_of_one() -> None:
    at = Standing()
    other = replace(ORDER, id=MessageId("order-0002"), wish=Wish(length="short"))
    for order in (ORDER, other):
        await at.orders.place(order)
    assert await desk(at).take(await at.bucket.arrive()) == "begun"
    assert sorted(await begun(at)) == [ORDER.id, other.id]


async def test_what_was_begun_is_not_begun_again() -> None:
    at = Standing()
    job = (await at.orders.place(ORDER)).job
    place = await at.bucket.arrive()
    assert await desk(at).take(place) == "begun"
    assert await at.jobs.update(replace(job, state="running", attempts=1, version=3))
    assert [await desk(at).take(place), await desk(at).finish(place)] == ["known", "known"]


async def test_a_file_that_names_no_order_of_ours_is_let_lie() -> None:
    at = Standing()
    await at.orders.place(ORDER)
    for name in ("nonsense", "0" * 32):
        assert await desk(at).take(await at.bucket.arrive(named=name)) == "ignored"
    assert await desk(at).take(Place(bucket="bucket", key="elsewhere")) == "ignored"
    assert await begun(at) == []


async def test_a_file_at_another_place_begins_nobodys_order_though_it_names_one() -> None:
    at = Standing()
    named = (await at.orders.place(ORDER)).job.id
    elsewhere = replace(ORDER, conversation=Conversation(tenant="local", channel="gateway", room="mallory"))
    other_file = await at.bucket.arrive(named=named, data=b"other bytes")
    for place in (await at.bucket.arrive(elsewhere, named=named), other_file):
        assert await desk(at, Ahead()).take(place) == "refused"
        assert await desk(at, Ahead()).finish(place) == "refused"
    assert await begun(at) == []


async def test_a_job_of_another_kind_is_no_order() -> None:
    at = Standing()
    job = (await at.orders.place(ORDER)).job
    other = replace(job, id="other", kind="turn", arguments='{"document": {"attached": {"digest": "x"}}}')
    await at.jobs.create(other)
    assert await desk(at).take(await at.bucket.arrive(named="other")) == "refused"


async def test_the_order_of_another_tenant_is_not_ours() -> None:
    at = Standing()
    await at.orders.place(ORDER)
    assert await desk(at, tenant="other").take(await at.bucket.arrive()) == "refused"


async def test_a_file_that_goes_while_it_is_looked_at_is_gone() -> None:
    at = Standing()
    await at.orders.place(ORDER)
    place = await at.bucket.arrive()
    await at.bucket.delete_owner(ORDER.conversation.key)
    assert [await desk(at, Ahead()).take(place), await desk(at, Ahead()).finish(place)] == ["gone", "gone"]


async def test_an_order_that_was_cancelled_waits_for_nothing() -> None:
    at = Standing()
    job = (await at.orders.place(ORDER)).job
    assert await at.jobs.update(replace(job, state="cancelled", version=job.version + 1))
    assert await desk(at).take(await at.bucket.arrive()) == "known"


@pytest.mark.parametrize("failure", [BUSY, Unreadable(name="a.pdf", reason="it is empty", code="empty")])
async def test_what_can_not_be_recognised_now_is_left_to_the_worker(failure: Exception) -> None:
    at = Standing()
    await at.orders.place(ORDER)
    place, failing = await at.bucket.arrive(), desk(at, Ahead(failure))
    assert [await failing.take(place), await failing.finish(place)] == ["begun", "begun"]
    assert await begun(at) == [ORDER.id]


async def test_a_failure_of_our_setup_is_an_error_and_not_a_summary() -> None:
    at = Standing()
    await at.orders.place(ORDER)
    place = await at.bucket.arrive()
    refusing = desk(at, Ahead(BackendError(service="textract", operation="start", code="AccessDenied")))
    for step in (refusing.take, refusing.finish):
        with pytest.raises(BackendError, match="AccessDenied"):
            await step(place)
    assert await begun(at) == []


@pytest.mark.parametrize(
    ("step", "broken"), [("take", "begin"), ("take", "hold"), ("finish", "finish"), ("finish", "begin_orders")]
)
async def test_a_function_that_dies_between_two_steps_is_called_again_and_the_summary_begins_once(
    monkeypatch: pytest.MonkeyPatch, step: str, broken: str
) -> None:
    at, ahead = Standing(), Ahead()
    await at.orders.place(ORDER)
    place = await at.bucket.arrive()

    async def die(*arguments: object, **named: object) -> None:
        raise OSError("the function is gone")

    with monkeypatch.context() as patch:
        of_orders = {"hold": "hold", "begin_orders": "begin"}.get(broken, "")
        patch.setattr(Orders if of_orders else ahead, of_orders or broken, die)
        with pytest.raises(OSError, match="gone"):
            await getattr(desk(at, ahead), step)(place)
    assert [await desk(at, ahead).take(place), await desk(at, ahead).finish(place)] == ["reading", "begun"]
    assert await begun(at) == [ORDER.id]


@pytest.mark.parametrize("table", [{"topic": "arn"}, {"role": "arn"}])
def test_a_topic_and_a_role_need_each_other(table: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="topic and role"):
        DropSettings(**table)
