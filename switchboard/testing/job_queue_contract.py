"""What every `JobQueue` must do, as tests that yours inherits; see ``conversation_contract`` for how.

Besides ``queue`` a store of jobs, ``store``, is asked for: a job is created there before notice of it is given, and is
not due there any more before its notice is done, as a worker does it.
"""
# ruff: noqa: D102 - a test's name is its description

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from switchboard.queues import JobNotice, JobQueue
from switchboard.storage import JobStore
from switchboard.testing.samples import a_job


async def give(store: JobStore, queue: JobQueue, *names: str) -> None:
    """Create jobs that are due, and give notice of them."""
    for name in names:
        await store.create(replace(a_job(name), due_at=1.0))
        await queue.send(name)


async def finish(store: JobStore, queue: JobQueue, notices: Sequence[JobNotice]) -> Sequence[JobNotice]:
    """Do with jobs what there is to do, and then with their notices. Returns those that are left."""
    for notice in notices:
        if (job := await store.get(notice.job_id)) is not None:
            await store.update(replace(job, due_at=0.0, version=job.version + 1))
    return await queue.done(notices)


def ids(notices: Sequence[JobNotice]) -> list[str]:
    """Of which jobs notice was given."""
    return sorted(notice.job_id for notice in notices)


@pytest.mark.asyncio
class JobQueueContract:
    """A notice comes, is held, comes again if nobody is done with it, and is gone once somebody is."""

    async def test_a_worker_gets_notice_of_a_job(self, store: JobStore, queue: JobQueue) -> None:
        await give(store, queue, "j0")
        assert ids(await queue.receive()) == ["j0"]

    async def test_an_empty_queue_gives_nothing(self, store: JobStore, queue: JobQueue) -> None:
        assert list(await queue.receive()) == []
        assert list(await queue.receive(limit=0)) == []

    async def test_no_more_is_given_than_was_asked_for(self, store: JobStore, queue: JobQueue) -> None:
        await give(store, queue, "a", "b", "c")
        first, second = await queue.receive(limit=2), await queue.receive(limit=2)
        assert (len(first), len(second)) == (2, 1)
        assert ids([*first, *second]) == ["a", "b", "c"]

    async def test_what_is_held_is_given_to_nobody_else(self, store: JobStore, queue: JobQueue) -> None:
        await give(store, queue, "j0")
        await queue.receive()
        assert list(await queue.receive()) == []

    async def test_what_is_given_back_comes_again(self, store: JobStore, queue: JobQueue) -> None:
        await give(store, queue, "j0")
        (notice,) = await queue.receive()
        assert await queue.extend(notice, 0)
        assert ids(await queue.receive()) == ["j0"]

    async def test_what_is_held_can_be_held_longer(self, store: JobStore, queue: JobQueue) -> None:
        await give(store, queue, "j0")
        (notice,) = await queue.receive(hold_seconds=30)
        assert await queue.extend(notice, 600)
        assert list(await queue.receive()) == []

    async def test_what_is_done_does_not_come_again(self, store: JobStore, queue: JobQueue) -> None:
        await give(store, queue, "j0", "j1")
        assert list(await finish(store, queue, await queue.receive())) == []
        assert list(await queue.receive()) == []

    async def test_what_is_done_can_not_be_held_any_longer(self, store: JobStore, queue: JobQueue) -> None:
        await give(store, queue, "j0")
        notices = await queue.receive()
        await finish(store, queue, notices)
        assert not await queue.extend(notices[0], 60)

    async def test_nothing_done_is_nothing_left(self, store: JobStore, queue: JobQueue) -> None:
        assert list(await queue.done([])) == []

    async def test_whoever_waits_gets_what_is_sent_meanwhile(self, store: JobStore, queue: JobQueue) -> None:
        waiting = asyncio.create_task(queue.receive(wait_seconds=5))
        await asyncio.sleep(0)
        await give(store, queue, "j0")
        assert ids(await waiting) == ["j0"]

    async def test_a_notice_given_while_an_earlier_one_is_held_comes_after_it(
        self, store: JobStore, queue: JobQueue
    ) -> None:
        await give(store, queue, "j0")
        notices = await queue.receive()
        await queue.send("j0")
        await queue.done(notices)
        assert ids(await queue.receive()) == ["j0"]

    async def test_closing_twice_is_harmless(self, store: JobStore, queue: JobQueue) -> None:
        await queue.close()
        await queue.close()
