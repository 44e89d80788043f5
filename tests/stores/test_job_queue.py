"""Time in the queue that is the job store, and what hides what in it."""

from dataclasses import replace

from stores.job_queue import StoreJobQueue
from stores.memory import MemoryJobStore
from switchboard.testing.job_queue_contract import ids
from switchboard.testing.samples import a_job


async def test_a_job_is_given_once_it_is_due() -> None:
    now, store = [0.0], MemoryJobStore()
    queue = StoreJobQueue(store, clock=lambda: now[0])
    await store.create(replace(a_job(), due_at=10.0))
    assert list(await queue.receive()) == []
    now[0] = 10.0
    assert ids(await queue.receive()) == ["j0"]


async def test_a_job_whose_holder_is_silent_comes_again() -> None:
    now, store = [1.0], MemoryJobStore()
    queue = StoreJobQueue(store, clock=lambda: now[0])
    await store.create(replace(a_job(), due_at=1.0))
    await queue.receive(hold_seconds=60)
    now[0] = 60.0
    assert list(await queue.receive()) == []
    now[0] = 61.0
    assert ids(await queue.receive()) == ["j0"]


async def test_what_is_held_hides_nothing_that_is_due_later() -> None:
    store = MemoryJobStore()
    queue = StoreJobQueue(store, clock=lambda: 100.0)
    for number in range(5):
        await store.create(replace(a_job(f"j{number}"), due_at=number + 1.0))
    assert [ids(await queue.receive(limit=2)) for _ in range(3)] == [["j0", "j1"], ["j2", "j3"], ["j4"]]


async def test_what_another_process_created_is_found_by_looking() -> None:
    store = MemoryJobStore()
    here, there = StoreJobQueue(store, poll_seconds=0.01), StoreJobQueue(store)
    await store.create(replace(a_job(), due_at=1.0))
    await there.send("j0")
    assert ids(await here.receive(wait_seconds=5)) == ["j0"]


async def test_whoever_waits_in_vain_gets_nothing() -> None:
    assert list(await StoreJobQueue(MemoryJobStore(), poll_seconds=0.01).receive(wait_seconds=0.02)) == []
