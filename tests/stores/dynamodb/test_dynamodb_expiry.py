"""Retention, by the time and not by when DynamoDB gets round to it."""

from dataclasses import replace
from typing import Any

import pytest

from stores.dynamodb import DynamoConversationStore, DynamoJobStore, Table
from switchboard.errors import Fenced
from switchboard.events import Delta
from switchboard.storage import Inbox, Snapshot
from switchboard.testing.samples import a_change, a_job, a_turn
from tests.aws import World
from tests.stores.dynamodb.shared import DAY, HERE, M0, Clock, everything


async def test_what_is_older_than_the_retention_is_not_read(store: Any, clock: Clock) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0", memory=b"memory"))
    clock.now += 30 * DAY
    assert await store.read(HERE, M0, memory=True) == Snapshot(inbox=Inbox())
    assert list(await store.transcript(HERE)) == []
    assert list(await store.list_conversations(tenant="tenant")) == []
    assert list(await store.list_conversations(tenant="tenant", principal="ann")) == []
    assert list(await store.pending(tenant="tenant")) == []


async def test_an_expired_conversation_begins_anew(store: Any, clock: Clock) -> None:
    await store.commit(HERE, a_change(1, a_turn(), memory=b"memory"))
    clock.now += 30 * DAY
    assert not await store.commit(HERE, a_change(2, a_turn(1)))
    assert await store.commit(HERE, a_change(1, a_turn(1)))
    assert await store.memory(HERE) is None
    assert list(await store.transcript(HERE)) == [a_turn(1)]


async def test_use_prolongs_a_conversation_but_not_its_old_turns(store: Any, clock: Clock) -> None:
    await store.commit(HERE, a_change(1, a_turn(0)))
    clock.now += 20 * DAY
    await store.commit(HERE, a_change(2, a_turn(1)))
    clock.now += 20 * DAY
    assert list(await store.transcript(HERE)) == [a_turn(1)]


async def test_an_expired_lease_holder_writes_no_events(store: Any, clock: Clock) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
    clock.now += 30 * DAY
    with pytest.raises(Fenced):
        await store.append_events(HERE, M0, 1, [Delta(text="late", seq=1)])


async def test_events_go_by_themselves(store: Any, world: World, table: Table, clock: Clock) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
    await store.append_events(HERE, M0, 1, [Delta(text="word", seq=1)])
    clock.now += 2 * DAY
    assert list(await store.events(HERE, M0)) == []
    expiry = [int(i["expires"]["N"]) for i in everything(world, table) if i["sk"]["S"].startswith("events/")]
    assert expiry == [clock.now]


async def test_without_a_retention_nothing_of_a_conversation_expires(world: World) -> None:
    table = world.table()
    store = DynamoConversationStore(table)
    await store.commit(HERE, a_change(1, a_turn(), memory=b"memory"))
    await DynamoJobStore(table).create(a_job())
    assert not any("expires" in item for item in everything(world, table))
    await store.close()


async def test_an_expired_job_is_gone_and_can_be_created_again(table: Table, clock: Clock) -> None:
    jobs = DynamoJobStore(table)
    await jobs.create(a_job())
    clock.now += 30 * DAY
    assert await jobs.get("j0") is None
    assert not await jobs.update(replace(a_job(), version=2))
    assert not await jobs.delete("j0")
    assert await jobs.create(a_job())
