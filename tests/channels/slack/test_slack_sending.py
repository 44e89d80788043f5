"""Sending replies against a fake Slack: in the right place, once, at Slack's pace, and plain rather than never."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.slack.channel import SlackChannel
from channels.slack.posting import PREVIEW, metadata
from stores.memory import MemoryBlobStore
from switchboard import Artifact, BadInput, Conversation, Reply
from switchboard.settings import load
from switchboard.testing.running import QUICK, running
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.shared import THREAD, make, message, until

RATE_LIMITED = Trouble(status=429, error="ratelimited", headers={"Retry-After": "7"})
LONG = Reply(text="\n\n".join(f"Paragraph {number}. " + "word " * 400 for number in range(10)), status="complete")


def parts_of(channel: SlackChannel, text: str = "It is 40 euros.") -> Any:
    return channel.render(Reply(text=text, status="complete"))


@pytest.fixture
def channel(slack: FakeSlack) -> SlackChannel:
    return make(slack, streaming="off")


async def test_r6_a_reply_goes_to_its_thread_and_never_to_the_channel(channel: SlackChannel, slack: FakeSlack) -> None:
    receipt = await channel.send(message(), parts_of(channel))
    assert receipt.delivered
    assert slack.visible("C1", thread=THREAD) == ["It is 40 euros."]
    assert slack.visible("C1") == []


async def test_in_a_direct_message_a_reply_stands_below_the_question(channel: SlackChannel, slack: FakeSlack) -> None:
    await channel.send(message(room="T0TEAM/D1", thread=""), parts_of(channel))
    assert slack.visible("D1") == ["It is 40 euros."]


async def test_no_link_is_unfurled(channel: SlackChannel, slack: FakeSlack) -> None:
    await channel.send(message(), parts_of(channel, "https://example.com"))
    (post,) = slack.called("chat.postMessage")
    assert (post["unfurl_links"], post["unfurl_media"]) == (False, False)
    assert "parse" not in post
    assert "link_names" not in post


async def test_a_message_of_another_channel_is_not_sent(channel: SlackChannel) -> None:
    elsewhere = message()
    object.__setattr__(elsewhere, "conversation", Conversation(tenant="acme", channel="slack", room="T0TEAM"))
    with pytest.raises(BadInput):
        await channel.send(elsewhere, parts_of(channel))


async def test_a_429_says_when_and_how_much_got_through(channel: SlackChannel, slack: FakeSlack) -> None:
    parts = channel.render(LONG)
    slack.trouble("chat.postMessage", Trouble(after=True, status=200, error=""), RATE_LIMITED)
    receipt = await channel.send(message(), parts)
    assert (receipt.delivered, receipt.retry_after, receipt.sent) == (False, 7.0, 1)


async def test_a_method_is_not_called_again_before_slack_wants_it(slack: FakeSlack) -> None:
    now = [100.0]
    channel = make(slack, streaming="off")
    channel.api._clock = lambda: now[0]
    slack.trouble("chat.postMessage", RATE_LIMITED)
    await channel.send(message(), parts_of(channel))
    now[0] += 5
    receipt = await channel.send(message(), parts_of(channel))
    assert receipt.retry_after == 2.0
    assert len(slack.called("chat.postMessage")) == 1
    await channel.api.call("T0TEAM", "auth.test")
    now[0] += 2
    assert (await channel.send(message(), parts_of(channel))).delivered


async def test_another_workspace_does_not_wait_for_the_one_that_is_limited(slack: FakeSlack) -> None:
    channel = make(slack, streaming="off")
    slack.trouble("chat.postMessage", RATE_LIMITED)
    assert not (await channel.send(message(), parts_of(channel))).delivered
    assert (await channel.send(message(room="T0ELSE/C9"), parts_of(channel))).delivered


async def test_r15_what_got_through_without_an_answer_is_not_posted_again(
    channel: SlackChannel, slack: FakeSlack
) -> None:
    slack.trouble("chat.postMessage", Trouble(hang_up=True, after=True))
    first = await channel.send(message(), parts_of(channel))
    assert not first.delivered
    assert first.retry_after == 0.0
    assert (await channel.send(message(), parts_of(channel), again=True)).delivered
    assert slack.visible("C1", thread=THREAD) == ["It is 40 euros."]


async def test_the_parts_that_are_missing_are_sent_and_no_others(channel: SlackChannel, slack: FakeSlack) -> None:
    parts = channel.render(LONG)
    slack.trouble("chat.postMessage", Trouble(after=True, error=""), Trouble(hang_up=True, after=True))
    receipt = await channel.send(message(), parts)
    assert (await channel.send(message(), parts[receipt.sent :], again=True)).delivered
    assert slack.visible("C1", thread=THREAD) == [part.text for part in parts]  # type: ignore[union-attr]


@pytest.mark.parametrize("confirmed", [True, False], ids=["confirmed", "unheard"])
@pytest.mark.parametrize("place", range(3))
async def test_wherever_a_process_dies_in_a_long_reply_each_post_is_seen_once_and_in_order(
    slack: FakeSlack, place: int, confirmed: bool
) -> None:
    parts = make(slack).render(LONG)
    assert len(parts) == 3
    heard = [Trouble(after=True, error="")] * place
    slack.trouble("chat.postMessage", *heard, Trouble(hang_up=True, after=confirmed))
    await make(slack, streaming="off").send(message(), parts)
    assert (await make(slack, streaming="off").send(message(), parts, again=True)).delivered
    assert slack.visible("C1", thread=THREAD) == [part.text for part in parts]  # type: ignore[union-attr]


async def test_a_long_reply_whose_posts_are_throttled_is_sent_by_the_outbox_once_and_in_order(
    slack: FakeSlack,
) -> None:
    channel, heard = make(slack, streaming="off"), Trouble(after=True, error="")
    throttled = Trouble(status=429, error="ratelimited", headers={"Retry-After": "0"})
    slack.trouble("chat.postMessage", heard, throttled, heard, throttled)
    pauses = dict.fromkeys(("SWITCHBOARD_OUTBOX__FIRST_PAUSE", "SWITCHBOARD_OUTBOX__POLL_SECONDS"), "0.05")
    settings = load(None, QUICK | pauses | {"SWITCHBOARD_TENANT": "acme"})
    async with running([LONG.text], channels={"slack": channel}, works=True, settings=settings) as assistant:
        await assistant.offer(message())
        await until(lambda: assistant.counts["delivered"] == 1)
    assert slack.visible("C1", thread=THREAD) == [part.text for part in channel.render(LONG)]  # type: ignore[union-attr]


async def test_in_a_thread_of_many_posts_it_is_looked_to_the_end(channel: SlackChannel, slack: FakeSlack) -> None:
    for number in range(250):
        await channel.api.call("T0TEAM", "chat.postMessage", channel="C1", thread_ts=THREAD, text=f"Post {number}")
    result = message(id="job:1", job="1")
    slack.trouble("chat.postMessage", Trouble(hang_up=True, after=True))
    await channel.send(result, parts_of(channel))
    assert (await channel.send(result, parts_of(channel), again=True)).delivered
    assert slack.visible("C1", thread=THREAD).count("It is 40 euros.") == 1


async def test_a_thread_whose_beginning_was_deleted_holds_nothing(channel: SlackChannel, slack: FakeSlack) -> None:
    slack.trouble("conversations.replies", Trouble(error="thread_not_found"))
    assert (await channel.send(message(), parts_of(channel), again=True)).delivered


@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found"])
async def test_where_the_bot_was_removed_while_it_wrote_the_reply_is_given_up_with_the_reason(
    slack: FakeSlack, error: str
) -> None:
    channel, gone = make(slack), Trouble(error=error)
    ts = str((await channel.api.call("T0TEAM", "chat.postMessage", channel="C1", thread_ts=THREAD, text="It"))["ts"])
    slack.posts["C1"][0]["metadata"] = metadata(PREVIEW, message().id)
    slack.trouble("chat.update", gone)
    receipt = await channel.send(message(), parts_of(channel))
    assert (receipt.delivered, receipt.retry_after, receipt.why) == (False, None, f"chat.update: {error}")
    assert slack.posts["C1"][0]["ts"] == ts


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "token_expired"])
async def test_what_a_revoked_token_has_left_half_sent_goes_on_with_a_new_one(slack: FakeSlack, error: str) -> None:
    channel = make(slack, streaming="off")
    parts = channel.render(LONG)
    slack.trouble("chat.postMessage", Trouble(after=True, error=""), Trouble(error=error))
    receipt = await channel.send(message(), parts)
    assert (receipt.delivered, receipt.retry_after, receipt.sent) == (False, 300.0, 1)
    assert (await make(slack, streaming="off").send(message(), parts[1:])).delivered
    assert slack.visible("C1", thread=THREAD) == [part.text for part in parts]  # type: ignore[union-attr]


async def test_two_replies_of_a_thread_are_told_apart(channel: SlackChannel, slack: FakeSlack) -> None:
    await channel.send(message(id="T0TEAM/C1/1800000000.000200"), parts_of(channel, "One"))
    await channel.send(message(id="T0TEAM/C1/1800000000.000300"), parts_of(channel, "Two"), again=True)
    assert slack.visible("C1", thread=THREAD) == ["One", "Two"]


async def test_blocks_that_slack_takes_exception_to_become_text(channel: SlackChannel, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", Trouble(error="invalid_blocks"))
    assert (await channel.send(message(), parts_of(channel))).delivered
    assert slack.visible("C1", thread=THREAD) == ["It is 40 euros."]


@pytest.mark.parametrize(
    ("error", "retry_after"),
    [("channel_not_found", None), ("is_archived", None), ("invalid_auth", 300.0), ("internal_error", 0.0)],
)
async def test_an_error_is_given_up_mended_or_tried_again(
    channel: SlackChannel, slack: FakeSlack, error: str, retry_after: float | None
) -> None:
    slack.trouble("chat.postMessage", Trouble(error=error))
    receipt = await channel.send(message(), parts_of(channel))
    assert (receipt.delivered, receipt.retry_after) == (False, retry_after)
    assert error in receipt.why


async def test_a_slack_that_is_down_is_tried_again() -> None:
    with FakeSlack() as slack:
        channel = make(slack, streaming="off")
    receipt = await channel.send(message(), parts_of(channel))
    assert receipt.retry_after == 0.0


async def test_a_server_error_may_have_got_through(channel: SlackChannel, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", Trouble(status=503, after=True))
    assert not (await channel.send(message(), parts_of(channel))).delivered
    assert (await channel.send(message(), parts_of(channel), again=True)).delivered
    assert len(slack.visible("C1", thread=THREAD)) == 1


async def test_without_a_token_for_its_workspace_a_reply_waits(slack: FakeSlack) -> None:
    channel = make(slack, bot_token="", bot_tokens={"T0ELSE": slack.token})
    assert (await channel.send(message(), parts_of(channel))).retry_after == 300.0


async def _bytes() -> AsyncIterator[bytes]:
    yield b"%PDF-data"


async def a_file(slack: FakeSlack) -> tuple[SlackChannel, Any]:
    blobs = MemoryBlobStore()
    blob = await blobs.put(_bytes(), owner=message().conversation.key, name="d.pdf", media_type="", limit=100)
    made = Artifact(name="d.pdf", media_type="application/pdf", size=blob.size, digest=blob.digest)
    channel = make(slack, blobs=blobs, streaming="off")
    return channel, channel.render(Reply(text="Here it is.", status="complete", artifacts=(made,)))


async def test_a_file_is_uploaded_into_the_thread(slack: FakeSlack) -> None:
    channel, parts = await a_file(slack)
    assert (await channel.send(message(), parts)).delivered
    assert list(slack.files.values()) == [b"%PDF-data"]
    assert [post.get("thread_ts") for post in slack.posts["C1"]] == [THREAD, THREAD]


async def test_a_file_that_got_through_without_an_answer_is_not_uploaded_again(slack: FakeSlack) -> None:
    channel, parts = await a_file(slack)
    slack.trouble("files.completeUploadExternal", Trouble(hang_up=True, after=True))
    assert (await channel.send(message(), parts)).sent == 1
    assert (await channel.send(message(), parts[1:], again=True)).delivered
    assert len(slack.posts["C1"]) == 2


async def test_a_file_of_another_conversation_is_not_handed_out(slack: FakeSlack) -> None:
    channel, parts = await a_file(slack)
    assert (await channel.send(message(room="T0TEAM/C2"), parts)).delivered
    assert slack.files == {}
    assert "no longer there" in slack.visible("C2", thread=THREAD)[1]
