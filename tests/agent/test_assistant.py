"""A message's whole way through the assistant, on stores in memory and in a file."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from stores.memory import MemoryBlobStore, MemoryConversationStore
from switchboard import (
    Artifact,
    Attachment,
    BackendError,
    BadInput,
    Citation,
    Conversation,
    Delta,
    Failed,
    Final,
    MessageId,
    Receipt,
    Refused,
    Status,
    Tool,
    ToolContext,
    ToolFailed,
    ToolFinished,
    ToolResult,
    ToolRetry,
    ToolStarted,
    tool,
)
from switchboard.settings import Settings, load
from switchboard.storage import Change
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said

SECRET = "postgres://admin:hunter2@db"


@tool
async def find(context: ToolContext, *, query: str) -> ToolResult:
    """Find something."""
    context.emit(Status(text="Looking"))
    return ToolResult(citations=(Citation(title="A", source="a.pdf", page=1, quote=query),))


def settings(**tables: str) -> Settings:
    environ = {"SWITCHBOARD_TURN__DEADLINE_SECONDS": "20"}
    return load(None, environ | {f"SWITCHBOARD_{name.upper()}": value for name, value in tables.items()})


def failing(error: Exception) -> Tool:
    @tool(name="fail")
    async def fail(context: ToolContext) -> ToolResult:
        """Fail."""
        raise error

    return fail


def assert_valid(messages: tuple[BaseMessage, ...]) -> None:
    """Providers refuse a history in which a tool call has no result."""
    called = {str(call["id"]) for message in messages if isinstance(message, AIMessage) for call in message.tool_calls}
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    assert called <= answered


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


# One message, one answer


async def test_a_message_is_answered_with_numbered_events_and_its_source() -> None:
    async with running([Call("find", query="leave"), "Sixteen weeks [1]."], tools=(find,)) as assistant:
        message = said("How long?")
        assert (await assistant.offer(message)).state == "new"
        events = await follow(assistant, message)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kinds = [type(event) for event in events]
    assert kinds[:3] == [ToolStarted, Status, ToolFinished]
    assert kinds.index(Citation) < kinds.index(Delta)
    assert isinstance(events[-1], Final)
    assert events[-1].text == "Sixteen weeks [1]."


async def test_a_message_that_comes_again_during_and_after_its_turn_is_answered_once() -> None:
    gate = asyncio.Event()
    model = ScriptedChatModel([Say(text="once", gate=gate)])
    async with running(model) as assistant:
        message = said("hi", id="m")
        first = await assistant.offer(message)
        again = await assistant.offer(message)
        followers = [asyncio.create_task(follow(assistant, message)) for _ in range(3)]
        gate.set()
        seen = [await follower for follower in followers]
        after = await assistant.offer(message)
        assert [offer.state for offer in (first, again, after)] == ["new", "running", "done"]
        assert seen[0] == seen[1] == seen[2] == await follow(assistant, message)
        assert len(model.given) == 1


async def test_an_outcome_whose_log_is_gone_is_told_whole_from_any_number_on() -> None:
    conversations = MemoryConversationStore()
    async with running(
        [Call("find", query="q"), "It is so [1]."], tools=(find,), given={"conversations": conversations}
    ) as one:
        message = said("hi")
        await ask(one, message)
    async with running([], given={"conversations": conversations}) as other:
        events = await follow(other, message, after=40)
    assert [event.seq for event in events] == [41, 42, 43]
    assert [type(event) for event in events] == [ToolFinished, Citation, Final]


async def test_messages_of_one_conversation_are_answered_in_order() -> None:
    gate = asyncio.Event()
    model = ScriptedChatModel([Say(text="one", gate=gate), "two", "three"])
    async with running(model) as assistant:
        messages = [said(str(number)) for number in range(3)]
        offers = [await assistant.offer(message) for message in messages]
        assert [(offer.state, offer.ahead) for offer in offers] == [("new", 0), ("queued", 1), ("queued", 2)]
        gate.set()
        assert [(await follow(assistant, message))[-1].text for message in messages] == ["one", "two", "three"]  # type: ignore[union-attr]
        transcript = await assistant.transcript(SOMEWHERE)
    assert [(turn.message.text, turn.reply and turn.reply.text) for turn in transcript] == [
        ("0", "one"),
        ("1", "two"),
        ("2", "three"),
    ]


async def test_a_conversation_that_hangs_delays_no_other() -> None:
    def step(messages: Any) -> Any:
        return Say(gate=asyncio.Event()) if messages[-1].content == "hang" else "fine"

    async with running([step, step]) as assistant:
        await assistant.offer(said("hang"))
        elsewhere = replace(SOMEWHERE, thread="2")
        assert (await ask(assistant, said("hi", conversation=elsewhere))).text == "fine"
        for run in list(assistant._runs.values()):
            run.stop()


async def test_a_busy_conversation_can_turn_a_message_away() -> None:
    async with running([Say(gate=asyncio.Event())], settings=settings(turn__busy="reject")) as assistant:
        first = said("one")
        await assistant.offer(first)
        second = said("two")
        assert (await assistant.offer(second)).state == "rejected"
        await assistant.stop(SOMEWHERE, first.id)


async def test_a_new_message_can_interrupt_and_the_late_text_is_not_sent() -> None:
    model = ScriptedChatModel([Say(text="too late", gate=asyncio.Event()), "prompt"])
    async with running(model, settings=settings(turn__busy="interrupt")) as assistant:
        first, second = said("one"), said("two")
        await assistant.offer(first)
        await until(lambda: bool(model.given))
        await assistant.offer(second)
        interrupted, answered = await follow(assistant, first), await follow(assistant, second)
    assert isinstance(interrupted[-1], Final)
    assert (interrupted[-1].text, interrupted[-1].status) == ("", "stopped")
    assert isinstance(answered[-1], Final)
    assert answered[-1].text == "prompt"


# What the model is given


async def test_the_model_sees_earlier_turns_but_only_so_many() -> None:
    model = ScriptedChatModel(["a", "b", "c", "d"])
    async with running(model, settings=settings(turn__window_turns="2")) as assistant:
        for text in "1234":
            await ask(assistant, text)
    assert [message.content for message in model.given[-1].messages[1:]] == ["2", "b", "3", "c", "4"]


async def test_the_model_reads_the_names_of_attached_files() -> None:
    model = ScriptedChatModel(["read"])
    async with running(model) as assistant:
        digest = await upload(assistant.blobs, b"x")
        attachment = Attachment(name="a\nb.pdf", media_type="application/pdf", size=1, digest=digest)
        await ask(assistant, said("sum this up", attachments=(attachment,)))
    assert model.given[0].messages[-1].content == "sum this up\n[attached: a b.pdf]"


async def test_a_tool_reaches_the_files_of_earlier_messages() -> None:
    seen: list[tuple[str, bytes]] = []

    @tool
    async def look(context: ToolContext) -> ToolResult:
        """Look at the files."""
        seen.extend([(file.name, await context.read(file)) for file in context.attachments])
        return ToolResult(text="ok")

    async with running(["got it", Call("look"), "done"], tools=(look,)) as assistant:
        digest = await upload(assistant.blobs, b"bytes")
        attachment = Attachment(name="a.txt", media_type="", size=0, digest=digest)
        await ask(assistant, said("here", attachments=(attachment,)))
        await ask(assistant, "now look")
    assert seen == [("a.txt", b"bytes")]


async def test_citations_of_several_calls_are_numbered_through() -> None:
    script = [
        Say(calls=(Call("find", query="a"), Call("find", query="b"))),
        Call("find", query="c"),
        "x [3] y [1] z [9]",
    ]
    model = ScriptedChatModel(script)
    async with running(model, tools=(find,)) as assistant:
        reply = await ask(assistant, "q")
    assert [(citation.number, citation.quote) for citation in reply.citations] == [(1, "a"), (3, "c")]
    assert reply.text == "x [3] y [1] z"
    assert '<passage id="3"' in str(model.given[2].messages[-1].content)


async def test_a_marker_that_is_split_over_chunks_still_brings_its_source() -> None:
    async with running([Call("find", query="a"), Say(text="so [1] it", words=1)], tools=(find,)) as assistant:
        assert len((await ask(assistant, "q")).citations) == 1


async def test_a_model_that_never_stops_calling_is_made_to_answer() -> None:
    model = ScriptedChatModel([Call("find", query=str(number)) for number in range(2)] + ["enough"])  # type: ignore[arg-type]
    async with running(model, tools=(find,), settings=settings(turn__max_steps="2")) as assistant:
        assert (await ask(assistant, "q")).text == "enough"
    assert model.given[-1].tools == ()


# Tools that fail


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ToolRetry("name a year"), "Call fail again: name a year"),
        (ToolFailed("The scale is broken. Use another."), "The scale is broken. Use another."),
        (Refused("You may not see that.", policy="access"), "You may not see that."),
        (BackendError(service="kendra", operation="Retrieve", code="ThrottlingException"), "not available right now"),
        (RuntimeError(SECRET), "fail failed. (Incident "),
        (TimeoutError(SECRET), "did not end within"),
    ],
)
async def test_a_failure_is_told_to_the_model_in_safe_words(error: Exception, told: str) -> None:
    model = ScriptedChatModel([Call("fail"), "Sorry."])
    async with running(model, tools=(failing(error),)) as assistant:
        reply = await ask(assistant, "q")
    result = model.given[1].messages[-1]
    assert isinstance(result, ToolMessage)
    assert result.status == "error"
    assert told in str(result.content)
    assert SECRET not in str(result.content)
    assert (reply.text, reply.status, reply.tools[0].status) == ("Sorry.", "partial", "failed")


async def test_a_tool_that_hangs_ends_at_its_deadline() -> None:
    @tool(deadline=0.01)
    async def hang(context: ToolContext) -> ToolResult:
        """Hang."""
        await asyncio.Event().wait()
        return ToolResult()

    model = ScriptedChatModel([Call("hang"), "It took too long."])
    async with running(model, tools=(hang,)) as assistant:
        reply = await ask(assistant, "q")
    assert reply.tools[0].status == "failed"
    assert "did not end within" in str(model.given[1].messages[-1].content)


async def test_a_call_of_no_tool_or_with_wrong_arguments_can_be_mended() -> None:
    model = ScriptedChatModel([Call("dig"), Call("find", depth=3), Call("find", query="q"), "found"])
    async with running(model, tools=(find,)) as assistant:
        reply = await ask(assistant, "q")
    assert "no tool called dig" in str(model.given[1].messages[-1].content)
    assert "query" in str(model.given[2].messages[-1].content)
    assert reply.text == "found"


async def test_a_partial_result_can_not_be_called_done() -> None:
    @tool
    async def half(context: ToolContext) -> ToolResult:
        """Do half."""
        artifact = Artifact(name="a", media_type="b", size=1, digest="c")
        return ToolResult(text="half", status="partial", missing=("page 7 is blank",), artifacts=(artifact,))

    async with running([Call("half"), "All done!"], tools=(half,)) as assistant:
        reply = await ask(assistant, "q")
    assert (reply.status, reply.warnings[0].text) == ("partial", "This is incomplete: page 7 is blank.")
    assert reply.tools[0].missing == ("page 7 is blank",)
    assert len(reply.artifacts) == 1


# Stop, deadlines and failures of the turn


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
    clock = Clock()
    script = [Say(gate=asyncio.Event()), Say(text="Part one", halt=asyncio.Event()), "next"]
    async with running(script, clock=clock) as assistant:
        silent = await ask(assistant, said("q", deadline=clock.now + 0.01))
        assert silent.status == "failed"
        assert "ask for less" in silent.text
        assert silent.incident in silent.text
        halfway = await ask(assistant, said("q", deadline=clock.now + 0.05))
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


# What is refused before a turn


@pytest.mark.parametrize(
    ("text", "says", "status"),
    [("", "empty", 400), (" \n\t", "empty", 400), ("x" * 1_000_000, "Send it as a file", 413)],
)
async def test_a_message_that_can_not_be_answered_is_refused_with_a_sentence(text: str, says: str, status: int) -> None:
    async with running([]) as assistant:
        with pytest.raises(BadInput) as caught:
            await assistant.offer(said(text))
        assert says in caught.value.user_text
        assert caught.value.status == status
        assert await assistant.transcript(SOMEWHERE) == []


async def test_an_attachment_of_another_conversation_is_not_there() -> None:
    async with running([]) as assistant:
        digest = await upload(assistant.blobs, b"x", owner=replace(SOMEWHERE, thread="other"))
        with pytest.raises(BadInput, match=r"a\.txt did not arrive"):
            await assistant.offer(
                said("q", attachments=(Attachment(name="a.txt", media_type="", size=0, digest=digest),))
            )


async def test_too_many_attachments_are_refused() -> None:
    async with running([], settings=settings(limits__attachments="0")) as assistant:
        attachment = Attachment(name="a", media_type="", size=0, digest="d")
        with pytest.raises(BadInput, match="the limit is 0"):
            await assistant.offer(said("q", attachments=(attachment,)))


async def test_an_unknown_message_can_not_be_followed() -> None:
    async with running([]) as assistant:
        with pytest.raises(BadInput, match="not known"):
            await follow(assistant, said("q"))


# Crashes and take-overs


async def test_another_worker_takes_over_when_the_lease_runs_out_and_the_first_writes_nothing() -> None:
    conversations, clock = MemoryConversationStore(), Clock()
    stuck = Say(text="from the dead", gate=asyncio.Event())
    async with (
        running([stuck], given={"conversations": conversations}, clock=clock) as dead,
        running(["alive"], given={"conversations": conversations}, clock=clock) as other,
    ):
        message = said("q")
        await dead.offer(message)
        assert (await other.offer(message)).state == "running"
        clock.now += 31
        assert (await follow(other, message))[-1].text == "alive"  # type: ignore[union-attr]
        assert stuck.gate is not None
        stuck.gate.set()
        assert (await follow(dead, message))[-1].text == "alive"  # type: ignore[union-attr]
        (turn,) = await other.transcript(SOMEWHERE)
        assert turn.reply is not None
        assert (turn.attempts, turn.reply.text) == (2, "alive")


async def test_after_a_crash_what_was_left_is_taken_up_in_order() -> None:
    conversations, clock = MemoryConversationStore(), Clock()
    first, second = said("1"), said("2")
    async with running([Say(gate=asyncio.Event())], given={"conversations": conversations}, clock=clock) as dead:
        await dead.offer(first)
        await dead.offer(second)
        for task in dead._tasks:
            task.cancel()
        await asyncio.wait(dead._tasks)
    clock.now += 31
    model = ScriptedChatModel(["one", "two"])
    async with running(model, given={"conversations": conversations}, clock=clock) as fresh:
        assert await fresh.recover() == 1
        assert (await follow(fresh, second))[-1].text == "two"  # type: ignore[union-attr]
        assert (await follow(fresh, first))[-1].text == "one"  # type: ignore[union-attr]
        assert await fresh.recover() == 0


async def test_a_message_over_which_workers_die_is_given_up_honestly() -> None:
    conversations, clock = MemoryConversationStore(), Clock()
    message = said("poison")
    for _ in range(3):
        async with running([Say(gate=asyncio.Event())], given={"conversations": conversations}, clock=clock) as dead:
            await dead.offer(message)
            await dead.recover()
            await until(lambda: bool(dead._runs))
            for task in dead._tasks:
                task.cancel()
            await asyncio.wait(dead._tasks)
        clock.now += 31
    async with running([], given={"conversations": conversations}, clock=clock) as last:
        await last.offer(message)
        outcome = (await follow(last, message))[-1]
    assert isinstance(outcome, Failed)
    assert "I tried 3 times" in outcome.text


class Flaky(MemoryConversationStore):
    """Loses the race for the version on every second write, and is full when told."""

    full = False
    _count = 0

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        if self.full:
            raise BackendError(service="conversations", operation="commit", code="full")
        self._count += 1
        if self._count % 2:
            return False
        return await super().commit(conversation, change)


async def test_a_lost_race_for_the_version_is_tried_again() -> None:
    async with running(["yes"], given={"conversations": Flaky()}) as assistant:
        message = said("q")
        assert (await ask(assistant, message)).text == "yes"
        await assistant.confirm(message, Receipt(delivered=True))
        (turn,) = await assistant.transcript(SOMEWHERE)
        assert turn.delivered


async def test_a_store_that_is_full_refuses_the_message_instead_of_losing_it() -> None:
    store = Flaky()
    async with running(["yes"], given={"conversations": store}) as assistant:
        store.full = True
        message = said("q")
        with pytest.raises(BackendError):
            await assistant.offer(message)
        store.full = False
        assert (await ask(assistant, message)).text == "yes"


async def test_a_reply_that_was_not_delivered_stays_so() -> None:
    async with running(["yes"]) as assistant:
        message = said("q")
        await ask(assistant, message)
        await assistant.confirm(message, Receipt(delivered=False, why="gone"))
        (turn,) = await assistant.transcript(SOMEWHERE)
        assert not turn.delivered


async def test_a_turn_in_a_file_is_the_same_turn(tmp_path: Path) -> None:
    from stores import sqlite_conversations
    from switchboard.plugins import Setup

    own = settings(data_dir=str(tmp_path))
    store = sqlite_conversations(Setup(own), "sqlite")
    async with running(
        [Call("find", query="q"), "It [1]."], tools=(find,), given={"conversations": store}
    ) as assistant:
        reply = await ask(assistant, "q")
        assert reply.text == "It [1]."
        (listed,) = await assistant.conversations(said("").principal, tenant="local")
        assert (listed.turns, listed.first_text) == (1, "q")


async def upload(blobs: MemoryBlobStore | Any, data: bytes, owner: Conversation = SOMEWHERE) -> str:
    async def chunks() -> Any:
        yield data

    blob = await blobs.put(chunks(), owner=owner.key, name="a.txt", limit=100)
    return str(blob.digest)


async def test_nothing_is_taken_while_closing() -> None:
    async with running([]) as assistant:
        await assistant.close()
        with pytest.raises(BadInput, match="shutting down"):
            await assistant.offer(said("q"))
        assert MessageId("x") is not None
