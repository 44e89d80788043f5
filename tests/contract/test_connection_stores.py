"""The contract of connection stores, held by each of ours."""

from collections.abc import AsyncIterator

import pytest

from stores.connections import MemoryConnectionStore
from stores.dynamodb import DynamoConnectionStore
from switchboard.connections import ConnectionStore
from switchboard.testing.connection_contract import NOW, ConnectionStoreContract, a_connection
from tests.aws import World


class TestMemory(ConnectionStoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[ConnectionStore]:
        store = MemoryConnectionStore()
        yield store
        await store.close()


class TestDynamo(ConnectionStoreContract):
    @pytest.fixture
    async def store(self, aws: World) -> AsyncIterator[ConnectionStore]:
        store = DynamoConnectionStore(aws.table(prefix="ours/"))
        yield store
        await store.close()

    async def test_a_step_costs_what_looking_costs(self, store: ConnectionStore, aws: World) -> None:
        await store.add(a_connection())
        for after, to in (("", "a"), ("a", "b"), ("", "c")):
            aws.requests.clear()
            await store.step("one", after=after, to=to, now=NOW)
            assert aws.requests == ["UpdateItem"]
