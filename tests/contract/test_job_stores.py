"""The contract of job stores, held by each of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.dynamodb import DynamoJobStore
from stores.memory import MemoryJobStore
from stores.sqlite import SqliteJobStore
from switchboard.storage import JobStore
from switchboard.testing.job_contract import JobStoreContract
from tests.aws import World


class TestMemory(JobStoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[JobStore]:
        store = MemoryJobStore()
        yield store
        await store.close()


class TestSqlite(JobStoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[JobStore]:
        store = SqliteJobStore(tmp_path / "switchboard.sqlite")
        yield store
        await store.close()


class TestDynamo(JobStoreContract):
    @pytest.fixture
    async def store(self, aws: World) -> AsyncIterator[JobStore]:
        store = DynamoJobStore(aws.table(prefix="ours/"))
        yield store
        await store.close()
