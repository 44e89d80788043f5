"""From what Slack sends to what people see: offered once, shown while it is written, delivered in the same message."""

import asyncio
from typing import Any

import pytest

from switchboard import (
    BackendError,
    Final,
    Message,
    fold,
)
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.desks import ANN, Desk, Gate
from tests.channels.slack.shared import payload, until


async def test_r7_message_and_mention_of_one_post_are_answered_once(desks: Any, slack: FakeSlack) -> None:
    desk = desks()
    both = [desk.serving.receive(payload(name)) for name in ("message_channel_mention", "app_mention")]
    assert [answered.status for answered in await asyncio.gather(*both)] == [200, 200]
    assert len(await desk.turns("app_mention")) == 1
    assert (await desk.deliver("app_mention")).delivered
    assert len(slack.visible("C0GENERAL", thread=ANN)) == 1


async def test_r19_r20_a_retry_is_attached_to_the_turn_that_runs(desks: Any) -> None:
    gate = Gate("Forty.")
    desk = desks(gate)
    for _ in range(4):
        assert (await desk.serving.receive(payload("app_mention"))).status == 200
    assert gate.turns == 1
    gate.steps.release()
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered


async def test_r19_what_could_not_be_written_down_comes_again(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desks()

    async def broken(message: Message) -> None:
        raise BackendError(service="conversations", operation="commit", code="locked", retryable=True)

    with monkeypatch.context() as patch:
        patch.setattr(desk.assistant, "offer", broken)
        assert (await desk.serving.receive(payload("app_mention"))).status == 500
    assert (await desk.serving.receive(payload("app_mention"))).status == 200
    assert len(await desk.turns("app_mention")) == 1


async def test_what_takes_long_to_take_is_acknowledged_before(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desks()
    desk.serving._ack_seconds = 0.01
    free = asyncio.Event()
    offer = desk.assistant.offer

    async def slow(message: Message) -> Any:
        await free.wait()
        return await offer(message)

    monkeypatch.setattr(desk.assistant, "offer", slow)
    assert (await desk.serving.receive(payload("app_mention"))).status == 200
    assert await desk.turns("app_mention") == []
    free.set()
    await until(lambda: desk.assistant._lines)
    assert len(await desk.turns("app_mention")) == 1


async def test_an_answer_streams_and_becomes_the_reply_in_the_same_message(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("It is ", "40 euros <!channel>.")
    desk = desks(gate)
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["It is "])
    gate.steps.release()
    await until(lambda: "euros" in slack.visible("C0GENERAL", thread=ANN)[0])
    assert "<!channel>" not in slack.visible("C0GENERAL", thread=ANN)[0]
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["It is 40 euros &lt;!channel&gt;."]
    (started,) = slack.called("chat.startStream")
    assert (started["recipient_team_id"], started["recipient_user_id"]) == ("T0TEAM", "U0ANN")
    chunks = [chunk for call in slack.called("chat.startStream") for chunk in call["chunks"]]
    assert chunks[0] == {"type": "task_update", "id": "c1", "title": "Search documents", "status": "in_progress"}


async def test_r27_a_stream_that_slack_has_ended_goes_on_in_another(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("One. ", "Two. ", "Three.")
    desk = desks(gate)
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["One. "])
    slack.end_streams()
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["One. ", "Two. "])
    gate.steps.release()
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["One. Two. Three."]


async def test_r27_a_stream_is_rolled_over_before_slack_ends_it(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("One. ", "Two. ")
    desk = desks(gate)
    now = [0.0]
    desk.channel.previews._clock = lambda: now[0]
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["One. "])
    now[0] = 241.0
    gate.steps.release()
    await until(lambda: len(slack.visible("C0GENERAL", thread=ANN)) == 2)
    assert "continued" in slack.visible("C0GENERAL", thread=ANN)[0]
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["One. Two."]


async def test_a_very_long_answer_is_streamed_in_pieces_that_slack_takes(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("word " * 6_000)
    desk = desks(gate)
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: len(slack.called("chat.startStream")) >= 3)
    sizes = [
        sum(len(chunk.get("text", "")) for chunk in call["chunks"])
        for method in ("chat.startStream", "chat.appendStream")
        for call in slack.called(method)
    ]
    assert max(sizes) <= 12_000
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered
    assert sum(text.count("word") for text in slack.visible("C0GENERAL", thread=ANN)) == 6_000


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream", "chat.update"])
@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(hang_up=True),
        Trouble(hang_up=True, after=True),
        Trouble(status=503),
        Trouble(status=429, error="ratelimited", headers={"Retry-After": "0"}),
        Trouble(error="message_not_in_streaming_state"),
        Trouble(error="message_not_found"),
        Trouble(error="internal_error"),
    ],
    ids=["lost", "unheard", "503", "429", "ended", "gone", "internal"],
)
async def test_r15_whatever_fails_one_answer_is_seen(
    desks: Any, slack: FakeSlack, method: str, trouble: Trouble
) -> None:
    gate = Gate("It is ", "40 euros.")
    desk = desks(gate)
    slack.trouble(method, trouble)
    await desk.serving.receive(payload("app_mention"))
    await until(lambda: slack.called("chat.startStream"))
    gate.steps.release()
    await until(lambda: slack.called("chat.appendStream"))
    gate.steps.release()
    gate.steps.release()
    if trouble.error.startswith("message_not"):
        slack.end_streams()  # as Slack has said
    for attempt in range(5):
        if (await desk.deliver("app_mention", again=attempt > 0)).delivered:
            break
    seen = slack.visible("C0GENERAL", thread=ANN)
    assert seen.count("It is 40 euros.") == 1
    assert len(seen) == 1 or trouble.error == "message_not_found"


async def test_r15_a_preview_that_can_not_be_changed_any_more_makes_room_for_the_reply(
    desks: Any, slack: FakeSlack
) -> None:
    """A workspace may forbid edits after some minutes."""
    gate = Gate("40 euros.")
    desk = desks(gate)
    slack.trouble("chat.update", Trouble(error="edit_window_closed"))
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["40 euros."]


async def test_r15_after_a_crash_the_stream_that_was_left_becomes_the_reply(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("It is ", "40 euros.")
    before = desks(gate)
    await before.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["It is "])
    slack.end_streams()
    after = Desk(slack, FakeAssistant())
    parts = after.channel.render(fold([Final(text="It is 40 euros.")]))
    assert (await after.channel.send(after.message("app_mention"), parts)).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["It is 40 euros."]


async def test_r15_a_stream_that_began_unheard_becomes_the_reply_once_slack_has_ended_it(
    desks: Any, slack: FakeSlack
) -> None:
    gate = Gate("40 euros.")
    desk = desks(gate)
    slack.trouble("chat.startStream", Trouble(hang_up=True, after=True))
    await desk.serving.receive(payload("app_mention"))
    await until(lambda: slack.called("chat.startStream"))
    gate.steps.release()
    gate.steps.release()
    assert not (await desk.deliver("app_mention")).delivered
    slack.end_streams()
    assert (await desk.deliver("app_mention", again=True)).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["40 euros."]


async def test_where_there_are_no_streams_a_message_is_edited(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("It is ", "40 euros.")
    desk = desks(gate)
    slack.trouble("chat.startStream", Trouble(error="unknown_method"))
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["It is"])
    gate.steps.release()
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["It is 40 euros."]
