"""What every `JobStore` must do, as tests that a store of your own inherits; see ``conversation_contract`` for how."""
# ruff: noqa: D102 - a test's name is its description

import asyncio
from dataclasses import replace

import pytest

from switchboard.storage import JobState, JobStore
from switchboard.testing.samples import FULL_REPLY, HOSTILE_NAMES, a_conversation, a_job

HERE, ELSEWHERE = a_conversation(), a_conversation("elsewhere")
STATES: tuple[JobState, ...] = ("queued", "running", "succeeded", "partial", "failed", "cancelled")


@pytest.mark.asyncio
class JobStoreContract:
    """Creating, the conditional write, and lists."""

    async def test_a_new_job_is_kept_at_version_one(self, store: JobStore) -> None:
        assert await store.create(a_job())
        assert await store.get("j0") == replace(a_job(), version=1)

    async def test_a_new_job_is_kept_at_version_one_whatever_it_says(self, store: JobStore) -> None:
        await store.create(replace(a_job(), version=7))
        assert await store.get("j0") == replace(a_job(), version=1)

    async def test_an_unknown_job_is_none(self, store: JobStore) -> None:
        assert await store.get("j0") is None

    async def test_a_known_job_is_left_as_it_is(self, store: JobStore) -> None:
        await store.create(a_job())
        assert not await store.create(replace(a_job(), kind="another"))
        assert await store.get("j0") == replace(a_job(), version=1)

    async def test_of_concurrent_creations_exactly_one_is_written(self, store: JobStore) -> None:
        jobs = [replace(a_job(), kind=f"{number}") for number in range(8)]
        written = await asyncio.gather(*(store.create(job) for job in jobs))
        assert written.count(True) == 1
        assert await store.get("j0") == replace(jobs[written.index(True)], version=1)

    async def test_an_update_is_read_back_whole(self, store: JobStore) -> None:
        await store.create(a_job())
        job = replace(
            a_job(), state="partial", progress=(2, 3), text="Two of three", result=FULL_REPLY, attempts=1, fence=1
        )
        job = replace(job, due_at=30.5, saved="[1]", version=2)
        assert await store.update(job)
        assert await store.get("j0") == job

    @pytest.mark.parametrize("version", [-1, 0, 1, 2, 4])
    async def test_an_update_that_does_not_follow_writes_nothing(self, store: JobStore, version: int) -> None:
        second = replace(a_job(), version=2)
        await store.create(a_job())
        await store.update(second)
        assert not await store.update(replace(a_job(), state="failed", version=version))
        assert await store.get("j0") == second

    @pytest.mark.parametrize("version", [0, 1, 2])
    async def test_an_update_does_not_create(self, store: JobStore, version: int) -> None:
        assert not await store.update(replace(a_job(), version=version))
        assert await store.get("j0") is None

    async def test_of_concurrent_updates_exactly_one_is_written(self, store: JobStore) -> None:
        await store.create(a_job())
        jobs = [replace(a_job(), text=f"{number}", version=2) for number in range(8)]
        written = await asyncio.gather(*(store.update(job) for job in jobs))
        assert written.count(True) == 1
        assert await store.get("j0") == jobs[written.index(True)]

    async def test_the_newest_job_is_listed_first(self, store: JobStore) -> None:
        for name, created_at in (("a", 10.0), ("b", 30.0), ("c", 20.0)):
            await store.create(a_job(name, created_at=created_at))
        assert [job.id for job in await store.list_jobs()] == ["b", "c", "a"]

    async def test_a_list_is_cut_at_its_limit(self, store: JobStore) -> None:
        for number in range(3):
            await store.create(a_job(f"{number}", created_at=float(number)))
        assert [job.id for job in await store.list_jobs(limit=2)] == ["2", "1"]
        assert list(await store.list_jobs(limit=0)) == []
        assert list(await store.list_jobs(limit=-1)) == []

    async def test_a_list_names_only_the_conversations_jobs(self, store: JobStore) -> None:
        await store.create(a_job("here"))
        await store.create(a_job("there", conversation=ELSEWHERE))
        assert [job.id for job in await store.list_jobs(conversation=HERE)] == ["here"]

    async def test_a_list_names_only_jobs_in_the_given_states(self, store: JobStore) -> None:
        for state in STATES:
            await store.create(replace(a_job(state), state=state))
        found = await store.list_jobs(states=frozenset({"queued", "failed"}))
        assert sorted(job.id for job in found) == ["failed", "queued"]
        assert list(await store.list_jobs(states=frozenset())) == []

    async def test_a_list_follows_an_update_of_the_state(self, store: JobStore) -> None:
        await store.create(a_job())
        await store.update(replace(a_job(), state="running", version=2))
        assert list(await store.list_jobs(states=frozenset({"queued"}))) == []
        assert [job.id for job in await store.list_jobs(conversation=HERE, states=frozenset({"running"}))] == ["j0"]

    async def test_a_deleted_job_is_gone(self, store: JobStore) -> None:
        await store.create(a_job())
        assert await store.delete("j0")
        assert await store.get("j0") is None
        assert list(await store.list_jobs()) == []

    async def test_deleting_what_is_not_there_says_so(self, store: JobStore) -> None:
        assert not await store.delete("j0")

    async def test_a_deleted_job_is_not_brought_back_by_an_update(self, store: JobStore) -> None:
        await store.create(a_job())
        await store.delete("j0")
        assert not await store.update(replace(a_job(), version=2))
        assert await store.get("j0") is None

    async def test_hostile_names_keep_apart(self, store: JobStore) -> None:
        jobs = [replace(a_job(name, conversation=a_conversation(name)), version=1) for name in HOSTILE_NAMES]
        assert all([await store.create(job) for job in jobs])
        assert [await store.get(job.id) for job in jobs] == jobs
        assert [list(await store.list_jobs(conversation=job.conversation)) for job in jobs] == [[job] for job in jobs]

    async def test_closing_twice_is_harmless(self, store: JobStore) -> None:
        await store.close()
        await store.close()

    async def test_due_jobs_come_by_their_time_whatever_their_state(self, store: JobStore) -> None:
        for name, due_at in (("late", 30.0), ("early", 10.0), ("ended", 0.0), ("far", 99.0)):
            await store.create(replace(a_job(name), due_at=due_at, state="succeeded" if name == "early" else "running"))
        assert [job.id for job in await store.due(before=30.0)] == ["early", "late"]
        assert [job.id for job in await store.due(before=30.0, limit=1)] == ["early"]
        assert await store.due(before=9.9) == []

    async def test_a_job_with_nothing_left_to_do_is_not_due(self, store: JobStore) -> None:
        await store.create(replace(a_job(), due_at=10.0))
        await store.update(replace(a_job(), due_at=0.0, version=2))
        assert await store.due(before=1e12) == []
