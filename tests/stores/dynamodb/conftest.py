"""An empty table for each test, with a client that can be told to fail."""

from collections.abc import AsyncIterator, Iterator

import pytest

from stores.dynamodb import DynamoConversationStore, Table
from tests.aws import World, a_world
from tests.stores.dynamodb.shared import Clock, Faulty


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faulty(world: World) -> Faulty:
    return Faulty(world.client("dynamodb"))


@pytest.fixture
def table(world: World, faulty: Faulty, clock: Clock) -> Table:
    return world.table(faulty, retention_days=30, clock=clock)  # type: ignore[arg-type]


@pytest.fixture
async def store(table: Table) -> AsyncIterator[DynamoConversationStore]:
    store = DynamoConversationStore(table)
    yield store
    await store.close()
