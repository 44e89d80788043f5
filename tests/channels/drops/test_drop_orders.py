"""Orders: taken once, for one file at one place, and begun when that has come, or must have."""

from dataclasses import replace

import pytest

from channels.drops.orders import READING_SECONDS, SLOWEST
from stores.memory import MemoryBlobStore
from stores.s3 import VALID
from switchboard import BackendError, BadInput, Conversation, MessageId, Principal, TooMuch
from tools.summaries.making import Wish

from .standing import ANN, DATA, FILE, HERE, NOW, ORDER, Standing


async def test_an_order_is_a_job_that_waits_and_an_address_for_its_file_alone() -> None:
    at = Standing()
    placed = await at.orders.place(replace(ORDER, wish=Wish(focus="risks"), push=True))
    job = await at.jobs.get(placed.job.id)
    assert job is not None
    assert (job.state, job.principal, job.conversation, job.push) == ("queued", ANN, HERE, True)
    assert (job.text, job.due_at) == ("Waiting for a.pdf", NOW + VALID + len(DATA) / SLOWEST)
    assert placed.address is not None
    (given,) = at.bucket.given
    assert given == {
        "digest": FILE.digest,
        "size": len(DATA),
        "owner": HERE.key,
        "name": "a.pdf",
        "media_type": "application/pdf",
        "order": job.id,
    }


async def test_the_same_order_again_is_the_same_job_and_another_address_for_a_sender_who_lost_it() -> None:
    at = Standing()
    first, again = [await at.orders.place(ORDER) for _ in range(2)]
    assert (first.job.id, len(at.bucket.given)) == (again.job.id, 2)
    assert len(await at.jobs.list_jobs(conversation=HERE)) == 1


@pytest.mark.parametrize(
    "other", [{"wish": Wish(length="long")}, {"file": replace(FILE, digest="1" * 64)}, {"principal": Principal(id="b")}]
)
async def test_an_id_that_is_another_orders_is_refused(other: dict[str, object]) -> None:
    at = Standing()
    await at.orders.place(ORDER)
    with pytest.raises(BadInput) as raised:
        await at.orders.place(replace(ORDER, **other))  # type: ignore[arg-type]
    assert (raised.value.status, len(at.bucket.given)) == (409, 1)


async def test_the_same_id_in_another_conversation_is_another_order() -> None:
    at = Standing()
    elsewhere = Conversation(tenant="local", channel="gateway", room="elsewhere")
    first, other = await at.orders.place(ORDER), await at.orders.place(replace(ORDER, conversation=elsewhere))
    assert first.job.id != other.job.id


async def test_a_file_that_is_there_need_not_be_sent_and_its_order_begins_at_once() -> None:
    at = Standing()
    await at.orders.place(ORDER)
    await at.bucket.arrive()
    placed = await at.orders.place(ORDER)
    assert (placed.address, placed.job.due_at) == (None, NOW)


async def test_an_order_that_was_begun_gets_no_address_any_more() -> None:
    at = Standing()
    placed = await at.orders.place(ORDER)
    assert await at.jobs.update(replace(placed.job, state="running", attempts=1, version=placed.job.version + 1))
    assert (await at.orders.place(ORDER)).address is None


async def test_where_no_addresses_are_given_out_nothing_is_taken() -> None:
    at = Standing()
    orders = replace(at.orders, blobs=MemoryBlobStore())
    with pytest.raises(BadInput, match="/v1/files") as raised:
        await orders.place(ORDER)
    assert (raised.value.status, await at.jobs.list_jobs()) == (501, [])


async def test_orders_count_as_messages_of_the_person_and_a_repeated_one_does_not() -> None:
    at = Standing(most_per_minute=2)
    for number in (1, 1, 2):
        await at.orders.place(replace(ORDER, id=MessageId(f"order-{number}")))
    with pytest.raises(TooMuch) as raised:
        await at.orders.place(replace(ORDER, id=MessageId("order-3")))
    assert raised.value.retry_after == 60
    at.now += 60
    await at.orders.place(replace(ORDER, id=MessageId("order-3")))


async def test_where_nobody_can_count_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    at = Standing(most_per_minute=1)

    async def fail(*arguments: object, **named: object) -> float:
        raise BackendError(service="quotas", operation="take", code="down", retryable=True)

    monkeypatch.setattr(at.quotas, "take", fail)
    for number in (1, 2):
        await at.orders.place(replace(ORDER, id=MessageId(f"order-{number}")))
    assert len(at.bucket.given) == 2


async def test_an_order_that_is_held_waits_for_the_reading_and_then_begins_by_itself() -> None:
    at = Standing()
    job = (await at.orders.place(ORDER)).job
    await at.orders.hold([job])
    assert await at.jobs.due(before=NOW + READING_SECONDS - 1) == []
    assert [one.id for one in await at.jobs.due(before=NOW + READING_SECONDS)] == [job.id]


async def test_an_order_that_somebody_works_on_is_neither_held_nor_begun_again() -> None:
    at = Standing()
    job = (await at.orders.place(ORDER)).job
    taken = replace(job, state="running", attempts=1, due_at=NOW + 60, version=job.version + 1)
    assert await at.jobs.update(taken)
    await at.orders.hold([job])
    await at.orders.begin([job])
    assert await at.jobs.get(job.id) == taken


async def test_a_notice_that_can_not_be_given_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at = Standing()
    job = (await at.orders.place(ORDER)).job

    async def fail(*arguments: object, **named: object) -> None:
        raise BackendError(service="sqs", operation="send", code="down", retryable=True)

    monkeypatch.setattr("stores.job_queue.StoreJobQueue.send", fail)
    await at.orders.begin([job])
    assert len(await at.jobs.due(before=NOW)) == 1
