"""Telling how far work is, from places that can't wait for it to be written down and may have news too often."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from switchboard import Event, Progress, Status

EVERY = 0.5
"""Seconds between two events about the same thing: each is stored, and none is worth that by itself."""
ALIVE = 1.5
"""Seconds without news after which the last is told again, so that whoever waits sees a sign of life every two."""

Tell: TypeAlias = Callable[[str, int, int], None]
"""Told in words what is being done, and what of it is done, of how much; returns at once."""


@asynccontextmanager
async def passed_on(progress: Progress) -> AsyncIterator[Tell]:
    """A function that passes the newest of what it is told on to a job's progress, while the block lasts."""
    newest: list[tuple[str, int, int]] = []
    told = asyncio.Event()

    def tell(text: str, done: int, total: int) -> None:
        newest[:] = [(text, done, total)]
        told.set()

    async def pass_on() -> None:
        while await told.wait():
            told.clear()
            text, done, total = newest[0]
            await progress(text, done=done, total=total)

    passing = asyncio.create_task(pass_on())
    try:
        yield tell
    finally:
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)  # whoever lost the job hears of it elsewhere


@asynccontextmanager
async def repeated(tell: Tell, *, every: float = ALIVE) -> AsyncIterator[Tell]:
    """A function that passes on what it is told, and while the block lasts tells the last of it again now and then."""
    last: list[tuple[str, int, int]] = []
    news = asyncio.Event()

    def told(text: str, done: int, total: int) -> None:
        last[:] = [(text, done, total)]
        news.set()
        tell(text, done, total)

    async def repeat() -> None:
        while True:
            news.clear()
            try:
                async with asyncio.timeout(every):
                    await news.wait()
            except TimeoutError:
                if last:
                    tell(*last[0])

    repeating = asyncio.create_task(repeat())
    try:
        yield told
    finally:
        repeating.cancel()
        await asyncio.gather(repeating, return_exceptions=True)


def shown(emit: Callable[[Event], None], *, clock: Callable[[], float] = time.monotonic) -> Tell:
    """A function that shows a turn's progress: what is new at once, how far the same has come now and then."""
    last: tuple[str, int] = ("", -1)
    shown_at = 0.0

    def tell(text: str, done: int, total: int) -> None:
        nonlocal last, shown_at
        now = clock()
        if (text, total) != last or now - shown_at >= EVERY:
            last, shown_at = (text, total), now
            emit(Status(text=text, done=done, total=total))

    return tell
