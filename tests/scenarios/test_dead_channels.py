"""Replies and platforms that do not take them: nothing is lost, nobody else waits, and a crash costs no order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import chain, repeat
from pathlib import Path

import pytest

from agent.outboxes import Outboxes
from stores.memory import MemoryConversationStore
from stores.sqlite import SqliteConversationStore
from switchboard import DeliveryFailed, Message, Receipt
from switchboard.testing.channel import DELIVERED, FakeChannel
from tests.agent.replies import ROOM, Hanging, Post, a_room, entries, sending_settings, texts_of, turn_of
from tests.agent.shared import until

GONE = Receipt(delivered=False, why="not_in_channel")


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Post]:
    in_memory = request.param == "memory"
    world = Post(MemoryConversationStore() if in_memory else SqliteConversationStore(tmp_path / "store.sqlite"))
    yield world
    await world.close()


async def test_a_reply_that_was_composed_and_never_posted_is_seen_and_posted_when_asked_for(world: Post) -> None:
    """R9: the send fails for good after the model finished."""
    channel = FakeChannel(receipts=chain([GONE], repeat(DELIVERED)))
    process = world.sending(channel)
    await world.reply("1")
    await process.flush(5)
    (entry,) = await entries(world.store, ROOM)
    turn = await turn_of(world.store, ROOM, "1")
    assert (entry.dead, entry.why, turn.delivered) == (True, "not_in_channel", False)
    assert turn.reply is not None
    world.clock.now += 1_000_000
    await process.flush(5)
    assert channel.sent == []
    outboxes = Outboxes(conversations=world.store, settings=sending_settings(), clock=world.clock)
    assert await outboxes.retry(ROOM) == 1
    await process.flush(5)
    assert texts_of(channel) == ["re 1"]
    assert (await turn_of(world.store, ROOM, "1")).delivered


async def test_an_outage_ends_in_a_dead_letter_only_after_the_time_that_is_set(world: Post) -> None:
    down = DeliveryFailed(channel="fake", why="503", retryable=True)
    process = world.sending(FakeChannel(receipts=repeat(down)), give_up_seconds=3_600.0)
    await world.reply("1")
    began = world.clock.now
    while not (await entries(world.store, ROOM))[0].dead:
        await world.until_due()
        await process.flush(5)
    (entry,) = await entries(world.store, ROOM)
    assert 3_600 <= world.clock.now - began <= 3_600 + 600
    assert entry.attempts > 10


async def test_a_dead_and_a_hanging_channel_delay_no_other(world: Post) -> None:
    """R28: one channel's send hangs, another's fails, for as long as one looks."""
    hanging = Hanging(name="hanging")
    failing = FakeChannel(name="failing", receipts=repeat(DeliveryFailed(channel="failing", why="503", retryable=True)))
    well = FakeChannel(name="well")
    world.sending(hanging, failing, well, parallel=2).start()
    for room in "abcdef":
        for channel in (hanging, failing, well):
            await world.reply("1", "2", where=a_room(room, channel=channel.name))
    await until(lambda: len(well.sent) == 12)
    assert len(hanging.calls) == 2
    for room in "abcdef":
        assert texts_of(well, a_room(room, channel="well")) == ["re 1", "re 2"]


async def test_a_reply_without_a_live_target_waits_and_nobody_else_sees_it(world: Post) -> None:
    """R29: other sockets are open, the one that asked is not."""
    absent = Receipt(delivered=False, why="nobody is connected", retry_after=0.0)
    present = {"b", "c"}

    class Sockets(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
            if message.conversation.room not in present:
                return absent
            return await FakeChannel.send(self, message, parts, again=again)

    channel = Sockets()
    process = world.sending(channel)
    await world.reply("1")
    for _ in range(3):
        await process.flush(5)
        await world.until_due()
    assert channel.sent == []
    present.add("a")
    await process.flush(5)
    assert channel.sent == [(ROOM, ("re 1",))]


async def test_a_platform_that_asks_for_time_is_given_it_by_every_process(world: Post) -> None:
    calls: list[float] = []

    class Limited(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
            calls.append(world.clock.now)
            return DELIVERED if again else Receipt(delivered=False, why="429", retry_after=120.0)

    processes = [world.sending(Limited()) for _ in range(2)]
    await world.reply("1")
    for _ in range(150):
        for process in processes:
            await process.flush(5)
        world.clock.now += 1.0
    assert len(calls) == 2
    assert 120.0 <= calls[1] - calls[0] < 121.5


async def die_sending(world: Post, platform: FakeChannel, *, after: bool) -> None:
    """A process takes the first reply, and is gone without another word, before or after the platform has it."""
    outboxes = Outboxes(conversations=world.store, settings=sending_settings(), clock=world.clock)
    taken = await outboxes.take(ROOM)
    assert taken is not None
    turn = taken.snapshot.turn
    assert turn is not None
    assert turn.reply is not None
    if after:
        await platform.send(turn.message, platform.render(turn.reply), again=taken.outgoing.attempts > 1)


@pytest.mark.parametrize("after", [False, True], ids=["before the platform has it", "before the receipt is stored"])
async def test_what_a_killed_process_was_sending_is_sent_by_another_once_and_in_order(world: Post, after: bool) -> None:
    platform = FakeChannel()
    await world.reply("1", "2")
    await die_sending(world, platform, after=after)
    survivor = world.sending(platform)
    await survivor.flush(5)
    assert texts_of(platform) == ["re 1"] * after
    await world.until_due()
    await survivor.flush(5)
    assert texts_of(platform) == ["re 1", "re 2"]
    assert (await entries(world.store, ROOM)) == ()


async def test_what_is_stored_and_not_begun_to_be_sent_is_found_by_another_process(world: Post) -> None:
    platform = FakeChannel()
    await world.reply("1", "2")
    world.sending(platform).start()
    await until(lambda: len(platform.sent) == 2)
    assert texts_of(platform) == ["re 1", "re 2"]


async def test_two_processes_on_one_store_send_everything_once_and_in_order(world: Post) -> None:
    """Each sending yields, so that the other process could take the same reply, were it not held."""

    class Yielding(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
            for _ in range(3):
                await asyncio.sleep(0)
            return await FakeChannel.send(self, message, parts, again=again)

    platform = Yielding()
    processes = [world.sending(platform, parallel=3) for _ in range(2)]
    rooms = [a_room(name) for name in "abcdef"]
    for process in processes:
        process.start()
    for number in "12345":
        for room in rooms:
            await world.reply(number, where=room)
            for process in processes:
                process.nudge(room)
    await until(lambda: len(platform.sent) == 30)
    for process in processes:
        assert await process.flush(5)
    for room in rooms:
        assert texts_of(platform, room) == [f"re {number}" for number in "12345"]
        assert await entries(world.store, room) == ()
