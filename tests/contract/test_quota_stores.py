"""The contract of quota stores, held by each of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.dynamodb import DynamoQuotaStore
from stores.quotas import MemoryQuotaStore
from stores.sqlite import SqliteQuotaStore
from switchboard.quotas import QuotaStore
from switchboard.testing.quota_contract import QuotaStoreContract
from tests.aws import World


class TestMemory(QuotaStoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[QuotaStore]:
        store = MemoryQuotaStore()
        yield store
        await store.close()


class TestSqlite(QuotaStoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[QuotaStore]:
        store = SqliteQuotaStore(tmp_path / "quotas.sqlite")
        yield store
        await store.close()


class TestDynamo(QuotaStoreContract):
    @pytest.fixture
    async def store(self, aws: World) -> AsyncIterator[QuotaStore]:
        store = DynamoQuotaStore(aws.table(prefix="ours/"))
        yield store
        await store.close()
