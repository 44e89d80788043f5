"""A message's whole way through the assistant: answered once, in order, followed by anybody."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stores.memory import MemoryConversationStore
from switchboard import (
    Attachment,
    BadInput,
    Citation,
    Delta,
    Final,
    Receipt,
    Status,
    ToolFinished,
    ToolStarted,
)
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from tests.agent.shared import find, settings, until, upload


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
        for run in list(assistant.turns.runs.values()):
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


async def test_nothing_is_taken_while_closing() -> None:
    async with running([]) as assistant:
        await assistant.close()
        with pytest.raises(BadInput, match="shutting down"):
            await assistant.offer(said("q"))
