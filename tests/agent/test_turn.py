"""Stops, deadlines and failures of a turn."""

import asyncio

import pytest

import agent.turn
from stores.memory import MemoryConversationStore
from switchboard import (
    BackendError,
    Delta,
    Final,
    ToolContext,
    ToolResult,
    tool,
)
from switchboard.settings import load
from switchboard.storage import Change
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from tests.agent.shared import SECRET, assert_valid, until
from tests.scenarios.racing import Shared


async def test_a_stop_reaches_the_model_and_keeps_what_was_said() -> None:
    halt = asyncio.Event()
    model = ScriptedChatModel([Say(text="Half an answer", halt=halt), "next"])
    async with running(model) as assistant:
        message = said("q")
        await assistant.offer(message)
        events = assistant.events(SOMEWHERE, message.id)
        assert isinstance(await anext(events), Delta)
        assert await assistant.stop(SOMEWHERE, message.id)
        *_, final = [event async for event in events]
        assert isinstance(final, Final)
        assert (final.text, final.status) == ("Half an answer", "stopped")
        assert not await assistant.stop(SOMEWHERE, message.id)
        assert (await ask(assistant, "go on")).text == "next"
    assert [str(message.content) for message in model.given[1].messages[1:]] == [
        "q",
        "Half an answer (stopped by the person)",
        "go on",
    ]


async def test_a_stop_reaches_the_tool_and_leaves_a_valid_history() -> None:
    reached: list[str] = []

    @tool
    async def dig(context: ToolContext) -> ToolResult:
        """Dig."""
        reached.append("digging")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            reached.append("cancelled" if context.cancelled.is_set() else "?")
            raise
        return ToolResult()

    model = ScriptedChatModel([Call("dig"), "next"])
    async with running(model, tools=(dig,)) as assistant:
        message = said("q")
        await assistant.offer(message)
        await until(lambda: bool(reached))
        await assistant.stop(SOMEWHERE, message.id)
        final = (await follow(assistant, message))[-1]
        assert isinstance(final, Final)
        assert final.status == "stopped"
        await ask(assistant, "go on")
    assert reached == ["digging", "cancelled"]
    assert_valid(model.given[1].messages)


async def test_a_waiting_message_can_be_stopped() -> None:
    gate = asyncio.Event()
    async with running([Say(text="one", gate=gate)]) as assistant:
        first, second = said("1"), said("2")
        await assistant.offer(first)
        await assistant.offer(second)
        await assistant.stop(SOMEWHERE, second.id)
        stopped = await follow(assistant, second)
        gate.set()
        assert isinstance(stopped[-1], Final)
        assert stopped[-1].status == "stopped"
        assert (await follow(assistant, first))[-1].text == "one"  # type: ignore[union-attr]


async def test_a_turn_ends_at_its_deadline_with_an_honest_outcome() -> None:
    script = [Say(gate=asyncio.Event()), Say(text="Part one", halt=asyncio.Event()), "next"]
    async with running(script, settings=load(None, {"SWITCHBOARD_TURN__DEADLINE_SECONDS": "0.3"})) as assistant:
        silent = await ask(assistant, "q")
        assert silent.status == "failed"
        assert "ask for less" in silent.text
        assert silent.incident in silent.text
        halfway = await ask(assistant, "q")
        assert (halfway.text, halfway.status, halfway.warnings[0].code) == ("Part one", "partial", "late")
        assert (await ask(assistant, "go on")).text == "next"


@pytest.mark.parametrize(
    "error", [RuntimeError(SECRET), BackendError(service="bedrock", operation="Converse", code=SECRET)]
)
async def test_a_model_that_fails_costs_a_sentence_and_an_incident(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with running([error, "fine again"]) as assistant:
        reply = await ask(assistant, "q")
        assert reply.status == "failed"
        assert SECRET not in reply.text
        assert reply.incident
        assert reply.incident in reply.text
        assert reply.incident in caplog.text
        assert (await ask(assistant, "q")).text == "fine again"


async def test_a_model_that_says_nothing_gets_no_blank_reply() -> None:
    async with running([""]) as assistant:
        assert "put the question another way" in (await ask(assistant, "q")).text


async def test_an_outcome_that_the_store_does_not_take_at_once_is_written_again_and_not_paid_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent.turn, "STORE_PAUSES", (0.0, 0.0, 0.0))
    store = Shared(MemoryConversationStore())
    failures = 2

    async def throttled(change: Change) -> None:
        nonlocal failures
        if failures and any(turn.state == "done" for turn in change.turns):
            failures -= 1
            raise BackendError(service="store", operation="commit", code="throttled", retryable=True)

    store.before = throttled
    model = ScriptedChatModel(["once"])
    async with running(model, given={"conversations": store}) as assistant:
        assert (await ask(assistant, "q")).text == "once"
    assert (failures, len(model.given)) == (0, 1)
