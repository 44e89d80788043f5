"""Consuming: what becomes of a delivery, whatever becomes of its message."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from switchboard import BadInput, Offer, Refused, TooMuch
from switchboard.errors import SwitchboardError
from tests.agent.consumed import DOWN, HOLD, Stage
from tests.agent.shared import until


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.assistant.close()


async def test_a_message_is_held_until_its_turn_has_ended_and_then_removed(stage: Stage) -> None:
    await stage.send("m0")
    async with stage.at_work():
        await until(lambda: stage.assistant.offered == ["m0"])
        assert stage.queue.removed == []
        stage.assistant.gate.set()
        await stage.removed("m0")
    assert stage.assistant.answered == ["m0"]


async def test_a_hold_is_renewed_at_a_third_of_its_length(stage: Stage) -> None:
    await stage.send("m0")
    async with stage.at_work():
        await until(lambda: stage.pauses.asked == [HOLD / 3])
        for beat in range(1, 4):
            stage.queue.now += HOLD / 3
            stage.pauses.end()
            await until(lambda: len(stage.pauses.asked) == beat + 1)  # noqa: B023 - awaited at once
        assert stage.queue.extended == [("m0", HOLD)] * 3
        stage.assistant.gate.set()
        await stage.removed("m0")


async def test_a_hold_that_can_not_be_renewed_now_is_renewed_later(stage: Stage) -> None:
    await stage.send("m0")
    stage.queue.faults = ["extend"]
    async with stage.at_work():
        for beat in range(1, 3):
            await until(lambda: len(stage.pauses.asked) == beat)  # noqa: B023 - awaited at once
            stage.pauses.end()
        await until(lambda: stage.queue.extended == [("m0", HOLD)])
        stage.assistant.gate.set()
        await stage.removed("m0")


async def test_a_message_that_is_in_other_hands_by_now_is_left_to_them(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.send("m0")
    async with stage.at_work(parallel=1):
        await until(lambda: stage.pauses.asked == [HOLD / 3])
        stage.queue.now += HOLD + 1
        (theirs,) = await stage.queue.receive(hold_seconds=HOLD)
        stage.pauses.end()
        await until(lambda: "came again elsewhere" in caplog.text)
        stage.assistant.gate.set()
        await until(lambda: stage.assistant.answered == ["m0"])
    assert stage.queue.removed == []
    assert list(await stage.queue.done([theirs])) == []


async def test_conversations_do_not_wait_for_each_other(stage: Stage) -> None:
    await stage.send("a", room="a")
    await stage.send("b", room="b")
    async with stage.at_work():
        await until(lambda: sorted(stage.assistant.offered) == ["a", "b"])


async def test_messages_of_a_conversation_are_offered_and_answered_in_order(stage: Stage) -> None:
    await stage.send("m0", "m1", "m2")
    stage.assistant.gate.set()
    async with stage.at_work():
        await stage.removed("m0", "m1", "m2")
    assert stage.assistant.offered == stage.assistant.answered == ["m0", "m1", "m2"]


async def test_a_later_message_is_offered_while_the_earlier_one_is_answered(stage: Stage) -> None:
    """It may be what stops or steers it."""
    await stage.send("m0", "m1")
    async with stage.at_work():
        await until(lambda: stage.assistant.offered == ["m0", "m1"])
        assert stage.assistant.answered == []


async def test_no_more_messages_are_in_hand_than_may_be(stage: Stage) -> None:
    for room in ("a", "b", "c"):
        await stage.send(room, room=room)
    async with stage.at_work(parallel=2):
        await until(lambda: len(stage.assistant.offered) == 2)
        stage.assistant.gate.set()
        await stage.removed("a", "b", "c")


@pytest.mark.parametrize(
    "error",
    [
        BadInput("The file a.pdf did not arrive. Please attach it again.", status=404),
        TooMuch("You have sent 2 messages within a minute; please wait 5 seconds.", retry_after=5),
        Refused("That is not possible here.", policy="moderation"),
    ],
)
async def test_why_a_message_is_not_taken_is_told_once_and_the_next_is_answered(
    stage: Stage, error: SwitchboardError
) -> None:
    await stage.send("m0", "m1")
    stage.assistant.refusals = {"m0": error}
    stage.assistant.gate.set()
    async with stage.at_work():
        await stage.removed("m0", "m1")
    assert stage.told == [("m0", error.user_text)]
    assert stage.assistant.answered == ["m1"]


async def test_who_writes_to_a_conversation_that_takes_no_more_is_told(stage: Stage) -> None:
    await stage.send("m0")
    stage.assistant.refusals = {"m0": Offer(state="rejected", ahead=50)}
    async with stage.at_work():
        await stage.removed("m0")
    assert stage.told == [
        ("m0", "Too many messages are waiting in this conversation. Please wait for an answer first.")
    ]


async def test_a_refusal_that_could_not_be_told_is_told_when_the_message_comes_again(stage: Stage) -> None:
    await stage.send("m0")
    stage.assistant.refusals = {"m0": BadInput("No.")}
    stage.telling = DOWN
    async with stage.at_work():
        await stage.given_back("m0")
        assert stage.queue.removed == []
        stage.telling = None
        stage.queue.now += 2
        await stage.removed("m0")
    assert stage.told == [("m0", "No.")] * 2


@pytest.mark.parametrize(
    "fault", [DOWN, BadInput("The assistant is shutting down.", status=503), RuntimeError("a bug")], ids=repr
)
async def test_a_message_that_could_not_be_offered_comes_again_before_those_behind_it(
    stage: Stage, fault: Exception
) -> None:
    await stage.send("m0", "m1")
    stage.assistant.refusals = {"m0": fault}
    stage.assistant.gate.set()
    async with stage.at_work():
        await stage.given_back("m0", "m1")
        assert stage.assistant.offered == ["m0"]
        stage.assistant.refusals.clear()
        stage.queue.now += 2
        await stage.removed("m0", "m1")
    assert stage.told == []
    assert stage.assistant.answered == ["m0", "m1"]


async def test_a_message_that_could_not_be_given_back_comes_again_when_the_hold_is_over(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.send("m0")
    stage.assistant.refusals = {"m0": DOWN}
    stage.queue.faults = ["extend"]
    stage.assistant.gate.set()
    async with stage.at_work():
        await until(lambda: "could not be given back" in caplog.text)
        stage.assistant.refusals.clear()
        stage.queue.now += HOLD
        await stage.removed("m0")


async def test_a_message_comes_again_the_later_the_more_often_it_came(stage: Stage) -> None:
    await stage.send("m0")
    stage.assistant.refusals = {"m0": DOWN}
    async with stage.at_work():
        for attempt in range(1, 11):
            await until(lambda: len(stage.queue.extended) == attempt)  # noqa: B023 - awaited at once
            stage.queue.now += stage.queue.extended[-1][1]
    pauses = [seconds for _, seconds in stage.queue.extended[:10]]
    assert all(2**attempt / 2 <= pause <= 2**attempt for attempt, pause in enumerate(pauses[:8], start=1))
    assert all(150 <= pause <= 300 for pause in pauses[8:])


async def test_a_turn_that_could_not_be_followed_is_found_when_its_message_comes_again(stage: Stage) -> None:
    await stage.send("m0")
    stage.assistant.breaks = {"m0": DOWN}
    stage.assistant.gate.set()
    async with stage.at_work():
        await stage.given_back("m0")
        stage.queue.now += 2
        await stage.removed("m0")
    assert stage.assistant.offered == ["m0", "m0"]
    assert stage.assistant.answered == ["m0"]


async def test_a_conversation_that_was_forgotten_meanwhile_is_done(stage: Stage) -> None:
    await stage.send("m0")
    stage.assistant.breaks = {"m0": BadInput("That message is not known here.", status=404)}
    async with stage.at_work():
        await stage.removed("m0")


async def test_a_message_that_could_not_be_removed_is_not_answered_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.send("m0")
    stage.queue.faults = ["done"]
    stage.assistant.gate.set()
    async with stage.at_work():
        await until(lambda: "could not be removed" in caplog.text)
        stage.queue.now += HOLD
        await stage.removed("m0")
    assert stage.assistant.offered == ["m0", "m0"]
    assert stage.assistant.answered == ["m0"]


async def test_what_was_removed_too_late_is_said_without_what_was_written(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.send("m0")
    async with stage.at_work(parallel=1):
        await until(lambda: stage.assistant.offered == ["m0"])
        stage.queue.now += HOLD
        stage.assistant.gate.set()
        await until(lambda: "1 are no longer held" in caplog.text)
    assert "Hello" not in caplog.text


async def test_a_queue_that_does_not_answer_is_asked_again_a_little_later(stage: Stage) -> None:
    await stage.send("m0")
    stage.queue.faults = ["receive", "receive"]
    stage.assistant.gate.set()
    async with stage.at_work():
        for fault in (1, 2):
            await until(lambda: len(stage.pauses.asked) == fault)  # noqa: B023 - awaited at once
            stage.pauses.end()
        await stage.removed("m0")
    assert 1 <= stage.pauses.asked[0] <= 2 <= stage.pauses.asked[1] <= 4


async def test_closing_does_not_wait_for_a_queue_that_does_not_answer(stage: Stage) -> None:
    stage.queue.faults = ["receive"]
    async with stage.at_work():
        await until(lambda: bool(stage.pauses.asked))


async def test_closing_gives_back_what_is_in_hand_at_once(stage: Stage) -> None:
    await stage.send("m0")
    async with stage.at_work():
        await until(lambda: stage.assistant.offered == ["m0"])
    assert stage.queue.extended == [("m0", 0)]
    assert [delivery.message.id for delivery in await stage.queue.receive()] == ["m0"]


async def test_closing_waits_a_while_for_what_is_about_to_end(stage: Stage) -> None:
    await stage.send("m0")
    consuming = stage.consuming()
    consuming.start()
    await until(lambda: stage.assistant.offered == ["m0"])
    closing = asyncio.create_task(consuming.close(grace=5))
    stage.assistant.gate.set()
    await closing
    assert stage.queue.removed == ["m0"]


async def test_what_was_never_started_is_closed(stage: Stage) -> None:
    await stage.consuming().close()
