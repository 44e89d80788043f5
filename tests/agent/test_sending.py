"""Sending: lanes, bounds, flushing and closing."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from agent import sending
from stores.memory import MemoryConversationStore
from switchboard import Message, Receipt
from switchboard.testing.channel import FakeChannel
from tests.agent.replies import BUSY, ROOM, Hanging, Post, Shaky, a_room, entries, failing, texts_of, turn_of
from tests.agent.shared import until


async def test_a_nudge_sends_what_is_due_at_once(post: Post) -> None:
    channel = FakeChannel()
    await post.reply("1", "2")
    post.sending(channel).nudge(ROOM)
    await until(lambda: len(channel.sent) == 2)
    assert channel.sent == [(ROOM, ("re 1",)), (ROOM, ("re 2",))]
    assert await post.made[0].flush(5)
    assert (await turn_of(post.store, ROOM, "2")).delivered
    assert await entries(post.store, ROOM) == ()


async def test_what_a_crash_left_is_found_without_a_nudge(post: Post) -> None:
    channel = FakeChannel()
    sender = post.sending(channel)
    sender.start()
    sender.start()
    await post.reply("1")
    await until(lambda: channel.sent != [])
    await post.reply("2")
    await until(lambda: len(channel.sent) == 2)


async def test_a_nudge_while_the_conversation_is_being_sent_to_is_not_forgotten(post: Post) -> None:
    channel = Hanging()
    sender = post.sending(channel)
    await post.reply("1")
    sender.nudge(ROOM)
    await until(lambda: channel.calls != [])
    await post.reply("2")
    sender.nudge(ROOM)
    channel.released.set()
    await until(lambda: texts_of(channel) == ["re 1", "re 2"])


async def test_a_process_does_not_overtake_itself_when_its_clock_leaps(post: Post) -> None:
    channel, other = Hanging(rooms=frozenset({"a"})), a_room("b")
    sender = post.sending(channel)
    await post.reply("1")
    await post.reply("1", where=other)
    sender.nudge(ROOM)
    await until(lambda: channel.calls != [])
    post.clock.now += 1_000
    sender.nudge(ROOM)
    sender.nudge(other)
    await until(lambda: texts_of(channel, other) == ["re 1"])
    assert channel.calls == [ROOM]


async def test_a_reply_of_another_channel_is_left_to_its_process(post: Post) -> None:
    sender, elsewhere = post.sending(FakeChannel()), a_room("a", channel="slack")
    await post.reply("1", where=elsewhere)
    sender.nudge(elsewhere)
    assert await sender.flush(5)
    assert len(await entries(post.store, elsewhere)) == 1


async def test_no_more_conversations_than_allowed_are_sent_to_at_a_time(post: Post) -> None:
    channel = Hanging()
    sender = post.sending(channel, parallel=2)
    rooms = [a_room(name) for name in "abcd"]
    for room in rooms:
        await post.reply("1", where=room)
        sender.nudge(room)
    await until(lambda: len(channel.calls) == 2)
    channel.released.set()
    await until(lambda: len(channel.sent) == 4)


async def test_a_hanging_conversation_does_not_stop_others_of_its_channel(post: Post) -> None:
    channel = Hanging(rooms=frozenset({"a"}))
    sender = post.sending(channel, parallel=2)
    for name in "abcdefgh":
        await post.reply("1", where=a_room(name))
    sender.start()
    await until(lambda: len(channel.sent) == 7)
    assert channel.calls == [ROOM]


@pytest.mark.parametrize("stubborn", [False, True])
async def test_a_send_that_hangs_is_bounded_and_tried_again(post: Post, stubborn: bool) -> None:
    channel = Hanging(stubborn=stubborn)
    sender = post.sending(channel, send_seconds=0.02)
    await post.reply("1")
    assert await sender.flush(5)
    (entry,) = await entries(post.store, ROOM)
    assert (entry.why, entry.attempts, entry.dead) == (sending.NO_RECEIPT, 1, False)
    channel.released.set()
    post.clock.now = entry.due_at
    assert await sender.flush(5)
    assert (await turn_of(post.store, ROOM, "1")).delivered


async def test_a_receipt_that_comes_as_time_runs_out_counts(post: Post) -> None:
    class Late(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return await FakeChannel.send(self, message, parts, again=again)
            raise AssertionError

    await post.reply("1")
    assert await post.sending(Late(), send_seconds=0.02).flush(5)
    assert (await turn_of(post.store, ROOM, "1")).delivered


async def test_a_flush_tries_everything_once_and_leaves_what_failed(post: Post) -> None:
    channel = failing(BUSY)
    sender = post.sending(channel)
    for name in "abc":
        await post.reply("1", where=a_room(name))
    assert await sender.flush(5)
    assert len(channel.sent) == 2
    assert await sender.flush(5)
    assert len(channel.sent) == 2


async def test_a_flush_sends_more_than_a_page(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PAGE", 2)
    channel = FakeChannel()
    for name in "abcde":
        await post.reply("1", where=a_room(name))
    assert await post.sending(channel).flush(5)
    assert len(channel.sent) == 5


async def test_a_flush_says_that_time_was_too_short_or_the_store_away(post: Post) -> None:
    post.store = Shaky()
    channel = Hanging()
    sender = post.sending(channel)
    await post.reply("1")
    assert not await sender.flush(0.02)
    channel.released.set()
    post.store.failures["outgoing"] = 1
    assert not await sender.flush(5)
    assert await sender.flush(5)


async def test_without_channels_there_is_nothing_to_flush(post: Post) -> None:
    assert await post.sending().flush(5)


async def test_closing_lets_what_is_being_sent_end(post: Post) -> None:
    channel = Hanging()
    sender = post.sending(channel)
    await post.reply("1", "2")
    sender.start()
    await until(lambda: channel.calls != [])
    closing = asyncio.create_task(sender.close())
    await asyncio.sleep(0)
    channel.released.set()
    await closing
    assert texts_of(channel) == ["re 1"]
    assert (await turn_of(post.store, ROOM, "1")).delivered
    sender.nudge(ROOM)
    assert [entry.attempts for entry in await entries(post.store, ROOM)] == [0]


async def test_closing_leaves_no_task_behind(post: Post) -> None:
    before = asyncio.all_tasks()
    sender = post.sending(Hanging())
    await post.reply("1")
    sender.start()
    await asyncio.sleep(0)
    sender.nudge(ROOM)
    await asyncio.sleep(0)
    await sender.close(0.0)
    await sender.close(0.0)
    assert asyncio.all_tasks() == before


async def test_a_reply_costs_two_reads_and_two_writes(post: Post) -> None:
    """Requests are paid for on DynamoDB, where a turn is to cost few of them."""
    calls: list[str] = []

    class Counting(MemoryConversationStore):
        async def read(self, *args: Any, **named: Any) -> Any:
            calls.append("read")
            return await super().read(*args, **named)

        async def commit(self, *args: Any) -> bool:
            calls.append("commit")
            return await super().commit(*args)

    post.store = Counting()
    await post.reply("1")
    calls.clear()
    channel = FakeChannel()
    post.sending(channel).nudge(ROOM)
    await until(lambda: channel.sent != [])
    assert await post.made[0].flush(5)
    assert calls == ["read", "read", "commit", "commit"]
