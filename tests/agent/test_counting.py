"""No message goes missing unseen: what was offered is what was accepted, repeated, rejected or refused, and so on."""

import asyncio
import logging

import pytest

from agent.counting import Counts
from stores.memory import MemoryConversationStore
from switchboard import BadInput, Receipt
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from tests.agent.shared import settings
from tests.scenarios.racing import Shared, crash


def adds_up(counts: Counts, *, still_open: int = 0) -> bool:
    came = counts["accepted"] + counts["repeated"] + counts["rejected"] + counts["refused"]
    ended = counts["complete"] + counts["partial"] + counts["stopped"] + counts["failed"] + counts["steered"]
    began = counts["accepted"] + counts["taken_over"]
    return came == counts["offered"] and began == ended + counts["elsewhere"] + still_open


async def test_every_way_in_which_a_message_can_end_is_counted() -> None:
    halt = asyncio.Event()
    script = ["one", RuntimeError("broken"), Say(text="held", halt=halt), "late"]
    own = settings(turn__waiting="2")
    async with running(script, settings=own) as assistant:
        first = said("1")
        await ask(assistant, first)
        await assistant.offer(first)
        await ask(assistant, "2")
        with pytest.raises(BadInput):
            await assistant.offer(said(" "))
        await assistant.offer(held := said("3"))
        await assistant.offer(waiting := said("4"))
        await assistant.offer(said("5"))
        assert (await assistant.offer(said("6"))).state == "rejected"
        counts = assistant.counts
        assert adds_up(counts, still_open=3)
        await assistant.stop(SOMEWHERE, waiting.id)
        await assistant.stop(SOMEWHERE, held.id)
        halt.set()
        assert await ask(assistant, "late") is not None
        await assistant.confirm(first, Receipt(delivered=True))
        await assistant.confirm(first, Receipt(delivered=True))
        assert adds_up(counts)
        names = ("offered", "accepted", "repeated", "refused", "rejected", "stopped", "failed", "complete", "delivered")
        assert [counts[name] for name in names] == [9, 6, 1, 1, 1, 2, 1, 3, 1]  # type: ignore[index]


async def test_what_another_process_left_is_counted_where_it_ends() -> None:
    store = Shared(MemoryConversationStore())
    own = settings(turn__lease_seconds="1")
    message = said("1")
    async with running([Say(gate=asyncio.Event())], settings=own, given={"conversations": store}) as before:
        await before.offer(message)
        await crash(before)
        assert adds_up(before.counts, still_open=1)
    async with running(ScriptedChatModel(["found"]), settings=own, given={"conversations": store}) as after:
        await after.recover()
        await follow(after, message)
        assert adds_up(after.counts)
        assert (after.counts["taken_over"], after.counts["complete"]) == (1, 1)


async def test_the_counts_are_in_the_log_when_the_process_ends(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "switchboard.agent"):
        async with running([Call("unknown"), "one"]) as assistant:
            await ask(assistant, "1")
    assert "messages: 1 accepted, 1 offered, 1 partial" in caplog.text


def test_nothing_counted_is_nothing_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "switchboard.agent"):
        Counts().tell()
    assert caplog.text == ""
