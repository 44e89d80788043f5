"""The busy policy ``steer``: what comes meanwhile is told to the running turn, and has an outcome of its own."""

import asyncio
from dataclasses import replace

import pytest
from langchain_core.messages import HumanMessage

from agent import texts
from stores.memory import MemoryConversationStore
from switchboard import Delta, Principal, ToolContext, ToolResult, tool
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEBODY, SOMEWHERE, ask, follow, running, said
from switchboard.tools import Tool
from tests.agent.shared import settings
from tests.scenarios.racing import Shared, answers, crash

STEER = settings(turn__busy="steer")


def held_tool() -> tuple[Tool, asyncio.Event, asyncio.Event]:
    """A tool that says when it has begun and waits until it may end."""
    begun, may_end = asyncio.Event(), asyncio.Event()

    @tool
    async def slow(context: ToolContext) -> ToolResult:
        """Take your time."""
        begun.set()
        await may_end.wait()
        return ToolResult(text="done")

    return slow, begun, may_end


def heard(model: ScriptedChatModel, call: int) -> list[str]:
    return [str(message.content) for message in model.given[call].messages if isinstance(message, HumanMessage)]


async def test_what_comes_meanwhile_is_told_to_the_running_turn_and_gets_a_short_answer() -> None:
    slow, begun, may_end = held_tool()
    model = ScriptedChatModel([Call("slow"), "Both of it.", "next"])
    async with running(model, tools=(slow,), settings=STEER) as assistant:
        first, second = said("the north"), said("and the south, too")
        await assistant.offer(first)
        await begun.wait()
        assert (await assistant.offer(second)).state == "queued"
        may_end.set()
        assert (await follow(assistant, first))[-1].text == "Both of it."  # type: ignore[union-attr]
        assert (await follow(assistant, second))[-1].text == texts.STEERED  # type: ignore[union-attr]
        assert heard(model, 1) == ["the north", "and the south, too"]
        assert (await ask(assistant, "third")).text == "next"
        assert heard(model, 2) == ["the north", "and the south, too", "third"]
        said_and_answered = [text for text, _ in answers(await assistant.transcript(SOMEWHERE))]
        assert said_and_answered == ["the north", "and the south, too", "third"]


async def test_what_comes_too_late_to_be_told_gets_a_turn_of_its_own() -> None:
    halt = asyncio.Event()
    async with running([Say(text="one", halt=halt), "two"], settings=STEER) as assistant:
        first, second = said("1"), said("2")
        await assistant.offer(first)
        async for event in assistant.events(SOMEWHERE, first.id):
            if isinstance(event, Delta):
                break
        await assistant.offer(second)
        halt.set()
        assert (await follow(assistant, first))[-1].text == "one"  # type: ignore[union-attr]
        assert (await follow(assistant, second))[-1].text == "two"  # type: ignore[union-attr]


async def test_somebody_else_cannot_steer_a_turn_that_acts_with_anothers_rights() -> None:
    slow, begun, may_end = held_tool()
    model = ScriptedChatModel([Call("slow"), "mine", "yours"])
    async with running(model, tools=(slow,), settings=STEER) as assistant:
        first, second = said("1"), said("show me her files", principal=Principal(id="somebody else", verified=True))
        await assistant.offer(first)
        await begun.wait()
        await assistant.offer(second)
        may_end.set()
        assert (await follow(assistant, second))[-1].text == "yours"  # type: ignore[union-attr]
        assert heard(model, 1) == ["1"]


async def test_a_turn_that_is_run_again_is_told_again_what_it_was_told() -> None:
    """The second message has its outcome already: if the first one's new attempt forgot it, it would be lost."""
    store = Shared(MemoryConversationStore())
    slow, begun, may_end = held_tool()
    told = asyncio.Event()

    def halt(messages: object) -> Call:
        told.set()
        return Call("slow")

    model = ScriptedChatModel([Call("slow"), halt, "Both."])
    first, second = said("1"), said("2")
    own = settings(turn__busy="steer", turn__lease_seconds="1")
    async with running(model, tools=(slow,), settings=own, given={"conversations": store}) as before:
        await before.offer(first)
        await begun.wait()
        await before.offer(second)
        may_end.set()
        await told.wait()
        await crash(before)
    async with running(model, tools=(slow,), settings=own, given={"conversations": store}) as after:
        await after.recover()
        assert (await follow(after, first))[-1].text == "Both."  # type: ignore[union-attr]
        assert heard(model, 2) == ["1", "2"]
        assert (await follow(after, second))[-1].text == texts.STEERED  # type: ignore[union-attr]


@pytest.mark.parametrize("policy", ["queue", "reject"])
async def test_a_channel_can_have_a_policy_of_its_own(policy: str) -> None:
    own = settings(turn__busy="interrupt", turn__busy_on__test=policy)
    slow, begun, may_end = held_tool()
    async with running([Call("slow"), "one", "two"], tools=(slow,), settings=own) as assistant:
        await assistant.offer(first := said("1"))
        await begun.wait()
        offer = await assistant.offer(said("2"))
        assert offer.state == {"queue": "queued", "reject": "rejected"}[policy]
        may_end.set()
        assert (await follow(assistant, first))[-1].text == "one"  # type: ignore[union-attr]


async def test_in_another_channel_the_general_policy_holds() -> None:
    own = settings(turn__busy="reject", turn__busy_on__test="queue")
    slow, begun, may_end = held_tool()
    elsewhere = replace(SOMEWHERE, channel="another")
    async with running([Call("slow"), "one"], tools=(slow,), settings=own) as assistant:
        await assistant.offer(first := said("1", conversation=elsewhere))
        await begun.wait()
        assert (await assistant.offer(said("2", conversation=elsewhere, principal=SOMEBODY))).state == "rejected"
        may_end.set()
        await follow(assistant, first)


async def test_more_than_so_many_waiting_messages_are_turned_away() -> None:
    own = settings(turn__waiting="2")
    slow, begun, may_end = held_tool()
    async with running([Call("slow"), "1", "2", "3"], tools=(slow,), settings=own) as assistant:
        await assistant.offer(said("1"))
        await begun.wait()
        states = [(await assistant.offer(said(str(number)))).state for number in (2, 3, 4)]
        assert states == ["queued", "queued", "rejected"]
        may_end.set()
