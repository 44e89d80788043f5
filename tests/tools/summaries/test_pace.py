"""How fast a provider is asked."""

import asyncio

import pytest

from tests.tools.summaries.written_shared import Clock
from tools.summaries.pace import Pace


def paced(clock: Clock, *, parallel: int = 4, per_minute: int = 60) -> Pace:
    return Pace(parallel=parallel, per_minute=per_minute, clock=clock, sleep=clock.sleep, jitter=lambda: 1.0)


async def test_calls_are_spread_evenly_over_the_minute() -> None:
    clock = Clock()
    pace = paced(clock, per_minute=20)
    times = []
    for _ in range(4):
        async with pace.place():
            times.append(clock.now)
    assert times == [0.0, 3.0, 6.0, 9.0]


async def test_no_more_than_so_many_call_at_a_time() -> None:
    pace = paced(Clock(), parallel=2, per_minute=60_000)
    go, calling = asyncio.Event(), 0

    async def call() -> None:
        nonlocal calling
        async with pace.place():
            calling += 1
            await go.wait()

    tasks = [asyncio.create_task(call()) for _ in range(5)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert calling == 2
    go.set()
    await asyncio.gather(*tasks)
    assert calling == 5


async def test_whoever_is_throttled_makes_all_wait_as_long_as_the_provider_asks() -> None:
    clock = Clock()
    pace = paced(clock)
    async with pace.place():
        pace.slow_down(1, 20.0)
    async with pace.place():
        assert clock.now == 20.1


async def test_throttling_halves_the_places_and_success_opens_them_one_by_one() -> None:
    pace = paced(Clock(), parallel=8)
    pace.slow_down(1, None)
    pace.slow_down(1, None)
    assert pace.allowed == 2
    for _ in range(2):
        pace.went_well()
    assert pace.allowed == 3
    for _ in range(100):
        pace.went_well()
    assert pace.allowed == 8
    for _ in range(10):
        pace.slow_down(1, None)
    assert pace.allowed == 1


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1.0), (2, 2.0), (5, 16.0), (50, 60.0)])
def test_pauses_double_up_to_a_minute(attempt: int, seconds: float) -> None:
    assert paced(Clock()).pause(attempt) == seconds


def test_pauses_are_spread_so_that_not_all_come_again_at_once() -> None:
    pauses = {Pace(parallel=1, per_minute=1).pause(4) for _ in range(50)}
    assert len(pauses) > 40
    assert all(4.0 <= pause <= 8.0 for pause in pauses)


async def test_a_place_is_free_again_when_its_call_was_cancelled() -> None:
    pace = paced(Clock(), parallel=1, per_minute=60_000)

    async def hang() -> None:
        async with pace.place():
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(1), pace.place():
        pass
