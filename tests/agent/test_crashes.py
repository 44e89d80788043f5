"""Workers that die, stall and come back, and stores that fail."""

import asyncio

import pytest

from stores.memory import MemoryConversationStore
from switchboard import (
    BackendError,
    Conversation,
    Failed,
    Receipt,
)
from switchboard.storage import Change
from switchboard.testing.models import Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from tests.agent.shared import Clock, until


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
        for task in dead.turns.tasks:
            task.cancel()
        await asyncio.wait(dead.turns.tasks)
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
            await until(lambda: bool(dead.turns.runs))
            for task in dead.turns.tasks:
                task.cancel()
            await asyncio.wait(dead.turns.tasks)
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
