"""The contract of conversation stores, held by each of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.dynamodb import DynamoConversationStore
from stores.memory import MemoryConversationStore
from stores.sqlite import SqliteConversationStore
from switchboard.storage import ConversationStore
from switchboard.testing.conversation_contract import ConversationStoreContract
from tests.aws import World


class TestMemory(ConversationStoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[ConversationStore]:
        store = MemoryConversationStore()
        yield store
        await store.close()


class TestSqlite(ConversationStoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[ConversationStore]:
        store = SqliteConversationStore(tmp_path / "switchboard.sqlite")
        yield store
        await store.close()


class TestDynamo(ConversationStoreContract):
    @pytest.fixture
    async def store(self, aws: World) -> AsyncIterator[ConversationStore]:
        store = DynamoConversationStore(aws.table(prefix="ours/"))
        yield store
        await store.close()
