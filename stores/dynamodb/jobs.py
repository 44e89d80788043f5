"""Jobs in a DynamoDB table: each an item with a version that is compared and swapped."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import replace

from stores.dynamodb import keys
from stores.dynamodb.items import Item, Value, pack, record_items, unpack
from stores.dynamodb.table import ALIVE, Table
from switchboard.identity import Conversation
from switchboard.storage import Job, JobState

PAGE = 100
"""Jobs looked at together where only some states are wanted."""


class DynamoJobStore:
    """A `JobStore` in a DynamoDB table, for any number of processes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def create(self, job: Job) -> bool:
        """See `JobStore.create`."""
        return await self._table.swap(self._items(replace(job, version=1)), follows=0) is None

    async def get(self, job_id: str) -> Job | None:
        """See `JobStore.get`."""
        (record,) = await self._table.get((keys.job(job_id), keys.JOB))
        return None if record is None else unpack(Job, record.body)

    async def update(self, job: Job) -> bool:
        """See `JobStore.update`."""
        if job.version < 2:
            return False
        return await self._table.swap(self._items(job), follows=job.version - 1) is None

    async def due(self, *, before: float, limit: int = 100) -> Sequence[Job]:
        """See `JobStore.due`. The list follows the table with a delay of moments."""
        if limit <= 0:
            return []
        place: dict[str, Value] = {":pk": keys.DUE_JOBS, ":rank": keys.rank(math.nextafter(before, math.inf), "")}
        items = self._table.query("list_3 = :pk AND rank_3 < :rank", place, index="lists_3", limit=limit)
        jobs = await self._jobs([str(item["pk"]) async for item in items], None)
        return sorted((job for job in jobs if 0 < job.due_at <= before), key=lambda job: (job.due_at, job.id))

    async def list_jobs(
        self, *, conversation: Conversation | None = None, states: frozenset[JobState] | None = None, limit: int = 100
    ) -> Sequence[Job]:
        """See `JobStore.list_jobs`."""
        number = 1 if conversation is None else 2
        place = {":pk": keys.ALL_JOBS if conversation is None else _of(conversation)}
        found: list[Job] = []
        page: list[str] = []
        async for item in self._table.query(f"list_{number} = :pk", place, index=f"lists_{number}"):
            page.append(str(item["pk"]))
            if len(page) == PAGE:
                found += await self._jobs(page, states)
                page = []
            if len(found) >= limit:
                break
        found += await self._jobs(page, states)
        return found[: max(0, limit)]

    async def delete(self, job_id: str) -> bool:
        """See `JobStore.delete`."""
        partition = keys.job(job_id)
        there = await self._table.delete((partition, keys.JOB), f"attribute_exists(pk) AND {ALIVE}", {})
        rest = [item async for item in self._table.query("pk = :pk", {":pk": partition}, keys_only=True)]
        for item in rest:
            if item["sk"] != keys.JOB:
                await self._table.delete((partition, str(item["sk"])), "attribute_exists(pk)", {})
        return there

    async def close(self) -> None:
        """See `JobStore.close`."""
        await self._table.close()

    async def _jobs(self, partitions: Sequence[str], states: frozenset[JobState] | None) -> list[Job]:
        records = await self._table.get_each([(partition, keys.JOB) for partition in partitions])
        jobs = [unpack(Job, record.body) for record in records]
        jobs.sort(key=lambda job: (-job.created_at, job.id))
        return [job for job in jobs if states is None or job.state in states]

    def _items(self, job: Job) -> list[Item]:
        rank = keys.rank(job.created_at, keys.bounded(job.id), newest_first=True)
        attributes: Item = {
            "version": job.version,
            "stamp": secrets.token_hex(16),
            "list_1": keys.ALL_JOBS,
            "rank_1": rank,
            "list_2": _of(job.conversation),
            "rank_2": rank,
            **self._table.lifetime(),
        }
        if job.due_at > 0:
            attributes |= {"list_3": keys.DUE_JOBS, "rank_3": keys.rank(job.due_at, keys.bounded(job.id))}
        return record_items((keys.job(job.id), keys.JOB), pack(job), **attributes)


def _of(conversation: Conversation) -> str:
    """The list of a conversation's jobs."""
    return f"{keys.ALL_JOBS}/{keys.conversation(conversation)}"
