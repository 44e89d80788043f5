"""Works done side by side: all end, and the first failure is what comes out."""

import asyncio

import pytest

from tools.together import tasks


async def test_behind_the_block_all_have_ended() -> None:
    async with tasks() as group:
        made = [group.create_task(asyncio.sleep(0, result=number)) for number in range(3)]
    assert [task.result() for task in made] == [0, 1, 2]


async def test_the_first_failure_stops_the_others_and_comes_out_as_it_was_raised() -> None:
    waiting: list[asyncio.Task[bool]] = []

    async def fail() -> None:
        raise KeyError("first")

    async def work() -> None:
        async with tasks() as group:
            waiting.append(group.create_task(asyncio.Event().wait()))
            group.create_task(fail())

    with pytest.raises(KeyError, match="first"):
        await work()
    assert waiting[0].cancelled()


async def test_a_failure_of_the_block_stops_the_tasks_and_comes_out_as_it_was_raised() -> None:
    waiting: list[asyncio.Task[bool]] = []

    async def work() -> None:
        async with tasks() as group:
            waiting.append(group.create_task(asyncio.Event().wait()))
            raise ValueError("block")

    with pytest.raises(ValueError, match="block"):
        await work()
    assert waiting[0].cancelled()


async def test_whoever_is_cancelled_hears_of_that_and_of_nothing_else() -> None:
    async def work() -> None:
        async with tasks() as group:
            group.create_task(asyncio.Event().wait())

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
