"""Messages that leave the queue before their turn has ended, so that the next can steer or interrupt it."""

from collections.abc import AsyncIterator

import pytest

from agent.consuming import leaving_early
from switchboard.testing.queue_contract import said
from tests.agent.consumed import HOLD, Stage
from tests.agent.shared import settings, until


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.assistant.close()


async def test_a_message_that_leaves_early_lets_the_next_come_while_it_is_answered(stage: Stage) -> None:
    await stage.send("m0")
    async with stage.at_work(early=lambda message: True):
        await stage.removed("m0")
        await stage.send("m1")
        await until(lambda: stage.assistant.offered == ["m0", "m1"])
        assert stage.assistant.answered == []
        stage.assistant.gate.set()
        await until(lambda: stage.assistant.answered == ["m0", "m1"])
    assert stage.queue.removed == ["m0", "m1"]


async def test_a_message_that_left_early_is_not_held_any_more(stage: Stage) -> None:
    await stage.send("m0", "m1")
    async with stage.at_work(early=lambda message: message.id == "m0"):
        await stage.removed("m0")
        await until(lambda: stage.pauses.asked == [HOLD / 3])
        stage.pauses.end()
        await until(lambda: stage.queue.extended == [("m1", HOLD)])
        stage.assistant.gate.set()
        await stage.removed("m1")


async def test_a_message_that_could_not_leave_early_is_held(stage: Stage) -> None:
    await stage.send("m0")
    stage.queue.faults = ["done"]
    async with stage.at_work(early=lambda message: True):
        await until(lambda: stage.pauses.asked == [HOLD / 3] and not stage.queue.faults)
        stage.pauses.end()
        await until(lambda: stage.queue.extended == [("m0", HOLD)])
        stage.assistant.gate.set()
        await stage.removed("m0")


@pytest.mark.parametrize(("busy", "early"), [("queue", False), ("reject", False), ("steer", True), ("interrupt", True)])
def test_a_message_leaves_early_where_the_next_may_be_about_it(busy: str, early: bool) -> None:
    assert leaving_early(settings(turn__busy=busy))(said()) is early
