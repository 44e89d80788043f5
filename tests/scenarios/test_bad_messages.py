"""What messages that no honest client sends, and stores in trouble, come to: a defined end, and no message lost."""

import asyncio
import gc
import logging
import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from random import Random

import pytest
from langchain_core.messages import BaseMessage, HumanMessage

import agent.turn
from agent.assistant import SwitchboardAssistant
from stores.dynamodb import DynamoConversationStore
from stores.memory import MemoryConversationStore
from stores.sqlite import SqliteConversationStore
from switchboard import BadInput, Final, Message, MessageId, Receipt
from switchboard.errors import BackendError
from switchboard.storage import ConversationStore
from switchboard.testing.models import Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, follow, running, said
from tests.agent.shared import Clock, settings, until
from tests.aws import a_world
from tests.scenarios.failing import FULL, RACE_LOST, THROTTLED, TIMED_OUT, Failing, Trouble
from tests.scenarios.racing import Shared, answers

ABSURD = [0.0, -1.0, -1e18, 1e18, math.inf, -math.inf, math.nan]
LEASE = 30.0


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ConversationStore]:
    """One store for all the workers of a test."""
    with a_world() as world:
        made: ConversationStore
        match request.param:
            case "memory":
                made = MemoryConversationStore()
            case "sqlite":
                made = SqliteConversationStore(tmp_path / "file")
            case _:
                made = DynamoConversationStore(world.table())
        yield made
        await made.close()


@pytest.mark.parametrize("moment", ABSURD)
async def test_a_message_that_came_at_no_possible_time_came_now(store: ConversationStore, moment: float) -> None:
    clock = Clock()
    async with running(["one", "two"], given={"conversations": Shared(store)}, clock=clock) as assistant:
        assert (await ask(assistant, replace(said("1"), received_at=moment))).text == "one"
        assert (await ask(assistant, "2")).text == "two"
        found = await assistant.transcript(SOMEWHERE)
        assert [turn.message.received_at for turn in found] == [clock.now, clock.now]
        assert answers(found) == [("1", "one"), ("2", "two")]
        clock.now += 10
        assert await assistant.forget_unused(clock.now) == 1, "it would be kept for ever"


async def test_a_conversation_that_began_at_no_possible_time_is_not_forgotten_while_it_is_used(
    store: ConversationStore,
) -> None:
    clock, gate = Clock(), asyncio.Event()
    async with running([Say(text="one", gate=gate)], given={"conversations": Shared(store)}, clock=clock) as assistant:
        message = replace(said("1"), received_at=0.0)
        await assistant.offer(message)
        assert await assistant.forget_unused(clock.now - 1) == 0
        gate.set()
        assert isinstance((await follow(assistant, message))[-1], Final)


@pytest.mark.parametrize("deadline", ABSURD)
async def test_a_deadline_that_makes_no_sense_hurries_nobody(store: ConversationStore, deadline: float) -> None:
    async with running(["one", "two"], given={"conversations": Shared(store)}) as assistant:
        assert (await ask(assistant, said("1", deadline=deadline))).status == "complete"
        assert (await ask(assistant, "2")).text == "two"
        assert list(await assistant.jobs(SOMEWHERE)) == []


@pytest.mark.parametrize("id", ["x" * 10_000, "\ud800" * 4_000, "job:mine", "job:"])
async def test_an_id_that_is_too_long_or_not_ones_own_is_refused_and_nothing_kept(
    store: ConversationStore, id: str
) -> None:
    async with running(["one"], given={"conversations": Shared(store)}) as assistant:
        with pytest.raises(BadInput) as refused:
            await assistant.offer(said("1", id=id))
        assert refused.value.user_text.endswith(".")
        assert list(await assistant.transcript(SOMEWHERE)) == []
        assert (await ask(assistant, "2")).text == "one"


async def test_of_two_texts_under_one_id_the_first_is_kept_and_the_log_says_so(
    store: ConversationStore, caplog: pytest.LogCaptureFixture
) -> None:
    first = said("transfer 10 euros")
    async with running(["done"], given={"conversations": Shared(store)}) as assistant:
        await ask(assistant, first)
        again = replace(first, text="transfer 10,000 euros")
        assert (await assistant.offer(again)).state == "done"
        assert (await follow(assistant, again))[-1].text == "done"  # type: ignore[union-attr]
        assert answers(await assistant.transcript(SOMEWHERE)) == [("transfer 10 euros", "done")]
    (warning,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warning == "a message came again with another text: the first is kept"


async def test_a_stop_for_a_turn_that_has_ended_or_never_was_changes_nothing(store: ConversationStore) -> None:
    shared, message = Shared(store), said("1")
    async with running(["one", "two"], given={"conversations": shared}) as assistant:
        await ask(assistant, message)
        written = len(shared.written)
        assert not await assistant.stop(SOMEWHERE, message.id)
        assert not await assistant.stop(SOMEWHERE, MessageId("never heard of"))
        assert len(shared.written) == written
        assert (await ask(assistant, "2")).status == "complete"


@pytest.mark.parametrize("receipt", [Receipt(delivered=True), Receipt(delivered=False, why="no such room")])
async def test_a_receipt_for_an_unknown_reply_changes_nothing(store: ConversationStore, receipt: Receipt) -> None:
    shared = Shared(store)
    async with running(["one"], given={"conversations": shared}) as assistant:
        await ask(assistant, "1")
        written = len(shared.written)
        await assistant.confirm(said("?", id="never heard of"), receipt)
        assert len(shared.written) == written


async def test_a_receipt_that_comes_before_the_reply_changes_nothing(store: ConversationStore) -> None:
    shared, message = Shared(store), said("1")
    async with running(["one"], given={"conversations": shared}) as assistant:
        await assistant.offer(message)
        await assistant.confirm(message, Receipt(delivered=True))
        await follow(assistant, message)
        (turn,) = await assistant.transcript(SOMEWHERE)
        assert not turn.delivered
        await assistant.confirm(message, Receipt(delivered=True))
        (turn,) = await assistant.transcript(SOMEWHERE)
        assert turn.delivered


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("trouble", [THROTTLED, TIMED_OUT, FULL, RACE_LOST], ids=lambda trouble: trouble.code or "race")
async def test_a_store_in_trouble_loses_no_message_and_doubles_no_answer(
    store: ConversationStore,
    trouble: Trouble,
    seed: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent.turn, "STORE_PAUSES", (0.0,))
    clock, failing = Clock(), Failing(store, trouble, Random(seed))
    messages = [said(f"{number}", conversation=replace(SOMEWHERE, room=f"{number % 3}")) for number in range(12)]
    own = settings(turn__lease_seconds=f"{LEASE:g}", turn__attempts="20")
    async with running(answering(), given={"conversations": failing}, settings=own, clock=clock) as assistant:
        async with failing.in_trouble():
            taken = [message for message in messages if await is_taken(assistant, message)]
            await until(lambda: not assistant.turns.tasks)
        assert failing.failed
        await take_over(assistant, clock)
        assert await answered(assistant, messages) >= {message.id for message in taken}, "a message was lost"
        for message in messages:
            await assistant.offer(message)
            await follow(assistant, message)
        assert await answered(assistant, messages) == {message.id for message in messages}
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == [], "a failure was unheard"


def answering() -> ScriptedChatModel:
    """A model that names what it answers."""

    def answer(messages: list[BaseMessage]) -> str:
        return f"Re {next(message.text for message in reversed(messages) if isinstance(message, HumanMessage))}"

    return ScriptedChatModel(repeat(answer))


async def is_taken(assistant: SwitchboardAssistant, message: Message) -> bool:
    """Whether the message is taken, offered as often as a patient platform does."""
    for _ in range(3):
        with suppress(BackendError):
            await assistant.offer(message)
            return True
    return False


async def take_over(assistant: SwitchboardAssistant, clock: Clock) -> None:
    """What the processes do that go on, or come after: they look for what was left, until there is nothing."""
    while True:
        clock.now += LEASE + 60
        left = await assistant.recover()
        await until(lambda: not assistant.turns.tasks)
        if not left:
            return


async def answered(assistant: SwitchboardAssistant, messages: list[Message]) -> set[MessageId]:
    """The messages that were answered, each once, with its own answer, in its own room, in order."""
    found: Counter[MessageId] = Counter()
    for place in {message.conversation for message in messages}:
        transcript = await assistant.transcript(place)
        assert [turn.number for turn in transcript] == list(range(len(transcript)))
        for turn in transcript:
            assert turn.message.conversation == place
            assert turn.reply is not None
            assert (turn.reply.text, turn.reply.status) == (f"Re {turn.message.text}", "complete")
            found[turn.message.id] += 1
    assert set(found.values()) <= {1}
    return set(found)
