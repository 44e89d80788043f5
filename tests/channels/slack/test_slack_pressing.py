"""Buttons: each does what it says once, for whoever may press it, and shows what was chosen."""

from collections.abc import AsyncIterator
from typing import Any

from channels.slack import texts
from switchboard import Delta, Event, Message, Question
from switchboard.storage import Feedback
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.desks import Desk, Gate
from tests.channels.slack.shared import payload, until

OTHER = {"id": "U0BOB", "username": "bob", "name": "bob", "team_id": "T0TEAM"}


def press(slack: FakeSlack, name: str, **changed: Any) -> dict[str, Any]:
    """A press of the buttons of the newest post, as it is now."""
    loaded = payload(name)
    post = slack.posts["C0GENERAL"][-1]
    loaded["message"] = {**loaded["message"], **post}
    loaded["actions"][0].update(changed.pop("action", {}))
    return {**loaded, **changed}


def shown(slack: FakeSlack) -> list[tuple[str, str]]:
    """What stands in the newest post: the type of each block, and the words of those in small print."""
    blocks = slack.posts["C0GENERAL"][-1]["blocks"]
    return [(one["type"], one["elements"][0]["text"] if one["type"] == "context" else "") for one in blocks]


async def asks(message: Message) -> AsyncIterator[Event]:
    yield Delta(text="Noted.")
    if message.text in ("Yes", "No"):
        return
    yield Question(text="May I send it to <!channel>?", options=("Yes", "No"))


async def asked(desk: Desk) -> None:
    await desk.serving.receive(payload("app_mention"))
    assert (await desk.deliver("app_mention")).delivered


async def feedback(desk: Desk) -> tuple[Feedback, ...]:
    message = desk.message("app_mention")
    turn = await desk.assistant.turn(message.conversation, message.id)
    return turn.feedback if turn else ()


async def test_a_direct_message_grows_and_has_a_button_that_stops_it(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("Half ", "and half")
    desk = desks(gate)
    await desk.serving.receive(payload("message_im"))
    gate.steps.release()
    await until(lambda: slack.visible("D0ANN") == ["Half"])
    assert slack.posts["D0ANN"][0]["blocks"][-1]["elements"][0]["action_id"] == "sb-stop"
    await desk.serving.receive(payload("block_actions_stop"))
    assert (await desk.deliver("message_im")).delivered
    (seen,) = slack.visible("D0ANN")
    assert seen.startswith("Half")
    assert "Stopped here" in seen
    await desk.serving.receive(payload("block_actions_stop"))
    assert [said["text"] for said in slack.ephemeral] == [texts.STOPPING, texts.STOPPED_ALREADY]


async def test_only_who_asked_may_stop(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("Half")
    desk = desks(gate)
    await desk.serving.receive(payload("message_im"))
    other = payload("block_actions_stop")
    other["user"]["id"] = "U0BOB"
    await desk.serving.receive(other)
    assert [said["text"] for said in slack.ephemeral] == [texts.NOT_YOURS]
    assert (await desk.assistant.transcript(desk.message("message_im").conversation))[0].state == "running"


async def test_a_button_answers_the_question_and_becomes_what_was_chosen(desks: Any, slack: FakeSlack) -> None:
    desk = desks(asks, streaming="off")
    await asked(desk)
    assert (
        slack.posts["C0GENERAL"][0]["blocks"][-1]["block_id"]
        == payload("block_actions_answer")["actions"][0]["block_id"]
    )
    await desk.serving.receive(press(slack, "block_actions_answer", action={"value": "Yes"}))
    transcript = await desk.assistant.transcript(desk.message("app_mention").conversation)
    assert [turn.message.text for turn in transcript] == ["what is the travel allowance?", "Yes"]
    assert transcript[1].message.reply_to == transcript[0].message.id
    assert shown(slack) == [("rich_text", ""), ("context", "✔️ Yes")]
    assert slack.ephemeral == []


async def test_a_question_is_answered_once_however_often_it_is_pressed(desks: Any, slack: FakeSlack) -> None:
    desk = desks(asks, streaming="off")
    await asked(desk)
    yes, no = (press(slack, "block_actions_answer", action={"value": value}) for value in ("Yes", "No"))
    for pressed in (yes, yes, no):
        await desk.serving.receive(pressed)
    assert len(await desk.turns("app_mention")) == 2
    assert [said["text"] for said in slack.ephemeral] == [texts.CHOSEN_ALREADY] * 2
    assert shown(slack)[-1] == ("context", "✔️ Yes")


async def test_only_who_was_asked_can_agree(desks: Any, slack: FakeSlack) -> None:
    desk = desks(asks, streaming="off")
    await asked(desk)
    await desk.serving.receive(press(slack, "block_actions_answer", action={"value": "Yes"}, user=OTHER))
    assert len(await desk.turns("app_mention")) == 1
    assert [(said["user"], said["text"]) for said in slack.ephemeral] == [("U0BOB", texts.NOT_YOURS)]
    assert shown(slack)[-1][0] == "actions"


async def test_a_yes_to_a_question_that_was_left_behind_agrees_to_nothing(desks: Any, slack: FakeSlack) -> None:
    """By now something else may wait for a yes."""
    desk = desks(asks, streaming="off")
    await asked(desk)
    late = press(slack, "block_actions_answer", action={"value": "Yes"})
    another = payload("app_mention_thread")
    another["event"]["user"] = "U0ANN"
    await desk.serving.receive(another)
    await desk.serving.receive(late)
    assert "Yes" not in [
        turn.message.text for turn in await desk.assistant.transcript(desk.message("app_mention").conversation)
    ]
    assert slack.ephemeral[-1]["text"] == texts.CHOSEN_ALREADY


async def test_what_somebody_else_says_meanwhile_leaves_a_question_open(desks: Any, slack: FakeSlack) -> None:
    desk = desks(asks, streaming="off")
    await asked(desk)
    pressed = press(slack, "block_actions_answer", action={"value": "Yes"})
    await desk.serving.receive(payload("app_mention_thread"))
    await desk.serving.receive(pressed)
    transcript = await desk.assistant.transcript(desk.message("app_mention").conversation)
    assert transcript[-1].message.text == "Yes"


async def test_where_a_post_can_not_be_changed_the_choice_is_told(desks: Any, slack: FakeSlack) -> None:
    desk = desks(asks, streaming="off")
    await asked(desk)
    slack.trouble("chat.update", Trouble(error="cant_update_message"))
    await desk.serving.receive(press(slack, "block_actions_answer", action={"value": "Yes"}))
    assert [said["text"] for said in slack.ephemeral] == ["✔️ Yes"]


async def test_each_reader_has_one_opinion_and_all_are_shown(desks: Any, slack: FakeSlack) -> None:
    desk = desks(streaming="off")
    await asked(desk)
    await desk.serving.receive(press(slack, "block_actions_feedback"))
    assert shown(slack)[-2:] == [("context", "👍 1 · 👎 0"), ("context_actions", "")]
    await desk.serving.receive(press(slack, "block_actions_feedback", user=OTHER))
    await desk.serving.receive(press(slack, "block_actions_feedback", action={"value": "negative"}))
    assert shown(slack)[-2:] == [("context", "👍 1 · 👎 1"), ("context_actions", "")]
    assert [block[1] for block in shown(slack)].count("👍 1 · 👎 0") == 0
    assert {(one.principal, one.verdict) for one in await feedback(desk)} == {
        ("T0TEAM:U0BOB", "good"),
        ("T0TEAM:U0ANN", "bad"),
    }


async def test_a_rated_post_is_still_known_for_what_it_is(desks: Any, slack: FakeSlack) -> None:
    """Whoever looks it up after a crash takes a post of ours that says nothing for a preview."""
    desk = desks(streaming="off")
    await asked(desk)
    before = slack.posts["C0GENERAL"][-1]["metadata"]
    await desk.serving.receive(press(slack, "block_actions_feedback"))
    (update,) = slack.called("chat.update")
    assert update["metadata"] == before


async def test_whoever_finds_an_answer_bad_may_say_why(desks: Any, slack: FakeSlack) -> None:
    desk = desks(streaming="off")
    await asked(desk)
    await desk.serving.receive(press(slack, "block_actions_feedback", action={"value": "negative"}))
    (opened,) = slack.called("views.open")
    submitted = payload("view_submission_comment")
    assert opened["trigger_id"] == "111.222.aaa"
    assert opened["view"]["callback_id"] == submitted["view"]["callback_id"]
    assert opened["view"]["private_metadata"] == submitted["view"]["private_metadata"]
    assert opened["view"]["blocks"][0]["optional"] is True
    assert (await desk.serving.receive(submitted)).status == 200
    (kept,) = await feedback(desk)
    assert (kept.verdict, kept.comment, kept.at) == ("bad", "That is last year's figure.", 1.0)


async def test_a_form_that_is_left_empty_changes_nothing(desks: Any, slack: FakeSlack) -> None:
    desk = desks(streaming="off")
    await asked(desk)
    empty = payload("view_submission_comment")
    empty["view"]["state"]["values"]["sb-comment"]["sb-comment"]["value"] = None
    assert (await desk.serving.receive(empty)).status == 200
    assert await feedback(desk) == ()


async def test_an_answer_that_is_gone_can_not_be_rated(desks: Any, slack: FakeSlack) -> None:
    await desks().serving.receive(payload("block_actions_feedback"))
    assert [said["text"] for said in slack.ephemeral] == [texts.NOT_RATED]
    assert slack.called("chat.update") == slack.called("views.open") == []


async def test_a_rating_counts_though_slack_does_not_show_it(desks: Any, slack: FakeSlack) -> None:
    desk = desks(streaming="off")
    await asked(desk)
    for method in ("chat.update", "views.open"):
        slack.trouble(method, Trouble(error="expired_trigger_id"))
    answered = await desk.serving.receive(press(slack, "block_actions_feedback", action={"value": "negative"}))
    assert (answered.status, answered.whisper) == (200, "")
    assert [one.verdict for one in await feedback(desk)] == ["bad"]


async def test_an_alarm_is_in_the_log(desks: Any, caplog: Any) -> None:
    assert (await desks().serving.receive(payload("tokens_revoked"))).status == 200
    assert "Install it again" in caplog.text
