"""Quotas in memory: each process counts by itself, and forgets when it ends."""

from switchboard.quotas import free_at

SWEEP = 1_000
"""After so many places taken, those that have come free are dropped everywhere, so that nobody who is gone is kept."""


class MemoryQuotaStore:
    """A `QuotaStore` in a dictionary."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, float]] = {}
        self._taken = 0

    async def take(self, key: str, holder: str, *, most: int, now: float, until: float) -> float | None:
        """See `QuotaStore.take`."""
        held = {other: end for other, end in self._held.get(key, {}).items() if end > now}
        if holder not in held:
            if len(held) >= most:
                return free_at(held.values(), most)
            self._held[key] = {**held, holder: until}
            self._sweep(now)
        return None

    async def renew(self, key: str, holder: str, *, most: int, until: float) -> bool:
        """See `QuotaStore.renew`."""
        held = self._held.get(key, {})
        if holder in held:
            held[holder] = until
        return holder in held

    async def give(self, key: str, holder: str, *, most: int) -> None:
        """See `QuotaStore.give`."""
        self._held.get(key, {}).pop(holder, None)

    async def close(self) -> None:
        """See `QuotaStore.close`."""

    def _sweep(self, now: float) -> None:
        self._taken += 1
        if self._taken % SWEEP == 0:
            live = {key: {who: end for who, end in held.items() if end > now} for key, held in self._held.items()}
            self._held = {key: held for key, held in live.items() if held}
