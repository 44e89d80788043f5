"""Quotas: how much of something may be in hand, counted as places that are held until a time; the stores' protocol.

One rule serves both kinds of limit. A message per minute is a place that is held for a minute and never given back; a
turn at a time is a place that is held while its worker shows signs of life, and comes free by itself when it doesn't.
"""

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import quote


class QuotaStore(Protocol):
    """Who holds which places. Times are seconds since the epoch, by the clock of whoever asks."""

    async def take(self, key: str, holder: str, *, most: int, now: float, until: float) -> float | None:
        """Hold one of ``most`` places until then. A holder that has one keeps it as it is.

        Returns:
            ``None`` when the holder has a place; otherwise when the first comes free.

        Raises:
            BackendError: Nobody knows.
        """
        ...

    async def renew(self, key: str, holder: str, *, most: int, until: float) -> bool:
        """Hold the place for longer. Returns whether it was still there. ``most`` is as it was taken with."""
        ...

    async def give(self, key: str, holder: str, *, most: int) -> None:
        """Give the place back, if it is still there. ``most`` is as it was taken with."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


def quota_key(kind: str, tenant: str, *person: str) -> str:
    """What is counted together. Every part is percent-escaped, so no two quotas share a key."""
    return "/".join(quote(part, safe="", errors="surrogatepass") for part in (kind, tenant, *person))


def free_at(held: Iterable[float], most: int) -> float:
    """When fewer than ``most`` places will be held, of at least so many that are held until these times."""
    times = sorted(held)
    return times[len(times) - most]
