"""Deleting can be broken off anywhere, and nothing that began anew is touched."""

from dataclasses import replace
from typing import Any

import pytest

from stores.aws import AwsError
from stores.dynamodb import DynamoConversationStore, DynamoJobStore, Table
from switchboard.errors import Fenced
from switchboard.events import Delta
from switchboard.storage import Inbox, Snapshot
from switchboard.testing.samples import FULL_REPLY, a_change, a_job, a_turn
from tests.aws import World
from tests.stores.dynamodb.shared import HERE, M0, Faulty, everything, noise


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stores.dynamodb.erasure.PAGE", 4)


async def test_a_long_conversation_is_deleted_whole(store: Any, world: World, table: Table) -> None:
    await fill(store)
    await store.append_events(HERE, M0, 1, [Delta(text=noise(150_000), seq=1)])
    assert await store.delete(HERE)
    assert everything(world, table) == []


@pytest.mark.parametrize("broken_at", range(6))
async def test_a_deletion_that_broke_off_is_finished_by_the_next(
    store: Any, faulty: Faulty, world: World, table: Table, broken_at: int
) -> None:
    await fill(store)
    await break_off(store, faulty, broken_at)
    assert await store.read(HERE, M0, memory=True) == Snapshot(inbox=Inbox())
    assert list(await store.transcript(HERE)) == []
    assert list(await store.list_conversations(tenant="tenant", principal="ann")) == []
    await store.delete(HERE)
    assert everything(world, table) == []


@pytest.mark.parametrize("broken_at", range(6))
async def test_a_message_after_a_deletion_that_broke_off_begins_anew(
    store: Any, faulty: Faulty, broken_at: int
) -> None:
    await fill(store)
    await break_off(store, faulty, broken_at)
    assert not await store.commit(HERE, a_change(6, a_turn()))
    assert await store.commit(HERE, a_change(1, a_turn(0)))
    assert list(await store.transcript(HERE)) == [a_turn(0)]
    assert await store.memory(HERE) is None
    (found,) = await store.list_conversations(tenant="tenant", principal="ann")
    assert found.turns == 1


async def test_whoever_deletes_slowly_spares_what_began_anew(store: Any, faulty: Faulty) -> None:
    await fill(store)
    real, overtaken = faulty.call, []

    async def slow(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "transact_write_items" and not overtaken:
            overtaken.append(True)
            assert await store.delete(HERE)
            assert await store.commit(HERE, a_change(1, a_turn(0), memory=b"new"))
        return await real(operation, **parameters)

    faulty.call = slow  # type: ignore[method-assign]
    assert await store.delete(HERE)
    assert await store.read(HERE, M0, memory=True) == Snapshot(
        inbox=a_change(1, a_turn(0)).inbox, turn=a_turn(0), memory=b"new"
    )


async def test_a_stalled_worker_writes_nothing_into_what_is_being_deleted(store: Any, faulty: Faulty) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
    await break_off(store, faulty, 2)
    with pytest.raises(Fenced):
        await store.append_events(HERE, M0, 1, [Delta(text="late", seq=1)])
    assert not await store.commit(HERE, a_change(2, a_turn()))


async def test_a_large_job_is_deleted_whole(world: World, table: Table) -> None:
    jobs = DynamoJobStore(table)
    job = replace(a_job(), result=replace(FULL_REPLY, text=noise(150_000)))
    assert await jobs.create(job)
    assert await jobs.get("j0") == replace(job, version=1)
    assert await jobs.delete("j0")
    assert everything(world, table) == []


async def fill(store: DynamoConversationStore) -> None:
    """A conversation of 9 turns, which with what belongs to them are removed in three pages of four."""
    for version in range(1, 4):
        turns = [a_turn(n) for n in range(version * 3 - 3, version * 3)]
        await store.commit(HERE, a_change(version, *turns, answering="m0", memory=b"memory"))


async def break_off(store: DynamoConversationStore, faulty: Faulty, after: int) -> None:
    """Delete, but end after so many further calls once the tombstone stands."""
    real, made = faulty.call, []

    async def ending(operation: str, **parameters: Any) -> dict[str, Any]:
        made.append(operation)
        if len(made) > after + 1:
            raise AwsError(service="dynamodb", operation=operation, code="killed")
        return await real(operation, **parameters)

    faulty.call = ending  # type: ignore[method-assign]
    try:
        with pytest.raises(AwsError):
            await store.delete(HERE)
    finally:
        faulty.call = real  # type: ignore[method-assign]
