"""Telling how far work is."""

import asyncio
from itertools import count

from switchboard import Event, Status
from tools.progress import passed_on, repeated, shown


def test_what_is_new_is_shown_at_once_and_the_rest_now_and_then() -> None:
    events: list[Event] = []
    seconds = (number / 10 for number in count())
    tell = shown(events.append, clock=lambda: next(seconds))
    for page in range(12):
        tell("Reading", page, 12)
    tell("Reading", 12, 13)
    tell("Weighing", 0, 0)
    assert events == [
        Status(text="Reading", done=0, total=12),
        Status(text="Reading", done=5, total=12),
        Status(text="Reading", done=10, total=12),
        Status(text="Reading", done=12, total=13),
        Status(text="Weighing", done=0, total=0),
    ]


async def test_of_what_comes_faster_than_it_is_written_the_newest_is_passed_on() -> None:
    written: list[tuple[str, int, int]] = []
    busy = asyncio.Event()

    async def progress(text: str = "", *, done: int = 0, total: int = 0, save: str | None = None) -> None:
        written.append((text, done, total))
        await busy.wait()

    async with passed_on(progress) as tell:
        for page in range(3):
            tell("Reading", page, 9)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        busy.set()
        await asyncio.sleep(0.001)
    assert written == [("Reading", 0, 9), ("Reading", 2, 9)]


async def test_where_there_is_no_news_the_last_is_told_again() -> None:
    told: list[tuple[str, int, int]] = []
    twice = asyncio.Event()

    def tell(text: str, done: int, total: int) -> None:
        told.append((text, done, total))
        if len(told) > 3:
            twice.set()

    async with asyncio.timeout(10), repeated(tell, every=0.001) as alive:
        await asyncio.sleep(0.003)
        assert told == []
        alive("Choosing", 1, 2)
        await twice.wait()
    assert told == [("Choosing", 1, 2)] * len(told)
    await asyncio.sleep(0.003)
    assert len(told) == 4


async def test_progress_that_can_not_be_written_stops_nothing_here() -> None:
    async def progress(text: str = "", *, done: int = 0, total: int = 0, save: str | None = None) -> None:
        raise ConnectionError

    async with passed_on(progress) as tell:
        tell("Reading", 1, 2)
        await asyncio.sleep(0.001)
