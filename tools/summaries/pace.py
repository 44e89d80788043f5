"""How fast a provider is asked: so many calls at a time and a minute, and fewer as soon as it throttles."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

FIRST_PAUSE = 1.0
"""Seconds before a second try; doubled with each."""
LONGEST_PAUSE = 60.0


class Pace:
    """Places for calls, shared by all that ask the same provider. Belongs to one event loop.

    Whoever is throttled makes all wait, and halves how many may call at a time; calls that go well open one place after
    another again.

    Args:
        parallel: Most calls at a time.
        per_minute: Most calls in a minute, evenly spread.
        clock: Seconds; ``sleep`` waits by the same clock.
        jitter: Between 0 and 1, random, so that what was throttled together does not come again together.
    """

    def __init__(
        self,
        *,
        parallel: int,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._most = parallel
        self._gap = 60.0 / per_minute
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._allowed = parallel
        self._busy = 0
        self._well = 0
        self._next = 0.0
        self._changed = asyncio.Condition()

    @property
    def allowed(self) -> int:
        """How many calls may be made at a time now."""
        return self._allowed

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one call, from the moment at which it may be made."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._busy < self._allowed)
            self._busy += 1
        try:
            while (wait := self._next - self._clock()) > 0:
                await self._sleep(wait)
            self._next = self._clock() + self._gap
            yield
        finally:
            self._busy -= 1
            async with self._changed:
                self._changed.notify_all()

    def went_well(self) -> None:
        """Note a call that worked; after as many as may be made at a time, one more may be."""
        self._well += 1
        if self._well >= self._allowed and self._allowed < self._most:
            self._allowed, self._well = self._allowed + 1, 0

    def slow_down(self, attempt: int, retry_after: float | None) -> None:
        """Note a call that was throttled, at its so-manieth attempt: nobody calls for a while."""
        self._allowed, self._well = max(1, self._allowed // 2), 0
        self._next = max(self._next, self._clock() + self.pause(attempt, retry_after))

    def pause(self, attempt: int, retry_after: float | None = None) -> float:
        """Seconds to wait after an attempt that failed: what the provider asks for and a little more, or our own."""
        own = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))
        spread = own * (0.5 + self._jitter() / 2)
        return spread if retry_after is None else retry_after + spread * 0.1
