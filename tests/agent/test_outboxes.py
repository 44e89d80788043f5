"""The outboxes of a store: what happens when somebody else writes first, and what the operator does."""

from collections.abc import Callable
from typing import Any

import pytest

from agent import outbox
from agent.outboxes import HOLD_MARGIN, Outboxes
from stores.memory import MemoryConversationStore
from switchboard import Conversation, MessageId, Receipt
from switchboard.settings import load
from switchboard.storage import Change
from tests.agent.replies import ROOM, entries, sending_settings, store_reply
from tests.agent.shared import Clock

GONE = Receipt(delivered=False, why="gone")


class Contended(MemoryConversationStore):
    """A store in which somebody else writes something, once, just before the next change."""

    meanwhile: Callable[[Any], Any] | None = None

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            await act(self)
        return await super().commit(conversation, change)


@pytest.fixture
def store() -> Contended:
    return Contended()


def outboxes_on(store: MemoryConversationStore, clock: Clock) -> Outboxes:
    return Outboxes(conversations=store, settings=sending_settings(), clock=clock, jitter=lambda: 0.5)


async def test_of_two_that_take_the_same_reply_one_gets_it(store: Contended) -> None:
    clock = Clock()
    ours, theirs = outboxes_on(store, clock), outboxes_on(store, clock)
    await store_reply(store, ROOM, "1")
    store.meanwhile = lambda _: theirs.take(ROOM)
    assert await ours.take(ROOM) is None
    assert [entry.attempts for entry in await entries(store, ROOM)] == [1]


async def test_of_two_that_give_a_reply_up_one_tells_the_operator(
    store: Contended, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    ours, theirs = outboxes_on(store, clock), outboxes_on(store, clock)
    await store_reply(store, ROOM, "1")
    await ours.take(ROOM)
    clock.now += 100_000
    store.meanwhile = lambda _: theirs.take(ROOM)
    assert await ours.take(ROOM) is None
    assert (await entries(store, ROOM))[0].why == outbox.LOST
    assert len(caplog.records) == 1


async def test_a_message_that_comes_while_a_failure_is_noted_is_not_lost(store: Contended) -> None:
    outboxes = outboxes_on(store, Clock())
    await store_reply(store, ROOM, "1")
    taken = await outboxes.take(ROOM)
    assert taken is not None
    store.meanwhile = lambda same: store_reply(same, ROOM, "2")
    await outboxes.note(taken, GONE)
    assert [(entry.message_id, entry.dead) for entry in await entries(store, ROOM)] == [("1", True), ("2", False)]


async def test_a_reply_is_held_for_longer_than_sending_may_take_even_by_a_clock_that_is_fast() -> None:
    store, clock = MemoryConversationStore(), Clock()
    given = {"SWITCHBOARD_OUTBOX__SEND_SECONDS": "10", "SWITCHBOARD_TURN__CLOCK_SKEW_SECONDS": "30"}
    outboxes = Outboxes(conversations=store, settings=load(None, given), clock=clock)
    await store_reply(store, ROOM, "1")
    taken = await outboxes.take(ROOM)
    assert taken is not None
    assert taken.outgoing.due_at == clock.now + 10 + HOLD_MARGIN + 30


async def test_the_operator_is_told_how_many_replies_that_concerns() -> None:
    store, clock = MemoryConversationStore(), Clock()
    outboxes = outboxes_on(store, clock)
    assert (await outboxes.retry(ROOM), await outboxes.discard(ROOM)) == (0, 0)
    for name in "123":
        await store_reply(store, ROOM, name)
    for _ in range(2):
        taken = await outboxes.take(ROOM)
        assert taken is not None
        await outboxes.note(taken, GONE)
    clock.now += 1
    assert await outboxes.retry(ROOM) == 2
    assert await outboxes.discard(ROOM) == 3
    assert await outboxes.discard(ROOM) == 0


@pytest.mark.parametrize("by_itself", [False, True])
async def test_what_is_kept_for_whoever_comes_back_is_no_dead_letter(
    store: Contended, caplog: pytest.LogCaptureFixture, by_itself: bool
) -> None:
    outboxes = outboxes_on(store, Clock())
    await store_reply(store, ROOM, "1")
    kept = Receipt(delivered=False, kept=True, why="the window is closed")
    if by_itself:
        turn = await store.turn(ROOM, MessageId("1"))
        assert turn is not None
        await outboxes.confirm(turn.message, kept)
    else:
        taken = await outboxes.take(ROOM)
        assert taken is not None
        await outboxes.note(taken, kept)
    after = await store.turn(ROOM, MessageId("1"))
    assert after is not None
    assert (await entries(store, ROOM), after.delivered, caplog.records) == ((), False, [])
