"""Races by which assistants elsewhere lost, doubled or mixed up messages, played on the real assistant.

Time is simulated where hours pass. What each test tells of went wrong in some published product; the promise that it
holds is in its name.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import agent.turn
from stores.memory import MemoryConversationStore
from stores.sqlite import SqliteConversationStore
from switchboard import Delta, Final, Status, ToolContext, ToolResult, Warning, tool
from switchboard.storage import Change, ConversationStore
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from tests.agent.shared import Clock, assert_valid, settings, until
from tests.scenarios.racing import Shared, answers, crash

HOURS = 3600.0


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ConversationStore]:
    """One store for all the workers of a test."""
    made = MemoryConversationStore() if request.param == "memory" else SqliteConversationStore(tmp_path / "file")
    yield made
    await made.close()


async def test_a_message_whose_worker_died_between_taking_it_and_answering_is_answered_when_it_comes_again(
    store: ConversationStore,
) -> None:
    """R1, R19: a message was noted as seen before its turn was sure, so its retry was dropped as a duplicate."""
    clock, first, second = Clock(), said("1"), said("2")
    model = ScriptedChatModel(["one", "two"])
    async with AsyncExitStack() as stack:
        dying, other = [
            await stack.enter_async_context(running(script, given={"conversations": Shared(store)}, clock=clock))
            for script in ([Say(gate=asyncio.Event())], model)
        ]
        await dying.offer(first)
        await dying.offer(second)  # refused the lease, as the first is being answered
        await crash(dying)
        clock.now += 31
        for message in (second, first, second):
            await other.offer(message)
        assert (await follow(other, second))[-1].text == "two"  # type: ignore[union-attr]
        assert answers(await other.transcript(SOMEWHERE)) == [("1", "one"), ("2", "two")]
    assert len(model.given) == 2


async def test_a_turn_that_outlives_its_lease_keeps_it_and_a_worker_that_stalls_loses_it(
    store: ConversationStore,
) -> None:
    """R3, R14: a lock was never renewed, so a second answer began beside the first, and both were written."""
    clock, message = Clock(), said("q")
    slow, quick = (Say(text=text, gate=asyncio.Event()) for text in ("too late", "taken over"))
    own = settings(turn__lease_seconds="1", turn__flush_seconds="0.05")
    stalling, model = Shared(store), ScriptedChatModel([quick])
    async with (
        running([slow], given={"conversations": stalling}, settings=own, clock=clock) as holder,
        running(model, given={"conversations": Shared(store)}, settings=own, clock=clock) as other,
    ):
        await holder.offer(message)
        for _ in range(3):
            renewed = len(stalling.written)
            clock.now += 0.9
            await until(lambda: len(stalling.written) > renewed)  # noqa: B023 - awaited within the round
            assert (await other.offer(message)).state == "running"
        assert model.given == []
        stalling.open.clear()
        assert slow.gate is not None
        assert quick.gate is not None
        slow.gate.set()
        clock.now += 1.1
        await other.offer(message)
        await until(lambda: bool(model.given))
        stalling.open.set()
        await until(lambda: not holder.turns.runs)  # it has woken up, and found the other at work
        quick.gate.set()
        for worker in (holder, other):
            assert (await follow(worker, message))[-1].text == "taken over"  # type: ignore[union-attr]
        assert answers(await other.transcript(SOMEWHERE)) == [("q", "taken over")]


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_message_that_comes_just_as_a_turn_ends_is_answered_without_another_one(
    store: ConversationStore, moment: str
) -> None:
    """R4: a message that was queued between the last look at the queue and the release of the lock waited for ever."""
    shared, late = Shared(store), said("late")
    async with running(["one", "two"], given={"conversations": shared}) as assistant:

        async def step_in(change: Change) -> None:
            if change.forget_events:  # the write that ends a turn
                shared.before = shared.after = None
                assert (await assistant.offer(late)).state == ("queued" if moment == "before" else "new")

        setattr(shared, moment, step_in)
        await assistant.offer(said("early"))
        await until(lambda: [turn.message.id for turn in shared.ended][1:] == [late.id])  # with nobody following
        assert answers(await assistant.transcript(SOMEWHERE)) == [("early", "one"), ("late", "two")]


async def test_two_messages_at_the_same_moment_on_two_machines_are_both_answered_in_order(
    store: ConversationStore,
) -> None:
    """R2, R8, R16: the second message was dropped, or both ran on one history and one vanished from it."""

    def answer(messages: Any) -> str:
        return f"{sum(message.type == 'human' for message in messages)} heard"

    async with AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(running([answer] * 4, given={"conversations": Shared(store)}))
            for _ in range(2)
        ]
        messages = [said(str(number)) for number in range(4)]
        await asyncio.gather(*(workers[number % 2].offer(message) for number, message in enumerate(messages)))
        for message in messages:
            await follow(workers[0], message)
        transcript = await workers[0].transcript(SOMEWHERE)
    assert [reply for _, reply in answers(transcript)] == ["1 heard", "2 heard", "3 heard", "4 heard"]
    assert sorted(turn.message.text for turn in transcript) == ["0", "1", "2", "3"]


async def test_a_message_that_is_replayed_hours_later_gets_its_stored_reply(store: ConversationStore) -> None:
    """R11, R18: after a reconnect an old message came again, was out of a short-lived cache of ids, and ran again."""
    clock, message = Clock(), said("q")
    async with running(["once"], given={"conversations": Shared(store)}, clock=clock) as before:
        await ask(before, message)
    clock.now += 30 * HOURS
    model = ScriptedChatModel([])
    async with running(model, given={"conversations": Shared(store)}, clock=clock) as after:
        assert (await after.offer(replace(message, received_at=clock.now))).state == "done"
        assert (await follow(after, message))[-1].text == "once"  # type: ignore[union-attr]
    assert model.given == []


async def test_what_an_interrupted_tool_says_late_reaches_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """R12, R13: what could not be cancelled held up the next message, or its late words were sent all the same."""
    monkeypatch.setattr(agent.turn, "UNWIND_SECONDS", 0.01)
    held, let_go, spoken = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @tool
    async def stubborn(context: ToolContext) -> ToolResult:
        """Hear no cancellation."""
        held.set()
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        context.emit(Status(text="from the dead"))
        spoken.set()
        return ToolResult(text="late")

    own = settings(turn__busy="interrupt")
    async with running([Call("stubborn"), "prompt"], tools=(stubborn,), settings=own) as assistant:
        first, second = said("1"), said("2")
        await assistant.offer(first)
        await held.wait()
        await assistant.offer(second)
        assert (await follow(assistant, second))[-1].text == "prompt"  # type: ignore[union-attr]
        heard = await follow(assistant, first)
        assert isinstance(heard[-1], Final)
        assert heard[-1].status == "stopped"
        assert [event.code for event in heard if isinstance(event, Warning)] == ["goes_on"], "nobody was told"
        let_go.set()
        await spoken.wait()
        assert await follow(assistant, first) == heard
        async with asyncio.timeout(60):
            again = await follow(assistant, first, after=heard[-1].seq)
        assert not any(isinstance(event, Status) for event in again)
        assert answers(await assistant.transcript(SOMEWHERE)) == [("1", ""), ("2", "prompt")]


@pytest.mark.parametrize("how", ["crash", "deadline"])
async def test_after_a_tool_was_cut_off_the_history_is_one_that_every_provider_takes(
    store: ConversationStore, how: str
) -> None:
    """R17: a cut left a tool call without a result, and the provider refused every later message."""
    clock, held = Clock(), asyncio.Event()

    @tool
    async def hang(context: ToolContext) -> ToolResult:
        """Hang."""
        held.set()
        await asyncio.Event().wait()
        return ToolResult()

    first = said("q", deadline=clock.now + 0.2 if how == "deadline" else None)
    model = ScriptedChatModel(["again", "next"] if how == "crash" else ["next"])
    async with (
        running([Call("hang")], tools=(hang,), given={"conversations": Shared(store)}, clock=clock) as cut_off,
        running(model, tools=(hang,), given={"conversations": Shared(store)}, clock=clock) as other,
    ):
        await cut_off.offer(first)
        await held.wait()
        if how == "crash":
            await crash(cut_off)
            clock.now += 31
            await other.offer(first)
        await follow(other, first)
        assert (await ask(other, "go on")).text == "next"
    for given in model.given:
        assert_valid(given.messages)


async def test_a_retry_on_another_machine_follows_the_running_turn_from_any_event_on(store: ConversationStore) -> None:
    """R20, R26: a retry or a reconnect that met another machine ran the message again, or heard nothing of it."""
    message = said("q")
    half = Say(text="Half of it. And the rest.", words=1, halt=asyncio.Event())
    own = settings(turn__flush_seconds="0.05")
    model = ScriptedChatModel([])
    async with (
        running([half], given={"conversations": Shared(store)}, settings=own) as one,
        running(model, given={"conversations": Shared(store)}, settings=own) as other,
    ):
        await one.offer(message)
        assert (await other.offer(message)).state == "running"
        elsewhere = other.events(SOMEWHERE, message.id, after=2)
        heard = [await anext(elsewhere)]
        assert half.halt is not None
        half.halt.set()
        heard += [event async for event in elsewhere]
    assert isinstance(heard[0], Delta)
    assert [event.seq for event in heard] == list(range(3, 3 + len(heard)))
    assert isinstance(heard[-1], Final)
    assert heard[-1].text == "Half of it. And the rest."
    assert model.given == []


async def test_a_message_that_reaches_us_minutes_late_is_answered(store: ConversationStore) -> None:
    """R21: a reply was tied to a short-lived right to speak that began when the message was sent, not with its turn."""
    clock = Clock()
    async with running(["here"], given={"conversations": Shared(store)}, clock=clock) as assistant:
        late = replace(said("q"), received_at=clock.now - 400)
        assert (await ask(assistant, late)).text == "here"


async def test_the_same_ids_in_two_places_are_two_messages(store: ConversationStore) -> None:
    """R30: conversation ids were glued together, so two organisations' threads shared one history."""
    places = [
        replace(SOMEWHERE, room="a/b", thread="c"),
        replace(SOMEWHERE, room="a", thread="b/c"),
        replace(SOMEWHERE, room="a%2Fb", thread="c"),
        replace(SOMEWHERE, tenant="other", room="a/b", thread="c"),
    ]
    model = ScriptedChatModel([str(number) for number in range(len(places))])
    async with running(model, given={"conversations": Shared(store)}) as assistant:
        for number, place in enumerate(places):
            await ask(assistant, said(f"for {number}", id="same", conversation=place))
        found = [answers(await assistant.transcript(place)) for place in places]
    assert found == [[(f"for {number}", str(number))] for number in range(len(places))]
    assert all(len(given.messages) == 2 for given in model.given)
