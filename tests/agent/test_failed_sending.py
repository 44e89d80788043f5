"""Sending that fails: what becomes of the reply, what the operator reads, and a store that is not always there."""

import logging
from collections.abc import Sequence
from itertools import repeat
from typing import Any

import pytest

from agent import sending
from switchboard import BackendError, DeliveryFailed, Message, Receipt, Reply
from switchboard.testing.channel import DELIVERED, FakeChannel
from tests.agent.replies import BUSY, ROOM, Hanging, Post, Shaky, entries, failing, texts_of, turn_of
from tests.agent.shared import until

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


@pytest.mark.parametrize("operation", ["read", "commit", "outgoing"])
@pytest.mark.parametrize("error", [None, OSError("hunter2")])
async def test_a_store_that_fails_does_not_end_a_lane(post: Post, operation: str, error: Exception | None) -> None:
    post.store = Shaky(error)
    channel = FakeChannel()
    sender = post.sending(channel)
    await post.reply("1")
    post.store.failures[operation] = 1
    sender.start()
    await until(lambda: not post.store.failures[operation])
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
