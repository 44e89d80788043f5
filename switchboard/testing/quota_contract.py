"""What every `QuotaStore` must do, as tests that a store of your own inherits; see ``conversation_contract``."""
# ruff: noqa: D102 - a test's name is its description

import asyncio

import pytest

from switchboard.quotas import QuotaStore, quota_key
from switchboard.testing.samples import HOSTILE_NAMES

KEY = quota_key("messages", "tenant", "ann")
START = 1_700_000_000.0
MINUTE = 60.0


async def take(
    store: QuotaStore, holder: str, *, at: float = 0.0, key: str = KEY, most: int = 2, seconds: float = MINUTE
) -> float | None:
    """Take a place so many seconds after the start. Returns ``None``, or in how many seconds after it one is free."""
    free = await store.take(key, holder, most=most, now=START + at, until=START + at + seconds)
    return None if free is None else free - START


@pytest.mark.asyncio
class QuotaStoreContract:
    """As many places as there are, no more, and each free again when its time is over."""

    async def test_as_many_have_a_place_as_there_are(self, store: QuotaStore) -> None:
        assert [await take(store, name) for name in ("a", "b")] == [None, None]
        assert await take(store, "c") is not None

    async def test_who_is_refused_learns_when_the_first_place_comes_free(self, store: QuotaStore) -> None:
        await take(store, "a", at=5)
        await take(store, "b", at=3)
        assert await take(store, "c", at=10) == pytest.approx(63, abs=1e-5)

    async def test_who_is_refused_takes_nothing(self, store: QuotaStore) -> None:
        await take(store, "a")
        await take(store, "b", at=30)
        assert await take(store, "c", at=59) is not None
        assert await take(store, "d", at=61) is None
        assert await take(store, "c", at=61) == pytest.approx(90, abs=1e-5)

    async def test_a_place_is_held_until_its_time_and_free_from_then_on(self, store: QuotaStore) -> None:
        await take(store, "a", most=1)
        assert await take(store, "b", most=1, at=59.999) is not None
        assert await take(store, "b", most=1, at=60.001) is None

    async def test_who_has_a_place_keeps_it_without_taking_another(self, store: QuotaStore) -> None:
        for at in (0, 1, 2):
            assert await take(store, "a", at=at) is None
        assert await take(store, "b", at=3) is None
        assert await take(store, "a", at=4) is None
        assert await take(store, "c", at=60.5) is None

    async def test_who_had_a_place_before_takes_a_new_one(self, store: QuotaStore) -> None:
        await take(store, "a", most=1)
        assert await take(store, "a", most=1, at=61) is None
        assert await take(store, "b", most=1, at=100) == pytest.approx(121, abs=1e-5)

    async def test_many_places_that_came_free_together_are_free(self, store: QuotaStore) -> None:
        for number in range(120):
            assert await take(store, f"a{number}", most=120) is None
        for number in range(120):
            assert await take(store, f"b{number}", at=61, most=120) is None
        assert await take(store, "c", at=61, most=120) is not None

    async def test_a_place_is_held_for_longer_when_renewed(self, store: QuotaStore) -> None:
        await take(store, "a", most=1)
        assert await store.renew(KEY, "a", most=1, until=START + 100)
        assert await take(store, "b", most=1, at=99) == pytest.approx(100, abs=1e-5)

    async def test_a_place_that_somebody_else_has_taken_is_not_renewed(self, store: QuotaStore) -> None:
        await take(store, "a", most=1)
        await take(store, "b", most=1, at=61)
        assert not await store.renew(KEY, "a", most=1, until=START + 200)
        assert await take(store, "c", most=1, at=122) is None

    async def test_a_place_that_was_never_taken_is_not_renewed(self, store: QuotaStore) -> None:
        assert not await store.renew(KEY, "a", most=1, until=START + 100)
        assert await take(store, "b", most=1) is None

    async def test_a_place_given_back_is_free(self, store: QuotaStore) -> None:
        await take(store, "a", most=1)
        await store.give(KEY, "a", most=1)
        assert await take(store, "b", most=1) is None

    async def test_a_place_given_back_twice_is_one_place(self, store: QuotaStore) -> None:
        await take(store, "a")
        for _ in range(2):
            await store.give(KEY, "a", most=2)
        assert [await take(store, name) for name in ("b", "c")] == [None, None]
        assert await take(store, "d") is not None

    async def test_giving_back_what_was_never_taken_is_harmless(self, store: QuotaStore) -> None:
        await store.give(KEY, "a", most=1)
        assert await take(store, "b", most=1) is None
        assert await take(store, "c", most=1) is not None

    async def test_of_many_at_once_no_more_have_a_place_than_there_are(self, store: QuotaStore) -> None:
        outcomes = await asyncio.gather(*(take(store, f"{number}", most=3) for number in range(10)))
        assert outcomes.count(None) == 3

    async def test_of_many_at_once_no_more_take_a_free_place_than_there_are(self, store: QuotaStore) -> None:
        for number in range(3):
            await take(store, f"before {number}", most=3)
        outcomes = await asyncio.gather(*(take(store, f"{number}", most=3, at=61) for number in range(8)))
        assert outcomes.count(None) == 3

    async def test_quotas_with_hostile_names_are_counted_apart(self, store: QuotaStore) -> None:
        keys = [quota_key("messages", name, other) for name in HOSTILE_NAMES for other in ("", name)]
        assert [await take(store, "a", key=key, most=1) for key in keys] == [None] * len(keys)
        assert None not in [await take(store, "b", key=key, most=1) for key in keys]

    async def test_holders_with_hostile_names_are_told_apart(self, store: QuotaStore) -> None:
        many = len(HOSTILE_NAMES)
        assert [await take(store, name, most=many) for name in HOSTILE_NAMES] == [None] * many
        assert await take(store, "one more", most=many) is not None
        assert await store.renew(KEY, HOSTILE_NAMES[-1], most=many, until=START + 100)

    async def test_closing_twice_is_harmless(self, store: QuotaStore) -> None:
        await store.close()
        await store.close()
