"""Consuming by a function that a queue calls: it answers in its time, and says what is to come again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.agent.consumed import DOWN, HOLD, Stage
from tests.agent.shared import until


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.assistant.close()


async def test_a_function_answers_to_its_end_what_left_early(stage: Stage) -> None:
    await stage.send("m0")
    received = await stage.queue.receive()
    handling = asyncio.create_task(stage.consuming(early=lambda message: True).handle(received, seconds=5))
    await stage.removed("m0")
    assert not handling.done()
    stage.assistant.gate.set()
    assert await handling == []
    assert stage.assistant.answered == ["m0"]


async def test_a_function_is_told_what_comes_again(stage: Stage) -> None:
    await stage.send("a0", "a1", room="a")
    await stage.send("b0", room="b")
    received = await stage.queue.receive()
    stage.assistant.refusals = {"a0": DOWN}
    stage.assistant.gate.set()
    again = await stage.consuming().handle(received, seconds=5)
    assert [delivery.message.id for delivery in again] == ["a0", "a1"]
    assert stage.assistant.answered == ["b0"]
    assert stage.queue.removed == []


async def test_a_function_gives_back_what_its_time_does_not_reach_for(stage: Stage) -> None:
    await stage.send("m0")
    received = await stage.queue.receive()
    assert await stage.consuming().handle(received, seconds=0) == list(received)
    assert stage.queue.extended == [("m0", 0)]


async def test_a_function_that_was_called_for_nothing_has_nothing_to_do(stage: Stage) -> None:
    assert await stage.consuming().handle([], seconds=5) == []


async def test_a_function_does_not_call_done_what_is_in_other_hands(stage: Stage) -> None:
    await stage.send("m0")
    received = await stage.queue.receive(hold_seconds=HOLD)
    handling = asyncio.create_task(stage.consuming().handle(received, seconds=5))
    await until(lambda: bool(stage.pauses.asked))
    stage.queue.now += HOLD
    stage.pauses.end()
    assert await handling == list(received)
