"""What people do in Slack besides asking: stop, edit, press, command, open; and bots, which are not answered."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.slack import texts
from switchboard import (
    BackendError,
    Event,
    Final,
    JobStarted,
    Message,
    ToolStarted,
    TooMuch,
    fold,
)
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.desks import ANN, Gate
from tests.channels.slack.shared import payload, until


async def test_a_stream_that_its_reader_stops_stops_the_turn(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("Half ", "and", "half")
    desk = desks(gate)
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["Half "])
    slack.stop_streams()
    gate.steps.release()
    assert (await desk.deliver("app_mention")).delivered
    assert "Stopped here" in slack.visible("C0GENERAL", thread=ANN)[0]


async def test_deleting_a_question_stops_its_answer(desks: Any) -> None:
    desk = desks(Gate("Half"))
    await desk.serving.receive(payload("message_im"))
    await desk.serving.receive(payload("message_deleted"))
    message = desk.message("message_im")
    assert fold([event async for event in desk.assistant.events(message.conversation, message.id)]).status == "stopped"


async def test_an_edited_question_stops_the_first_answer_and_gets_its_own(desks: Any) -> None:
    desk = desks(Gate("Half"))
    await desk.serving.receive(payload("message_im"))
    await desk.serving.receive(payload("message_changed"))
    first, second = await desk.turns("message_im")
    assert second == f"{first}/1767225650.000000"
    message = desk.message("message_im")
    assert fold([event async for event in desk.assistant.events(message.conversation, message.id)]).status == "stopped"


async def test_a_command_is_answered_in_direct_messages(desks: Any, slack: FakeSlack) -> None:
    desk = desks()
    answered = await desk.serving.receive(payload("slash_command"))
    assert answered.whisper == texts.ANSWER_HERE
    assert slack.visible("D0ANN") == ["You asked: What is the travel allowance?"]
    (conversation,) = desk.assistant._lines
    assert (conversation.room, conversation.thread) == ("T0TEAM/D0ANN", slack.posts["D0ANN"][0]["ts"])


@pytest.mark.parametrize(
    ("name", "text"), [("view_submission", "What is"), ("message_action", "Summarise this message")]
)
async def test_shortcuts_ask_in_direct_messages(desks: Any, slack: FakeSlack, name: str, text: str) -> None:
    desk = desks()
    assert (await desk.serving.receive(payload(name))).status == 200
    (conversation,) = desk.assistant._lines
    (turn,) = await desk.assistant.transcript(conversation)
    assert text in turn.message.text
    assert turn.message.principal.id == "T0TEAM:U0ANN"


async def test_a_shortcut_opens_the_form(desks: Any, slack: FakeSlack) -> None:
    await desks().serving.receive(payload("shortcut"))
    (opened,) = slack.called("views.open")
    assert opened["trigger_id"] == "111.222.ccc"
    assert opened["view"]["callback_id"] == "switchboard-ask"


async def test_a_command_that_could_not_be_taken_says_so(desks: Any, slack: FakeSlack) -> None:
    slack.trouble("conversations.open", Trouble(error="internal_error"))
    assert (await desks().serving.receive(payload("slash_command"))).whisper == texts.UNAVAILABLE


async def test_the_pane_suggests_what_to_ask_and_the_home_tab_helps(desks: Any, slack: FakeSlack) -> None:
    desk = desks()
    await desk.serving.receive(payload("assistant_thread_started"))
    await desk.serving.receive(payload("app_home_opened"))
    (prompts,) = slack.called("assistant.threads.setSuggestedPrompts")
    assert prompts["prompts"][0]["message"] == "What is in the handbook?"
    (home,) = slack.called("views.publish")
    assert home["user_id"] == "U0ANN"
    assert home["view"]["type"] == "home"


async def test_while_it_is_thought_about_the_thread_says_so(desks: Any, slack: FakeSlack) -> None:
    desk = desks(Gate("x"))
    await desk.serving.receive(payload("message_assistant_pane"))
    await until(lambda: slack.called("assistant.threads.setStatus"))
    assert slack.called("assistant.threads.setStatus")[0]["status"] == texts.THINKING


async def test_a_chat_in_the_pane_is_called_after_its_first_question(desks: Any, slack: FakeSlack) -> None:
    desk = desks()
    second = payload("message_assistant_pane")
    second["event"].update(ts="1767225701.000300", text="Another question")
    for said in (payload("message_assistant_pane"), second, payload("app_mention")):
        await desk.serving.receive(said)
        await until(lambda: not desk.serving._followed)
    assert [call["title"] for call in slack.called("assistant.threads.setTitle")] == ["And for Sweden?"]


async def test_progress_waits_when_slack_wants_it_to(desks: Any, slack: FakeSlack) -> None:
    async def long(message: Message) -> AsyncIterator[Event]:
        yield JobStarted(job_id="j1", text="It goes on.")
        yield Final(text="")

    slack.trouble("chat.postMessage", Trouble(status=429, error="ratelimited", headers={"Retry-After": "0"}))
    desk = desks(long, streaming="off")
    await desk.serving.receive(payload("app_mention"))
    await until(lambda: any("3/3" in text for text in slack.visible("C0GENERAL", thread=ANN)))


async def test_how_far_a_job_is_stands_in_one_message_of_the_thread(desks: Any, slack: FakeSlack) -> None:
    async def long(message: Message) -> AsyncIterator[Event]:
        yield JobStarted(job_id="j1", text="It goes on.")
        yield Final(text="")

    desk = desks(long)
    await desk.serving.receive(payload("app_mention"))
    await until(lambda: any("3/3" in text for text in slack.visible("C0GENERAL", thread=ANN)))
    assert (await desk.deliver("app_mention")).delivered
    assert len(slack.visible("C0GENERAL", thread=ANN)) == 2


async def test_r35_two_bots_do_not_talk_for_ever(desks: Any) -> None:
    desk = desks(bots=["B0OTHER"], bot_turns=3)
    for number in range(10):
        post = payload("message_other_bot")
        post["event"].update(ts=f"17672262{number:02d}.000900", thread_ts="1767226100.000100")
        await desk.serving.receive(post)
    (conversation,) = desk.assistant._lines
    assert len(await desk.assistant.transcript(conversation)) == 3


async def test_r35_a_bot_that_nobody_named_is_not_answered(desks: Any) -> None:
    desk = desks()
    for name in ("message_other_bot", "message_own"):
        assert (await desk.serving.receive(payload(name))).status == 200
    assert desk.assistant._lines == {}


async def test_a_followed_thread_is_answered_without_a_mention_once_it_is_ours(desks: Any) -> None:
    desk = desks(threads="follow")
    await desk.serving.receive(payload("message_channel_thread"))
    assert desk.assistant._lines == {}
    await desk.serving.receive(payload("app_mention"))
    await desk.serving.receive(payload("message_channel_thread"))
    assert len(await desk.turns("app_mention")) == 2


async def test_who_asked_is_told_when_what_was_acknowledged_is_lost(
    desks: Any, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desks()
    desk.serving._ack_seconds = 0.01
    free = asyncio.Event()

    async def broken(message: Message) -> None:
        await free.wait()
        raise BackendError(service="conversations", operation="commit", code="full")

    monkeypatch.setattr(desk.assistant, "offer", broken)
    assert (await desk.serving.receive(payload("app_mention"))).status == 200
    free.set()
    await until(lambda: slack.ephemeral)
    assert slack.ephemeral[0]["text"] == texts.UNAVAILABLE


async def test_a_refused_message_is_told_to_its_sender_alone(
    desks: Any, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desks()

    async def too_much(message: Message) -> None:
        raise TooMuch("Too many <messages>. Wait a minute.", retry_after=60.0)

    monkeypatch.setattr(desk.assistant, "offer", too_much)
    assert (await desk.serving.receive(payload("app_mention"))).status == 200
    assert [(said["user"], said["text"]) for said in slack.ephemeral] == [
        ("U0ANN", "Too many &lt;messages&gt;. Wait a minute.")
    ]


async def test_a_stream_waits_when_slack_wants_it_to(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("One. ")
    desk = desks(gate)
    wait = Trouble(status=429, error="ratelimited", headers={"Retry-After": "0"})
    slack.trouble("chat.startStream", wait)
    await desk.serving.receive(payload("app_mention"))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["One. "])
    assert len(slack.called("chat.startStream")) == 2


async def test_the_answer_to_a_message_that_told_a_running_turn_is_not_shown(desks: Any, slack: FakeSlack) -> None:
    async def steered(message: Message) -> AsyncIterator[Event]:
        yield ToolStarted(call_id="c1", tool="search", text="Searching")
        await asyncio.to_thread(slack_started.wait, 10)
        yield Final(text="")

    slack_started = threading.Event()
    desk = desks(steered)
    await desk.serving.receive(payload("app_mention"))
    await until(lambda: slack.posts["C0GENERAL"])
    slack_started.set()
    await until(lambda: not slack.posts["C0GENERAL"])


async def test_a_mention_without_words_gets_a_hint(desks: Any, slack: FakeSlack) -> None:
    empty = payload("app_mention")
    empty["event"]["text"] = "<@U0APP>"
    await desks().serving.receive(empty)
    assert [said["text"] for said in slack.ephemeral] == [texts.EMPTY]


async def test_a_file_is_in_the_store_before_the_message_is_offered(desks: Any, slack: FakeSlack) -> None:
    desk = desks()
    shared = payload("message_file_share")
    shared["event"]["files"][0]["url_private_download"] = f"{slack.url}/files/report.txt"
    slack.downloads["/files/report.txt"] = ("text/plain", b"twelve bytes")
    await desk.serving.receive(shared)
    conversation = desk.message("message_file_share").conversation
    (turn,) = await desk.assistant.transcript(conversation)
    (attachment,) = turn.message.attachments
    assert await desk.assistant.blobs.read(attachment.digest, owner=conversation.key) == b"twelve bytes"


@pytest.mark.parametrize(
    ("url", "size", "answer", "why"),
    [
        ("{slack}/files/r.txt", 99_000_000, ("text/plain", b"x"), "larger than"),
        ("{slack}/files/r.txt", 1, ("text/html", b"<html>Log in</html>"), "did not hand"),
        ("{slack}/files/r.txt", 1, ("text/plain", b""), "empty"),
        ("https://files.slack.com.evil.example/r.txt", 1, ("text/plain", b"x"), "outside Slack"),
        ("http://user@127.0.0.1/r.txt", 1, ("text/plain", b"x"), "outside Slack"),
        ("file:///etc/passwd", 1, ("text/plain", b"x"), "outside Slack"),
    ],
)
async def test_a_file_that_can_t_be_had_is_told_and_the_question_is_still_asked(
    desks: Any, slack: FakeSlack, url: str, size: int, answer: tuple[str, bytes], why: str
) -> None:
    desk = desks()
    shared = payload("message_file_share")
    shared["event"]["files"][0].update(url_private_download=url.format(slack=slack.url), size=size)
    slack.downloads["/files/r.txt"] = answer
    await desk.serving.receive(shared)
    assert why in slack.ephemeral[0]["text"]
    (turn,) = await desk.assistant.transcript(desk.message("message_file_share").conversation)
    assert turn.message.attachments == ()
