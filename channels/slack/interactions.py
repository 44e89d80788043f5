"""What people do besides writing posts: commands, shortcuts, forms and buttons. Pure."""

import json
from typing import TYPE_CHECKING

from channels.slack import texts
from channels.slack.blocks import ASK, COMMENT
from channels.slack.incoming import Aside, AskForm, Commented, Incoming, Place, Pressed
from channels.slack.people import person
from channels.slack.reading import MALFORMED, Payload, at, id_at, text_at, ts_at, typed
from switchboard import BadInput, MessageId

if TYPE_CHECKING:
    from channels.slack.settings import SlackSettings

LONGEST_KEY = 200
ABOUT_MESSAGE = "switchboard-about"
FORM = "switchboard-ask"
"""The callback ids of the shortcut on a message, and of the form and the shortcut that opens it; see the manifest."""
COMMENT_FORM = "switchboard-comment"


def interaction(payload: Payload, settings: "SlackSettings") -> Incoming | None:
    """What somebody did, or ``None`` if it is nothing to us.

    Raises:
        BadInput: It is malformed.
    """
    match text_at(payload, "type"):
        case "" if text_at(payload, "command"):
            return _command(payload, settings)
        case "shortcut" if text_at(payload, "callback_id") == FORM:
            return AskForm(team=_team(payload), trigger=_key(payload, "trigger_id"))
        case "message_action" if text_at(payload, "callback_id") == ABOUT_MESSAGE:
            return _about(payload, settings)
        case "view_submission" if text_at(payload, "view", "callback_id") == FORM:
            return _form(payload, settings)
        case "view_submission" if text_at(payload, "view", "callback_id") == COMMENT_FORM:
            return _commented(payload, settings)
        case "block_actions":
            return _pressed(payload, settings)
        case "":
            raise BadInput(MALFORMED)
        case _:
            return None


def _command(payload: Payload, settings: "SlackSettings") -> Aside:
    team, user = id_at(payload, "team_id"), id_at(payload, "user_id")
    return Aside(
        team=team,
        user=user,
        principal=person(settings, team, user),
        text=typed(text_at(payload, "text")),
        key=_key(payload, "trigger_id"),
        command=text_at(payload, "command"),
    )


def _about(payload: Payload, settings: "SlackSettings") -> Aside:
    user, text = id_at(payload, "user", "id"), typed(text_at(payload, "message", "text"))
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    return Aside(
        team=_team(payload),
        user=user,
        principal=person(settings, _home(payload), user),
        text=f"{texts.ABOUT_DEFAULT}\n\n{quoted}" if text else "",
        key=_key(payload, "trigger_id"),
    )


def _form(payload: Payload, settings: "SlackSettings") -> Aside:
    user = id_at(payload, "user", "id")
    return Aside(
        team=_team(payload),
        user=user,
        principal=person(settings, _home(payload), user),
        text=text_at(payload, "view", "state", "values", ASK, ASK, "value").strip(),
        key=_key(payload, "view", "id"),
    )


def _pressed(payload: Payload, settings: "SlackSettings") -> Pressed | None:
    pressed = at(payload, "actions")
    action = pressed[0] if isinstance(pressed, list) and pressed else None
    if not text_at(action, "action_id").startswith("sb-"):
        return None
    ts = ts_at(payload, "message", "ts") if at(payload, "message", "ts") else ts_at(payload, "container", "message_ts")
    thread = ts_at(payload, "message", "thread_ts") if at(payload, "message", "thread_ts") else ""
    user = id_at(payload, "user", "id")
    return Pressed(
        place=Place(team=_team(payload), channel=id_at(payload, "channel", "id"), thread=thread),
        user=user,
        principal=person(settings, _home(payload), user),
        action=text_at(action, "action_id"),
        value=text_at(action, "value"),
        message=ts,
        subject=text_at(action, "block_id"),
        trigger=text_at(payload, "trigger_id"),
        text=text_at(payload, "message", "text"),
        blocks=_blocks(payload),
    )


def _commented(payload: Payload, settings: "SlackSettings") -> Commented:
    """A comment. What the form is about was put into it when it was opened, and came back signed by Slack."""
    try:
        about = json.loads(text_at(payload, "view", "private_metadata"))
    except (ValueError, RecursionError):
        raise BadInput(MALFORMED) from None
    thread = ts_at(about, "thread") if text_at(about, "thread") else ""
    return Commented(
        place=Place(team=_team(payload), channel=id_at(about, "channel"), thread=thread),
        principal=person(settings, _home(payload), id_at(payload, "user", "id")),
        message_id=MessageId(_key(about, "message")),
        text=text_at(payload, "view", "state", "values", COMMENT, COMMENT, "value").strip(),
    )


def _blocks(payload: Payload) -> tuple[Payload, ...]:
    found = at(payload, "message", "blocks")
    return tuple(block for block in found if isinstance(block, dict)) if isinstance(found, list) else ()


def _team(payload: Payload) -> str:
    """The workspace in which it was done."""
    for path in (("view", "app_installed_team_id"), ("team", "id"), ("enterprise", "id")):
        if text_at(payload, *path):
            return id_at(payload, *path)
    raise BadInput(MALFORMED)


def _home(payload: Payload) -> str:
    """The workspace whose member did it; of a member of our own organisation, the workspace in which it was done.

    Slack names the organisation there, where it names the workspace in events.
    """
    home = id_at(payload, "user", "team_id") if text_at(payload, "user", "team_id") else ""
    ours = (text_at(payload, "enterprise", "id"), text_at(payload, "team", "enterprise_id"))
    return home if home and home not in ours else _team(payload)


def _key(payload: object, *path: str) -> str:
    found = text_at(payload, *path)
    if not 0 < len(found) <= LONGEST_KEY:
        raise BadInput(MALFORMED)
    return found
