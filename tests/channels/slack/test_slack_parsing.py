"""What Slack's payloads tell: the same post is one message, a thread one conversation, and nobody talks to itself."""

import json
import random
from typing import Any

import pytest

from channels.slack.incoming import (
    Alarm,
    Aside,
    Asked,
    AskForm,
    Challenge,
    Commented,
    Deleted,
    HomeOpened,
    PaneOpened,
    Place,
    Pressed,
)
from channels.slack.parsing import Delivery, decode, read
from channels.slack.reading import typed
from channels.slack.settings import SlackSettings
from switchboard import BadInput
from tests.channels.slack.shared import NAMES, delivery, make, payload

SETTINGS = SlackSettings()
TOLD = {
    "app_home_opened": HomeOpened,
    "app_mention": Asked,
    "app_mention_thread": Asked,
    "app_rate_limited": Alarm,
    "app_uninstalled": Alarm,
    "assistant_thread_started": PaneOpened,
    "block_actions_answer": Pressed,
    "block_actions_feedback": Pressed,
    "block_actions_stop": Pressed,
    "message_action": Aside,
    "message_assistant_pane": Asked,
    "message_changed": Asked,
    "message_channel_mention": Asked,
    "message_deleted": Deleted,
    "message_file_share": Asked,
    "message_im": Asked,
    "message_slack_connect": Asked,
    "message_tombstone": Deleted,
    "shortcut": AskForm,
    "slash_command": Aside,
    "tokens_revoked": Alarm,
    "url_verification": Challenge,
    "view_submission": Aside,
    "view_submission_comment": Commented,
}
HOSTILE: list[Any] = [None, 7, 1.5, True, "", "x" * 3_000, "<!channel>", [], {}, ["a"], {"id": 5}, "\ud800", "T0/../C"]


def told(name: str, settings: SlackSettings = SETTINGS, **event: Any) -> Any:
    return read(delivery(name, **event), settings, tenant="acme")


@pytest.mark.parametrize("name", NAMES)
def test_each_payload_is_what_slack_documents_it_to_be(name: str) -> None:
    assert type(told(name)) is TOLD.get(name, type(None))


def test_a_post_told_as_message_and_as_mention_is_one_message() -> None:
    one, other = told("app_mention").message, told("message_channel_mention").message
    assert (one.id, one.conversation, one.principal, one.text) == (
        other.id,
        other.conversation,
        other.principal,
        other.text,
    )
    assert one.id == "T0TEAM/C0GENERAL/1767225800.000300"
    assert one.push


def test_a_mention_begins_a_thread_and_what_follows_in_it_is_the_same_conversation() -> None:
    first, later = told("app_mention").message, told("app_mention_thread").message
    assert first.conversation == later.conversation
    assert first.conversation.thread == "1767225800.000300"
    assert first.principal != later.principal


def test_times_that_name_posts_stay_text() -> None:
    assert told("app_mention", ts="1719859215.000200").message.conversation.thread == "1719859215.000200"
    with pytest.raises(BadInput):
        told("app_mention", ts=1719859215.0002)


def test_a_direct_message_outside_of_threads_is_one_conversation() -> None:
    assert told("message_im").message.conversation.key == "acme/slack/T0TEAM%2FD0ANN/"


def test_each_chat_in_the_pane_is_a_conversation() -> None:
    assert told("message_assistant_pane").message.conversation.thread == "1767225690.000100"


def test_the_same_thread_of_two_workspaces_is_two_conversations() -> None:
    moved = payload("app_mention")
    moved["team_id"] = "T0ELSE"
    other = read(Delivery(payload=moved), SETTINGS, tenant="acme")
    assert isinstance(other, Asked)
    assert other.message.conversation != told("app_mention").message.conversation


def test_an_edited_question_is_a_message_that_takes_the_place_of_the_first() -> None:
    edited = told("message_changed")
    assert edited.edits == edited.message.reply_to == told("message_im").message.id
    assert edited.message.id == "T0TEAM/D0ANN/1767225600.000100/1767225650.000000"
    assert edited.message.text.endswith("in Norway?")
    assert edited.message.conversation == told("message_im").message.conversation


def test_edits_may_be_ignored() -> None:
    assert told("message_changed", SlackSettings(edits="ignore")) is None


def test_a_deleted_question_is_the_message_that_it_was() -> None:
    deleted, asked = told("message_deleted"), told("message_im").message
    assert (deleted.message_id, deleted.conversation) == (asked.id, asked.conversation)


def test_a_deleted_question_with_replies_is_the_message_that_it_was() -> None:
    """Slack leaves a tombstone of it, and says that it was changed."""
    deleted, asked = told("message_tombstone"), told("app_mention").message
    assert (deleted.message_id, deleted.conversation) == (asked.id, asked.conversation)


def test_our_own_post_with_replies_is_no_question_that_was_deleted() -> None:
    post = payload("message_tombstone")["event"]
    assert told("message_tombstone", previous_message={**post["previous_message"], "user": "U0APP"}) is None


def test_a_direct_message_that_has_replies_is_edited_and_deleted_where_it_was_said() -> None:
    asked = told("message_im").message
    for name, member in (("message_changed", "message"), ("message_deleted", "previous_message")):
        post = payload(name)["event"][member]
        later = told(name, **{member: {**post, "thread_ts": post["ts"]}})
        where = later.conversation if isinstance(later, Deleted) else later.message.conversation
        assert where == asked.conversation


def test_a_member_of_the_own_organisation_is_the_same_in_posts_commands_and_buttons() -> None:
    """On Enterprise Grid, Slack names the organisation with a button, and the workspace or either with a post."""
    pressed, post = payload("block_actions_stop"), payload("message_im")
    pressed["user"]["team_id"] = "E0ORG"
    pressed["enterprise"] = {"id": "E0ORG", "name": "Example"}
    post["enterprise_id"] = post["event"]["user_team"] = "E0ORG"
    people = [read(Delivery(payload=one), SETTINGS, tenant="acme") for one in (pressed, post)]
    assert isinstance(people[0], Pressed)
    assert isinstance(people[1], Asked)
    assert people[0].principal.id == people[1].message.principal.id == "T0TEAM:U0ANN"


def test_a_member_of_another_organisation_stays_one_when_pressing() -> None:
    pressed = payload("block_actions_stop")
    pressed["user"]["team_id"] = "E0OTHER"
    pressed["enterprise"] = {"id": "E0ORG", "name": "Example"}
    other = read(Delivery(payload=pressed), SETTINGS, tenant="acme")
    assert isinstance(other, Pressed)
    assert other.principal.id == "E0OTHER:U0ANN"


def test_a_comment_says_what_it_is_about() -> None:
    comment = told("view_submission_comment")
    assert comment.place == Place(team="T0TEAM", channel="C0GENERAL", thread="1767225800.000300")
    assert (comment.message_id, comment.principal.id) == (told("app_mention").message.id, "T0TEAM:U0ANN")
    assert comment.text == "That is last year's figure."


def test_an_alarm_names_the_workspace_and_what_to_do() -> None:
    assert "T0TEAM" in told("app_rate_limited").text
    assert "Install it again" in told("tokens_revoked").text


@pytest.mark.parametrize("name", ["message_own", "message_other_bot", "message_channel_join", "message_unfurled"])
def test_what_nobody_asked_is_not_answered(name: str) -> None:
    assert told(name) is None
    assert make().parse(delivery(name)) == ()


def test_another_bot_is_answered_once_the_settings_name_it() -> None:
    bot = told("message_other_bot", SlackSettings(bots=("B0OTHER",)))
    assert bot.bot
    assert bot.message.principal.id == "T0TEAM:B0OTHER"


def test_a_post_in_a_thread_without_a_mention_is_overheard_where_threads_are_followed() -> None:
    assert told("message_channel_thread") is None
    assert told("message_channel_thread", SlackSettings(threads="follow")).overheard


def test_a_person_of_another_organisation_is_of_that_organisation() -> None:
    settings = SlackSettings(groups={"staff": ("T0TEAM",), "guests": ("T0OTHER:U0EXT",)})
    person = told("message_slack_connect", settings).message.principal
    assert (person.id, person.groups) == ("T0OTHER:U0EXT", {"guests"})


@pytest.mark.parametrize(("shared", "whose"), [(True, "X"), (False, "T0TEAM")])
def test_who_is_of_no_named_organisation_is_of_ours_only_where_nobody_else_is(shared: bool, whose: str) -> None:
    loaded = payload("message_slack_connect")
    for name in ("user_team", "source_team", "team"):
        del loaded["event"][name]
    settings = SlackSettings(groups={"staff": ("T0TEAM",)})
    told = read(Delivery(payload={**loaded, "is_ext_shared_channel": shared}), settings, tenant="acme")
    assert isinstance(told, Asked)
    person = told.message.principal
    assert (person.id, bool(person.groups)) == (f"{whose}:U0EXT", not shared)


def test_groups_come_from_the_settings_and_from_nothing_else() -> None:
    settings = SlackSettings(groups={"hr": ("T0TEAM:U0ANN",), "staff": ("T0TEAM",), "board": ("T0TEAM:U0BOB",)})
    assert told("message_im", settings, groups=["board"]).message.principal.groups == {"hr", "staff"}


def test_a_file_keeps_what_is_needed_to_fetch_it() -> None:
    (attachment,) = told("message_file_share").message.attachments
    assert (attachment.name, attachment.media_type, attachment.size) == ("report.txt", "text/plain", 12)
    assert json.loads(attachment.source)["url"].startswith("https://files.slack.com/")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("<@U0APP> hello", "hello"),
        ("hello <@U0CAT|cat>", "hello @cat"),
        ("<#C1|sales> <!here> <!subteam^S1|@team> <!date^1^{date}|today>", "#sales @here @team today"),
        ("<https://example.com/a?b=1&amp;c=2|the page>", "the page (https://example.com/a?b=1&c=2)"),
        ("<https://example.com|example.com> <mailto:a@b.c|a@b.c>", "https://example.com a@b.c"),
        ("1 &lt; 2 &amp;&amp; &amp;lt; &copy;", "1 < 2 && &lt; &copy;"),
    ],
)
def test_what_was_typed_is_read_as_it_was_meant(said: str, meant: str) -> None:
    assert typed(said, own="U0APP") == meant


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'"text"'])
def test_what_is_no_payload_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        decode(body, "application/json")


def test_a_form_may_hold_json_or_fields() -> None:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    assert decode(b"payload=%7B%22type%22%3A%22shortcut%22%7D", form) == {"type": "shortcut"}
    assert decode(b"command=%2Fask&text=hi", form) == {"command": "/ask", "text": "hi"}
    with pytest.raises(BadInput):
        decode(b"payload=x", form)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a payload with each of its keys."""
    if isinstance(value, dict):
        return [(value, key) for key in value] + [one for inner in value.values() for one in places(inner)]
    if isinstance(value, list):
        return [(value, key) for key in range(len(value))] + [one for inner in value for one in places(inner)]
    return []


def mutated(chance: random.Random, text: str) -> dict[str, Any]:
    """The payload with one to four members put over, taken away or moved."""
    loaded: dict[str, Any] = json.loads(text)
    there = places(loaded)
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice(there)
        match chance.randint(0, 3):
            case 0 if isinstance(holder, dict):
                holder.pop(key, None)
            case 1:
                holder[key] = json.loads(text)
            case _:
                holder[key] = chance.choice(HOSTILE)
    return loaded


@pytest.mark.parametrize("seed", range(10))
def test_a_mutated_payload_is_understood_ignored_or_refused(seed: int) -> None:
    """2,000 for each seed: nothing but `BadInput` is raised, and a message is always one of ours."""
    chance = random.Random(seed)
    settings = SlackSettings(bots=("B0OTHER",), threads="follow")
    texts = {name: json.dumps(payload(name)) for name in NAMES}
    for _ in range(2_000):
        changed = mutated(chance, texts[chance.choice(NAMES)])
        try:
            asked = read(Delivery(payload=changed), settings, tenant="acme")
        except BadInput:
            continue
        if isinstance(asked, Asked):
            assert asked.message.conversation.channel == "slack"
            assert asked.message.principal.id.count(":") == 1
