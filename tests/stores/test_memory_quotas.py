"""The quota store in memory forgets those who are gone."""

import pytest

from stores import quotas
from stores.quotas import MemoryQuotaStore


async def test_nobody_whose_places_are_all_free_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "SWEEP", 3)
    store = MemoryQuotaStore()
    for number, key in enumerate(("ann", "bob", "eve")):
        await store.take(key, "a", most=1, now=100.0 * number, until=100.0 * number + 60)
    assert list(store._held) == ["eve"]


async def test_who_still_holds_a_place_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "SWEEP", 2)
    store = MemoryQuotaStore()
    for key in ("ann", "bob"):
        await store.take(key, "a", most=1, now=0.0, until=60.0)
    assert await store.take("ann", "b", most=1, now=1.0, until=61.0) == 60.0
