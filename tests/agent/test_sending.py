"""Sending: lanes, bounds, what becomes of failures, and a store that is not always there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

import pytest

from agent import outboxes, sending
from agent.sending import Sending
from stores.memory import MemoryConversationStore
from switchboard import BackendError, Conversation, DeliveryFailed, Message, Receipt, Reply
from switchboard.settings import Settings
from switchboard.storage import Change
from switchboard.testing.channel import DELIVERED, FakeChannel
from tests.agent.replies import Hanging, a_room, entries, sending_settings, store_reply, texts_of, turn_of
from tests.agent.shared import Clock, until

ROOM = a_room("a")
BUSY = Receipt(delivered=False, why="busy", retry_after=0.0)


@dataclass
class Post:
    """A store, a clock that a test moves, and what sends."""

    store: Any = field(default_factory=MemoryConversationStore)
    clock: Clock = field(default_factory=Clock)
    made: list[Sending] = field(default_factory=list)

    def sending(self, *channels: FakeChannel, settings: Settings | None = None) -> Sending:
        made = Sending(
            self.store,
            {channel.name: channel for channel in channels},
            settings or sending_settings(),
            clock=self.clock,
            jitter=lambda: 0.5,
        )
        self.made.append(made)
        return made

    async def reply(self, *names: str, where: Conversation = ROOM, text: str = "") -> None:
        for name in names:
            await store_reply(self.store, where, name, text, now=self.clock.now)


@pytest.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    monkeypatch.setattr(sending, "UNWIND_SECONDS", 0.02)
    monkeypatch.setattr(outboxes, "STORE_PAUSE", 0.001)
    post = Post()
    yield post
    for made in post.made:
        await made.close(0.0)


def failing(*outcomes: Receipt | Exception) -> FakeChannel:
    return FakeChannel(receipts=chain(outcomes, repeat(DELIVERED)))


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


async def test_a_reply_of_another_channel_is_left_to_its_process(post: Post) -> None:
    sender, elsewhere = post.sending(FakeChannel()), a_room("a", channel="slack")
    await post.reply("1", where=elsewhere)
    sender.nudge(elsewhere)
    assert await sender.flush(5)
    assert len(await entries(post.store, elsewhere)) == 1


async def test_no_more_conversations_than_allowed_are_sent_to_at_a_time(post: Post) -> None:
    channel = Hanging()
    sender = post.sending(channel, settings=sending_settings(parallel=2))
    rooms = [a_room(name) for name in "abcd"]
    for room in rooms:
        await post.reply("1", where=room)
        sender.nudge(room)
    await until(lambda: len(channel.calls) == 2)
    channel.released.set()
    await until(lambda: len(channel.sent) == 4)


async def test_a_hanging_conversation_does_not_stop_others_of_its_channel(post: Post) -> None:
    channel = Hanging(rooms=frozenset({"a"}))
    sender = post.sending(channel, settings=sending_settings(parallel=2))
    for name in "abcdefgh":
        await post.reply("1", where=a_room(name))
    sender.start()
    await until(lambda: len(channel.sent) == 7)
    assert channel.calls == [ROOM]


@pytest.mark.parametrize("stubborn", [False, True])
async def test_a_send_that_hangs_is_bounded_and_tried_again(post: Post, stubborn: bool) -> None:
    channel = Hanging(stubborn=stubborn)
    sender = post.sending(channel, settings=sending_settings(send_seconds=0.02))
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
    assert await post.sending(Late(), settings=sending_settings(send_seconds=0.02)).flush(5)
    assert (await turn_of(post.store, ROOM, "1")).delivered


FAILURES = [
    (BUSY, "busy", False),
    (Receipt(delivered=False, why="no such channel"), "no such channel", True),
    (DeliveryFailed(channel="fake", why="rate limit", retryable=True), "rate limit", False),
    (DeliveryFailed(channel="fake", why="archived", retryable=False), "archived", True),
    (TimeoutError(), sending.NO_RECEIPT, False),
    (BackendError(service="slack", operation="post", code="unreachable"), "slack.post failed: unreachable", False),
    (RuntimeError("hunter2"), "send failed with RuntimeError, incident", False),
]


@pytest.mark.parametrize(("outcome", "why", "dead"), FAILURES, ids=lambda value: str(value)[:20])
async def test_a_failure_says_why_and_whether_it_is_tried_again(
    post: Post, outcome: Receipt | Exception, why: str, dead: bool
) -> None:
    await post.reply("1")
    assert await post.sending(failing(outcome)).flush(5)
    (entry,) = await entries(post.store, ROOM)
    assert entry.why.startswith(why)
    assert entry.dead is dead
    assert "hunter2" not in entry.why
    assert not (await turn_of(post.store, ROOM, "1")).delivered


async def test_a_channel_that_gives_no_receipt_is_tried_again(post: Post) -> None:
    class Mute(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Any:
            return None

    await post.reply("1")
    assert await post.sending(Mute()).flush(5)
    (entry,) = await entries(post.store, ROOM)
    assert entry.why.startswith("send failed with NoneType")


@pytest.mark.parametrize("asked", [Receipt(delivered=False, why="429", retry_after=90.0), None])
async def test_the_time_that_the_platform_asks_for_is_kept(post: Post, asked: Receipt | None) -> None:
    failure = asked or DeliveryFailed(channel="fake", why="429", retryable=True, retry_after=90.0)
    channel = failing(failure)
    sender = post.sending(channel)
    await post.reply("1")
    await sender.flush(5)
    post.clock.now += 89.9
    await sender.flush(5)
    assert (await entries(post.store, ROOM))[0].attempts == 1
    post.clock.now += 0.2
    await sender.flush(5)
    assert (await turn_of(post.store, ROOM, "1")).delivered


async def test_confirmed_parts_are_not_sent_again_and_the_channel_is_told_to_look(post: Post) -> None:
    calls: list[tuple[tuple[str, ...], bool]] = []

    class Watched(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
            calls.append((tuple(parts), again))
            return Receipt(delivered=False, why="half", retry_after=0.0, sent=1) if len(calls) == 1 else DELIVERED

        def render(self, reply: Reply) -> Sequence[str]:
            return reply.text.split()

    sender = post.sending(Watched())
    await post.reply("1", text="one two three")
    await sender.flush(5)
    post.clock.now += 5
    await sender.flush(5)
    assert calls == [(("one", "two", "three"), False), (("two", "three"), True)]


async def test_a_reply_that_shows_nothing_is_delivered_without_being_sent(post: Post) -> None:
    class Silent(FakeChannel):
        def render(self, reply: Reply) -> Sequence[str]:
            return ()

    channel = Silent(receipts=iter(()))
    await post.reply("1")
    await post.sending(channel).flush(5)
    assert (await turn_of(post.store, ROOM, "1")).delivered


async def test_a_reply_that_can_not_be_rendered_is_a_dead_letter_and_the_others_go_on(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    class Picky(FakeChannel):
        def render(self, reply: Reply) -> Sequence[str]:
            if reply.text == "re 1":
                raise ValueError
            return FakeChannel.render(self, reply)

    channel = Picky()
    await post.reply("1", "2")
    await post.sending(channel).flush(5)
    (entry,) = await entries(post.store, ROOM)
    assert (entry.message_id, entry.dead) == ("1", True)
    assert entry.why.startswith("render failed with ValueError, incident ")
    assert entry.why.split()[-1] in caplog.text
    assert texts_of(channel) == ["re 2"]


async def test_an_entry_without_a_reply_is_a_dead_letter(post: Post) -> None:
    await post.reply("1")
    del post.store._kept[ROOM].turns["1"]
    await post.sending(FakeChannel()).flush(5)
    (entry,) = await entries(post.store, ROOM)
    assert (entry.dead, entry.why) == (True, "there is no such reply")


async def test_a_worker_that_was_stalled_before_sending_does_not_send(post: Post) -> None:
    class Slow(FakeChannel):
        def render(self, reply: Reply) -> Sequence[str]:
            post.clock.now += 1_000
            return FakeChannel.render(self, reply)

    channel = Slow()
    sender = post.sending(channel)
    await post.reply("1")
    sender.nudge(ROOM)
    await until(lambda: post.clock.now > 1_000_500)
    await sender.close()
    assert channel.sent == []
    assert (await entries(post.store, ROOM))[0].why.startswith("preparing to send did not end")


async def test_the_log_says_what_failed_and_nothing_of_what_was_written(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sender = post.sending(failing(BUSY, Receipt(delivered=False, why="gone")))
    await post.reply("1", text="zyzzyva")
    await sender.flush(5)
    post.clock.now += 5
    await sender.flush(5)
    assert "was not delivered at attempt 1, will try again: busy" in caplog.text
    assert "is a dead letter after attempt 2" in caplog.text
    assert '"span": "send"' in caplog.text
    assert "zyzzyva" not in caplog.text


async def test_dropping_old_dead_letters_is_said(
    post: Post, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.outbox.MOST_DEAD", 1)
    gone = Receipt(delivered=False, why="gone")
    await post.reply("1", "2")
    await post.sending(FakeChannel(receipts=repeat(gone))).flush(5)
    assert [entry.message_id for entry in await entries(post.store, ROOM)] == ["2"]
    assert "1 older dead letters on fake were dropped" in caplog.text


async def test_a_reply_over_which_workers_died_for_too_long_is_told_to_the_operator(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Hanging()
    sender = post.sending(channel)
    await post.reply("1")
    sender.nudge(ROOM)
    await until(lambda: channel.calls != [])
    await sender.close(0.0)
    post.clock.now += 100_000
    other = FakeChannel()
    assert await post.sending(other).flush(5)
    assert other.sent == []
    assert (await entries(post.store, ROOM))[0].dead
    assert "is a dead letter after attempt 1" in caplog.text


class Shaky(MemoryConversationStore):
    """A store that fails when it is told to: by operation, so many times."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error or BackendError(service="conversations", operation="any", code="throttled", retryable=True)
        self.failures = {"read": 0, "commit": 0, "outgoing": 0, "turn": 0}

    def _maybe(self, operation: str) -> None:
        if self.failures[operation]:
            self.failures[operation] -= 1
            raise self.error

    async def read(self, *args: Any, **named: Any) -> Any:
        self._maybe("read")
        return await super().read(*args, **named)

    async def turn(self, *args: Any) -> Any:
        self._maybe("turn")
        return await super().turn(*args)

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        self._maybe("commit")
        return await super().commit(conversation, change)

    async def outgoing(self, **named: Any) -> Any:
        self._maybe("outgoing")
        return await super().outgoing(**named)


@pytest.mark.parametrize("operation", ["read", "commit", "outgoing", "turn"])
@pytest.mark.parametrize("error", [None, OSError("hunter2")])
async def test_a_store_that_fails_does_not_end_a_lane(post: Post, operation: str, error: Exception | None) -> None:
    post.store = Shaky(error)
    channel = FakeChannel()
    sender = post.sending(channel)
    await post.reply("1")
    post.store.failures[operation] = 1
    sender.start()
    await until(lambda: not post.store.failures[operation])
    if operation == "turn":
        await until(lambda: any(kept.inbox.outbox and kept.inbox.outbox[0].why for kept in post.store._kept.values()))
        post.clock.now += 5
    await until(lambda: texts_of(channel) == ["re 1"])


async def test_a_receipt_is_written_as_soon_as_the_store_is_back(post: Post) -> None:
    class Cutting(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
            post.store.failures |= {"read": 3, "commit": 3}
            return await FakeChannel.send(self, message, parts, again=again)

    post.store, channel = Shaky(), Cutting()
    await post.reply("1")
    assert await post.sending(channel).flush(5)
    assert (await turn_of(post.store, ROOM, "1")).delivered
    assert texts_of(channel) == ["re 1"]


async def test_a_receipt_that_the_store_refuses_means_sending_again_after_the_hold(post: Post) -> None:
    class Cutting(FakeChannel):
        async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
            post.store.failures["commit"] = 0 if again else 1
            return await FakeChannel.send(self, message, parts, again=again)

    post.store = Shaky(BackendError(service="conversations", operation="commit", code="full"))
    channel = Cutting()
    sender = post.sending(channel)
    await post.reply("1")
    await sender.flush(5)
    assert not (await turn_of(post.store, ROOM, "1")).delivered
    post.clock.now = (await entries(post.store, ROOM))[0].due_at
    await sender.flush(5)
    assert (await turn_of(post.store, ROOM, "1")).delivered
    assert texts_of(channel) == ["re 1"]


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


async def test_what_a_channel_says_of_its_own_sending_is_noted(post: Post) -> None:
    sender = post.sending()
    await post.reply("1", "2")
    first, second = [(await turn_of(post.store, ROOM, name)).message for name in "12"]
    await sender.confirm(first, BUSY)
    assert [(entry.attempts, entry.why) for entry in await entries(post.store, ROOM)] == [(1, "busy"), (0, "")]
    await sender.confirm(first, DELIVERED)
    await sender.confirm(first, BUSY)
    assert [entry.message_id for entry in await entries(post.store, ROOM)] == [second.id]
    assert (await turn_of(post.store, ROOM, "1")).delivered


async def test_a_failure_told_while_the_outbox_sends_is_for_the_log_alone(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Hanging()
    sender = post.sending(channel)
    await post.reply("1")
    sender.nudge(ROOM)
    await until(lambda: channel.calls != [])
    await sender.confirm((await turn_of(post.store, ROOM, "1")).message, Receipt(delivered=False, why="gone"))
    assert "was not delivered on fake: gone" in caplog.text
    assert not (await entries(post.store, ROOM))[0].dead
