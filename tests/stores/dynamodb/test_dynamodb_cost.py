"""What reading and writing cost: requests, and the sizes of items."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from stores.dynamodb import DynamoJobStore, Table
from switchboard.errors import BackendError
from switchboard.events import Delta
from switchboard.storage import Inbox, Snapshot
from switchboard.testing.samples import FULL_REPLY, a_change, a_job, a_message, a_turn
from tests.aws import World
from tests.stores.dynamodb.shared import HERE, M0, everything, noise, size_of


async def test_a_read_of_inbox_turn_and_memory_is_one_request(store: Any, world: World) -> None:
    await store.commit(HERE, a_change(1, a_turn(), memory=b"memory"))
    world.requests.clear()
    await store.read(HERE, M0, memory=True)
    assert world.requests == ["TransactGetItems"]


async def test_a_change_after_a_read_is_one_request(store: Any, world: World) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
    await store.read(HERE)
    world.requests.clear()
    done = replace(a_change(2, a_turn(), memory=b"memory"), forget_events=(M0,))
    assert await store.commit(HERE, done)
    assert world.requests == ["TransactWriteItems"]


async def test_a_sign_of_life_is_one_write_of_one_item(store: Any, world: World) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
    world.requests.clear()
    assert await store.commit(HERE, a_change(2, answering="m0"))
    assert world.requests == ["PutItem"]


async def test_a_bundle_of_events_is_one_request(store: Any, world: World) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
    world.requests.clear()
    await store.append_events(HERE, M0, 1, [Delta(text="word", seq=seq) for seq in range(1, 300)])
    assert world.requests == ["TransactWriteItems"]


async def test_no_item_is_over_100_kb(store: Any, world: World, table: Table) -> None:
    turn = a_turn(message=a_message(text=noise(400_000)), reply=replace(FULL_REPLY, text=noise(200_000)))
    await store.commit(HERE, a_change(1, turn, answering="m0", memory=Random(2).randbytes(300_000)))
    events = [Delta(text=noise(150_000), seq=1), Delta(text="short", seq=2)]
    await store.append_events(HERE, M0, 1, events)
    assert max(size_of(item) for item in everything(world, table)) <= 100_000
    assert await store.turn(HERE, M0) == turn
    assert await store.memory(HERE) == Random(2).randbytes(300_000)
    assert list(await store.events(HERE, M0)) == events
    assert list(await store.transcript(HERE)) == [turn]


async def test_a_room_of_thousands_keeps_its_items_small(store: Any, world: World, table: Table) -> None:
    names = [noise(40)[:60] + str(number) for number in range(60)]
    crowd = [a_turn(n, message=a_message(f"m{n}", principal=name * 30)) for n, name in enumerate(names[:45])]
    await store.commit(HERE, a_change(1, *crowd))
    (found,) = await store.list_conversations(tenant="tenant")
    assert len(found.principals) == 45
    assert max(size_of(item) for item in everything(world, table)) <= 100_000


async def test_a_turn_that_became_small_again_is_read_without_its_old_rest(store: Any) -> None:
    large = a_turn(message=a_message(text=noise(200_000)))
    await store.commit(HERE, a_change(1, large))
    await store.commit(HERE, a_change(2, a_turn()))
    assert await store.turn(HERE, M0) == a_turn()
    medium = a_turn(message=a_message(text=noise(100_000)))
    await store.commit(HERE, a_change(3, medium))
    assert await store.turn(HERE, M0) == medium


async def test_what_no_transaction_can_hold_is_refused_whole(store: Any) -> None:
    with pytest.raises(BackendError) as caught:
        await store.commit(HERE, a_change(1, a_turn(), memory=Random(3).randbytes(4_100_000)))
    assert (caught.value.code, caught.value.retryable) == ("too_big", False)
    assert await store.read(HERE, M0) == Snapshot(inbox=Inbox())


async def test_jobs_in_rare_states_are_found_behind_many_others(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stores.dynamodb.jobs.PAGE", 2)
    jobs = DynamoJobStore(table)
    for number in range(7):
        state = "failed" if number in (0, 6) else "succeeded"
        await jobs.create(replace(a_job(f"j{number}", created_at=float(number)), state=state))
    found = await jobs.list_jobs(states=frozenset({"failed"}))
    assert [job.id for job in found] == ["j6", "j0"]
    assert [job.id for job in await jobs.list_jobs(limit=3)] == ["j6", "j5", "j4"]
