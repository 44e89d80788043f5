"""In no minute are more taken in than may be, and nobody is refused before: in all stores, and from many processes."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stores.dynamodb import DynamoQuotaStore, quotas
from stores.quotas import MemoryQuotaStore
from stores.sqlite import SqliteQuotaStore
from switchboard.quotas import QuotaStore, quota_key
from tests.aws import World, a_world

MINUTE = 60.0
Opening = Callable[[], AbstractAsyncContextManager[QuotaStore]]


@asynccontextmanager
async def in_memory() -> AsyncIterator[QuotaStore]:
    yield MemoryQuotaStore()


@asynccontextmanager
async def in_sqlite() -> AsyncIterator[QuotaStore]:
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteQuotaStore(Path(folder) / "quotas.sqlite")
        yield store
        await store.close()


@asynccontextmanager
async def in_dynamodb() -> AsyncIterator[QuotaStore]:
    with a_world() as world:
        store = DynamoQuotaStore(world.table())
        yield store
        await store.close()


ARRIVALS = st.lists(st.tuples(st.floats(0, 30), st.integers(0, 3)), min_size=1, max_size=25)
"""How long after the one before each message comes, and which it is: some come again."""


async def taken(store: QuotaStore, moments: list[float], names: list[int], most: int) -> list[float]:
    """When each of those that were taken in came. Who still holds a place is not counted again."""
    key, found, holding = quota_key("messages", "tenant", secrets.token_hex(8)), [], dict[int, float]()
    for moment, name in zip(moments, names, strict=True):
        holding = {who: end for who, end in holding.items() if end > moment}
        free = await store.take(key, f"{name}", most=most, now=moment, until=moment + MINUTE)
        assert (free is None) == (name in holding or len(holding) < most)
        if free is None and name not in holding:
            holding[name] = moment + MINUTE
            found.append(moment)
        elif free is not None:
            assert free == pytest.approx(min(holding.values()), abs=1e-5)
    return found


@pytest.mark.parametrize(
    ("opening", "examples"), [(in_memory, 300), (in_sqlite, 40), (in_dynamodb, 40)], ids=["memory", "sqlite", "dynamo"]
)
def test_in_no_minute_more_are_taken_than_there_may_be(opening: Opening, examples: int) -> None:
    async def prove() -> None:
        async with opening() as store:

            @settings(max_examples=examples, deadline=None, database=None)
            @given(arrivals=ARRIVALS, most=st.integers(1, 4))
            def holds(arrivals: list[tuple[float, int]], most: int) -> None:
                moments = [1_700_000_000 + moment for moment in accumulate(gap for gap, _ in arrivals)]
                found = asyncio.run_coroutine_threadsafe(
                    taken(store, moments, [name for _, name in arrivals], most), loop
                ).result()
                for first, later in zip(found, found[most:], strict=False):
                    assert later - first >= MINUTE - 1e-5

            loop = asyncio.get_running_loop()
            await asyncio.to_thread(holds)

    asyncio.run(prove())


async def test_a_message_is_one_request_and_now_and_then_a_second() -> None:
    with a_world() as world:
        store, most, messages = DynamoQuotaStore(world.table()), 20, 200
        world.requests.clear()
        for number in range(messages):
            moment = 1_700_000_000 + 4.0 * number
            assert await store.take("messages/t/ann", f"{number}", most=most, now=moment, until=moment + MINUTE) is None
        assert set(world.requests) == {"UpdateItem"}
        assert len(world.requests) <= messages * 1.3
        await store.close()


async def test_a_refused_message_is_one_request() -> None:
    with a_world() as world:
        store = await full(world, most=2)
        world.requests.clear()
        assert await store.take("messages/t/ann", "late", most=2, now=1_001.0, until=1_061.0) == pytest.approx(1_060)
        assert world.requests == ["UpdateItem"]
        await store.close()


async def test_of_a_large_quota_most_places_are_given_and_not_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "SHARE", 20)
    with a_world() as world:
        store, most, tried = DynamoQuotaStore(world.table()), 61, 100
        outcomes = [
            await store.take("turns/t", f"{number}", most=most, now=1_000.0, until=1_060.0) for number in range(tried)
        ]
        assert most * 0.9 < outcomes.count(None) <= most
        await store.close()


async def test_an_item_of_a_quota_is_gone_by_itself() -> None:
    with a_world() as world:
        table = world.table()
        store = DynamoQuotaStore(table)
        await store.take("messages/t/ann", "m0", most=2, now=1_000.0, until=1_060.0)
        (item,) = world.sdk("dynamodb").scan(TableName=table.name)["Items"]
        assert int(item["expires"]["N"]) > 1_060
        await store.close()


async def full(world: World, *, most: int) -> DynamoQuotaStore:
    store = DynamoQuotaStore(world.table())
    for number in range(most):
        await store.take("messages/t/ann", f"{number}", most=most, now=1_000.0, until=1_060.0)
    return store
