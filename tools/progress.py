"""Telling how far work is from places that can't wait for it to be written down."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from switchboard import Progress

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
