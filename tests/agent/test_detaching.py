"""A turn that its channel can't wait for: a handle now, the answer later, once, on the same conversation."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

import agent.turns
from agent import texts
from agent.assistant import SwitchboardAssistant
from agent.detaching import job_of
from stores.memory import MemoryConversationStore, MemoryJobStore
from switchboard import (
    BadInput,
    Citation,
    Delta,
    Message,
    MessageId,
    Reply,
    Status,
    ToolContext,
    ToolResult,
    tool,
)
from switchboard.reply import fold
from switchboard.storage import Job
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from switchboard.tools import Tool
from tests.agent.shared import Clock, assert_valid, settings
from tests.scenarios.racing import Shared, crash

SOON = 0.05


def slow_tool() -> tuple[Tool, asyncio.Event, list[str]]:
    """A tool that cites something once it may, and notes each of its calls."""
    may_end, calls = asyncio.Event(), []

    @tool
    async def slow(context: ToolContext) -> ToolResult:
        """Take your time."""
        calls.append(context.call_id)
        context.emit(Status(text="Halfway", done=1, total=2))
        await may_end.wait()
        return ToolResult(citations=(Citation(title="A", source="a.pdf", page=7, quote="seven"),))

    return slow, may_end, calls


def hurried(clock: Clock, text: str = "q", **more: Any) -> Message:
    return said(text, deadline=clock.now + SOON, **more)


async def result_of(assistant: SwitchboardAssistant, message: Message) -> tuple[MessageId, Reply]:
    """The message that brings the job's result, and its reply."""
    news = [one async for one in assistant.watch_job(SOMEWHERE, job_of(message))]
    assert news[-1].result is not None
    events = [event async for event in assistant.events(SOMEWHERE, news[-1].result)]
    return news[-1].result, fold(events)


async def test_the_person_gets_a_handle_now_and_the_answer_later_on_the_same_conversation() -> None:
    clock = Clock()
    slow, may_end, calls = slow_tool()
    model = ScriptedChatModel([Call("slow"), "It is seven [1].", "next"])
    async with running(model, tools=(slow,), clock=clock) as assistant:
        message = hurried(clock)
        handle = await ask(assistant, message)
        assert handle.job is not None
        assert (handle.job.job_id, handle.job.text) == (job_of(message), texts.GOES_ON)
        assert handle.text == texts.GOES_ON
        may_end.set()
        name, result = await result_of(assistant, message)
        assert (result.text, result.status) == ("It is seven [1].", "complete")
        assert [(citation.number, citation.page) for citation in result.citations] == [(1, 7)]
        turns = await assistant.transcript(SOMEWHERE)
        assert [turn.message.id for turn in turns] == [message.id, name]
        assert turns[1].message.reply_to == message.id
        assert (turns[1].message.principal, turns[1].message.text) == (message.principal, "")
    assert len(calls) == 1
    assert len(model.given) == 2


async def test_meanwhile_the_conversation_goes_on_and_knows_of_both() -> None:
    clock = Clock()
    slow, may_end, _ = slow_tool()
    model = ScriptedChatModel([Call("slow"), "meanwhile", "It is seven [1].", "after"])
    async with running(model, tools=(slow,), clock=clock) as assistant:
        message = hurried(clock, "how many")
        await ask(assistant, message)
        assert (await ask(assistant, "and the weather")).text == "meanwhile"
        may_end.set()
        await result_of(assistant, message)
        assert (await ask(assistant, "thanks")).text == "after"
        window = model.given[-1].messages
        assert_valid(window)
        shown = [str(one.content) for one in window if isinstance(one, HumanMessage | AIMessage) and one.content]
        assert shown[-7:] == [
            "how many", texts.GOES_ON, "and the weather", "meanwhile", texts.RESULT_FOR_MODEL, "It is seven.", "thanks"
        ]  # fmt: skip


async def test_progress_of_the_work_is_told_to_whoever_watches() -> None:
    clock = Clock()
    slow, may_end, _ = slow_tool()
    async with running([Call("slow"), "done"], tools=(slow,), clock=clock) as assistant:
        message = hurried(clock)
        await ask(assistant, message)
        watched = assistant.watch_job(SOMEWHERE, job_of(message))
        assert (await anext(watched)).state == "running"
        may_end.set()
        assert [one async for one in watched][-1].state == "succeeded"


async def test_a_redelivery_gets_the_handle_and_starts_nothing() -> None:
    clock = Clock()
    slow, may_end, calls = slow_tool()
    async with running([Call("slow"), "done"], tools=(slow,), clock=clock) as assistant:
        message = hurried(clock)
        await ask(assistant, message)
        assert (await assistant.offer(message)).state == "done"
        assert (await follow(assistant, message))[-1].text == texts.GOES_ON  # type: ignore[union-attr]
        may_end.set()
        await result_of(assistant, message)
        assert (await assistant.offer(message)).state == "done"
        assert len(await assistant.transcript(SOMEWHERE)) == 2
    assert len(calls) == 1


async def test_an_answer_that_was_being_given_comes_whole() -> None:
    clock, halt = Clock(), asyncio.Event()
    async with running([Say(text="The first half.", halt=halt)], clock=clock) as assistant:
        message = hurried(clock)
        await assistant.offer(message)
        heard = await follow(assistant, message)
        assert any(isinstance(event, Delta) for event in heard)
        assert fold(heard).text == texts.GOES_ON
        halt.set()
        assert (await result_of(assistant, message))[1].text == "The first half."


async def test_a_deadline_that_has_passed_already_hurries_nobody() -> None:
    clock = Clock()
    async with running(["answer"], clock=clock) as assistant:
        assert (await ask(assistant, said("q", deadline=clock.now - 1))).text == "answer"


async def test_cancelling_the_work_stops_it_and_says_so_once() -> None:
    clock = Clock()
    slow, _, _ = slow_tool()
    async with running([Call("slow"), "next"], tools=(slow,), clock=clock) as assistant:
        message = hurried(clock)
        await ask(assistant, message)
        assert await assistant.cancel_job(SOMEWHERE, job_of(message))
        _, result = await result_of(assistant, message)
        assert result.status == "stopped"
        assert not await assistant.cancel_job(SOMEWHERE, job_of(message))
        assert (await ask(assistant, "still there?")).text == "next"


async def test_work_that_fails_says_so_with_an_incident() -> None:
    clock, gate = Clock(), asyncio.Event()
    own = settings(jobs__attempts="1")
    script = [Say(gate=gate, error=RuntimeError("secret"))]
    async with running(script, clock=clock, settings=own) as assistant:
        message = hurried(clock)
        await ask(assistant, message)
        gate.set()
        _, result = await result_of(assistant, message)
        assert (result.status, "secret" in result.text, bool(result.incident)) == ("failed", False, True)


async def test_a_function_that_is_frozen_hands_over_and_a_worker_goes_on_without_paying_twice() -> None:
    """The step under way is done again; the complete ones, with what they found, are not."""
    clock, jobs = Clock(), MemoryJobStore()
    store = Shared(MemoryConversationStore())
    slow, may_end, calls = slow_tool()
    may_end.set()
    given: Mapping[str, Any] = {"conversations": store, "jobs": jobs}
    message = hurried(clock)
    frozen = ScriptedChatModel([Call("slow"), Say(gate=asyncio.Event())])
    own = settings(turn__after_deadline="hand_over")
    async with running(frozen, tools=(slow,), clock=clock, given=given, settings=own) as function:
        assert (await ask(function, message)).text == texts.GOES_ON
        job = await jobs.get(job_of(message))
        assert job is not None
        assert job.state == "queued"
    worker = ScriptedChatModel(["It is seven [1]."])
    async with running(worker, tools=(slow,), clock=clock, given=given) as assistant:
        await assistant.working.run_once(job_of(message))
        _, result = await result_of(assistant, message)
        assert result.text == "It is seven [1]."
        assert [citation.page for citation in result.citations] == [7]
    assert len(calls) == 1
    assert len(worker.given) == 1
    assert_valid(worker.given[0].messages)


async def test_a_worker_takes_over_what_a_dead_process_was_at() -> None:
    clock, jobs = Clock(), MemoryJobStore()
    store = Shared(MemoryConversationStore())
    slow, may_end, calls = slow_tool()
    given: Mapping[str, Any] = {"conversations": store, "jobs": jobs}
    message = hurried(clock)
    async with running([Call("slow"), "lost"], tools=(slow,), clock=clock, given=given) as before:
        assert (await ask(before, message)).text == texts.GOES_ON
        await crash(before)
        for task in list(before.working._tasks):
            task.cancel()
        clock.now += 3_600
        may_end.set()
        async with running(["found"], tools=(slow,), clock=clock, given=given) as after:
            await after.working.run_once(job_of(message))
            assert (await result_of(after, message))[1].text == "found"
            assert len([turn for turn in await after.transcript(SOMEWHERE) if turn.message.job]) == 1
    assert len(calls) == 2, "the call under way when the process died is made again, the model's step before it is not"


async def test_a_process_that_dies_between_job_and_turn_leaves_one_answer() -> None:
    """The job is there, the turn is not detached: the turn is run again, and the job says nothing of its own."""
    clock, jobs = Clock(), MemoryJobStore()
    store = Shared(MemoryConversationStore())
    slow, may_end, _ = slow_tool()
    given: Mapping[str, Any] = {"conversations": store, "jobs": jobs}
    message = hurried(clock)
    async with running([Call("slow")], tools=(slow,), clock=clock, given=given) as before:
        written = jobs.create

        async def dies(job: Job) -> bool:
            await written(job)
            store.open.clear()
            raise asyncio.CancelledError

        jobs.create = dies  # type: ignore[method-assign]
        await before.offer(message)
        async with asyncio.timeout(5):
            while await jobs.get(job_of(message)) is None:
                await asyncio.sleep(0.01)
        await crash(before)
        jobs.create = written  # type: ignore[method-assign]
    store.open.set()
    clock.now += 3_600
    may_end.set()
    async with running(["in one go"], tools=(slow,), clock=clock, given=given) as after:
        await after.recover()
        assert (await follow(after, message))[-1].text == "in one go"  # type: ignore[union-attr]
        await after.working.drain()
        assert [turn.message.id for turn in await after.transcript(SOMEWHERE)] == [message.id]


async def test_the_job_of_another_conversation_is_as_unknown_as_one_that_never_was() -> None:
    clock = Clock()
    slow, may_end, _ = slow_tool()
    elsewhere = replace(SOMEWHERE, room="elsewhere")
    async with running([Call("slow"), "done"], tools=(slow,), clock=clock) as assistant:
        message = hurried(clock)
        await ask(assistant, message)
        for place, job_id in ((elsewhere, job_of(message)), (SOMEWHERE, "unknown")):
            with pytest.raises(BadInput, match="not known"):
                await anext(assistant.watch_job(place, job_id))
            assert not await assistant.cancel_job(place, job_id)
        may_end.set()
        await result_of(assistant, message)


async def test_nobody_can_send_a_message_that_passes_for_a_result() -> None:
    async with running([]) as assistant:
        with pytest.raises(BadInput, match="id is not allowed"):
            await assistant.offer(said("mine", id=f"job:{'0' * 32}:1"))
        assert await assistant.transcript(SOMEWHERE) == []


async def test_a_server_that_is_shut_down_hands_its_turns_over_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent.turns, "GRACE_SECONDS", 0.05)
    clock, jobs, store = Clock(), MemoryJobStore(), Shared(MemoryConversationStore())
    slow, may_end, calls = slow_tool()
    may_end.set()
    given: Mapping[str, Any] = {"conversations": store, "jobs": jobs}
    message = said("q")
    async with running([Call("slow"), Say(gate=asyncio.Event())], tools=(slow,), clock=clock, given=given) as old:
        await old.offer(message)
        async with asyncio.timeout(5):
            while not calls:
                await asyncio.sleep(0.01)
        await old.close(hand_over=True)
    async with running(["It is seven [1]."], tools=(slow,), clock=clock, given=given) as new:
        assert (await follow(new, message))[-1].text == texts.GOES_ON  # type: ignore[union-attr]
        await new.working.drain()
        assert (await result_of(new, message))[1].text == "It is seven [1]."
    assert len(calls) == 1
