"""What a running turn owes to others, across two assistants on one store: hearing a stop, clocks that differ."""

import asyncio

import pytest

from stores.memory import MemoryConversationStore
from switchboard import Delta, Final, ToolContext, ToolResult, tool
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from tests.agent.shared import Clock, settings, until
from tests.scenarios.racing import Shared, crash


@pytest.fixture
def store() -> Shared:
    return Shared(MemoryConversationStore())


async def test_a_stop_said_to_another_machine_reaches_model_and_tool_at_the_next_look(store: Shared) -> None:
    """The look comes five times a second as set; here each is counted, as no test measures time."""
    looks, real = [], store.read

    async def counted(*arguments: object, **options: object) -> object:
        looks.append(arguments)
        return await real(*arguments, **options)

    begun = asyncio.Event()
    ended: list[str] = []

    @tool
    async def slow(context: ToolContext) -> ToolResult:
        """Take for ever."""
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        return ToolResult()

    model = ScriptedChatModel([Call("slow"), "next"])
    async with (
        running(model, tools=(slow,), given={"conversations": store}) as here,
        running([], given={"conversations": store}) as there,
    ):
        message = said("1")
        await here.offer(message)
        await begun.wait()
        assert await there.stop(SOMEWHERE, message.id)
        store.read = counted  # type: ignore[method-assign]
        heard = await follow(here, message)
        assert isinstance(heard[-1], Final)
        assert heard[-1].status == "stopped"
        assert ended == ["cancelled"]
        before_the_end = 3  # the look that hears it, and the read before the outcome is written, and one to spare
        assert len(looks) <= before_the_end
        store.read = real  # type: ignore[method-assign]
        assert (await ask(here, "2")).text == "next"


async def test_a_stop_from_another_machine_ends_a_stream_and_keeps_what_was_said(store: Shared) -> None:
    model = ScriptedChatModel([Say(text="So far", halt=asyncio.Event())])
    async with (
        running(model, given={"conversations": store}) as here,
        running([], given={"conversations": store}) as there,
    ):
        message = said("1")
        await here.offer(message)
        async for event in here.events(SOMEWHERE, message.id):
            if isinstance(event, Delta):
                break
        await there.stop(SOMEWHERE, message.id)
        end = (await follow(here, message))[-1]
        assert isinstance(end, Final)
        assert (end.text, end.status) == ("So far", "stopped")


@pytest.mark.parametrize("ahead", [29.0, -29.0])
async def test_a_clock_that_is_wrong_by_half_a_minute_takes_no_living_turn(store: Shared, ahead: float) -> None:
    own = settings(turn__lease_seconds="30", turn__clock_skew_seconds="30")
    right, wrong = Clock(), Clock()
    wrong.now += ahead
    halt = asyncio.Event()
    model = ScriptedChatModel([Say(text="mine", halt=halt)])
    async with (
        running(model, given={"conversations": store}, settings=own, clock=right) as here,
        running([], given={"conversations": store}, settings=own, clock=wrong) as there,
    ):
        message = said("1")
        await here.offer(message)
        await until(lambda: bool(model.given))
        right.now += 29  # just before the next sign of life would be missed
        wrong.now += 29
        assert (await there.offer(message)).state == "running"
        await there.turns.pump(SOMEWHERE)
        halt.set()
        assert (await follow(here, message))[-1].text == "mine"  # type: ignore[union-attr]


async def test_a_turn_whose_lease_ran_out_unseen_is_not_begun_twice_in_one_process(store: Shared) -> None:
    clock, halt = Clock(), asyncio.Event()
    model = ScriptedChatModel([Say(text="once", halt=halt)])
    async with running(model, given={"conversations": store}, clock=clock) as assistant:
        message = said("1")
        await assistant.offer(message)
        await until(lambda: bool(model.given))
        clock.now += 3_600
        await assistant.offer(message)
        await assistant.turns.pump(SOMEWHERE)
        halt.set()
        assert (await follow(assistant, message))[-1].text == "once"  # type: ignore[union-attr]
    assert len(model.given) == 1


async def test_a_process_that_works_takes_up_what_another_left_without_being_asked(store: Shared) -> None:
    own = settings(turn__lease_seconds="1")
    message = said("1")
    async with running([Say(gate=asyncio.Event())], given={"conversations": store}, settings=own) as dead:
        await dead.offer(message)
        await until(lambda: bool(dead.turns.runs))
        await crash(dead)
    async with running(["found"], given={"conversations": store}, settings=own, works=True):
        async with asyncio.timeout(10):
            while not store.ended:
                await asyncio.sleep(0.05)
    assert [turn.reply.text for turn in store.ended if turn.reply] == ["found"]
