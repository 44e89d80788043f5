"""The contract of job queues, held by each of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.job_queue import StoreJobQueue
from stores.memory import MemoryJobStore
from stores.sqlite import SqliteJobStore
from stores.sqs_jobs import SqsJobQueue
from switchboard.queues import JobQueue
from switchboard.storage import JobStore
from switchboard.testing.job_queue_contract import JobQueueContract
from tests.aws import World


class _InTheStore(JobQueueContract):
    @pytest.fixture
    async def queue(self, store: JobStore) -> AsyncIterator[JobQueue]:
        queue = StoreJobQueue(store, poll_seconds=0.05)
        yield queue
        await queue.close()


class TestMemory(_InTheStore):
    @pytest.fixture
    async def store(self) -> JobStore:
        return MemoryJobStore()


class TestSqlite(_InTheStore):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[JobStore]:
        store = SqliteJobStore(tmp_path / "switchboard.sqlite")
        yield store
        await store.close()


class TestSqs(JobQueueContract):
    @pytest.fixture
    async def store(self) -> JobStore:
        return MemoryJobStore()

    @pytest.fixture
    async def queue(self, aws: World) -> AsyncIterator[JobQueue]:
        queue = SqsJobQueue(aws.client("sqs"), aws.queue(fifo=False))
        yield queue
        await queue.close()
