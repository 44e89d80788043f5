"""The settings of the channel, the page that lists them, and the manifest of the app, which have to agree."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from channels.slack.channel import channel
from channels.slack.interactions import ABOUT_MESSAGE, FORM
from channels.slack.settings import SlackSettings, slack_settings
from switchboard import ConfigError
from switchboard.plugins import Setup
from switchboard.settings import Settings
from tests.channels.slack.shared import NAMES, payload

ROOT = Path(__file__).resolve().parents[3]
MANIFEST: dict[str, Any] = json.loads((ROOT / "infra" / "slack" / "manifest.json").read_text(encoding="utf-8"))
SCOPES = {
    "chat.postMessage": "chat:write",
    "conversations.open": "im:write",
    "conversations.replies": "channels:history",
    "conversations.history": "im:history",
    "files.info": "files:read",
    "files.completeUploadExternal": "files:write",
    "assistant.threads.setStatus": "assistant:write",
}


def settings(**table: Any) -> SlackSettings:
    return slack_settings(Settings.model_validate({"channels": {"slack": table}}))


def test_the_page_lists_each_setting_with_its_default_and_meaning() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, flags=re.MULTILINE))
    for name, field in SlackSettings.model_fields.items():
        shown = str(field.default) if field.default and isinstance(field.default, str | int | float) else ""
        assert rows.pop(name) == f"{f'`{shown}` ' if shown else ''}| {field.description}"
    assert rows == {}


def test_a_secret_is_not_shown() -> None:
    assert "xoxb-1" not in repr(settings(bot_token="xoxb-1"))


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({"treads": "follow"}, "treads"),
        ({"threads": "all"}, "threads"),
        ({"api_url": "http://slack.example/"}, "https"),
        ({"port": 70_000}, "port"),
    ],
)
def test_a_wrong_setting_is_named(table: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        settings(**table)


def test_variables_may_list_bots() -> None:
    assert settings(bots="B1,B2").bots == ("B1", "B2")


def test_the_registry_makes_the_channel_without_slacks_library() -> None:
    made = channel(Setup(Settings.model_validate({"tenant": "acme", "limits": {"upload_bytes": 5_000}})))
    assert (made.name, made.tenant, made.limits.upload) == ("slack", "acme", 5_000)


def test_each_event_of_the_manifest_has_a_payload_and_each_shortcut_a_meaning() -> None:
    told = {str(payload(name).get("event", {}).get("type")) for name in NAMES}
    assert {event.partition(".")[0] for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]} <= told
    assert {shortcut["callback_id"] for shortcut in MANIFEST["features"]["shortcuts"]} == {FORM, ABOUT_MESSAGE}


def test_the_scopes_of_the_manifest_are_those_of_what_is_called() -> None:
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert set(SCOPES.values()) <= scopes
    events = {"message.channels": "channels", "message.groups": "groups", "message.im": "im", "message.mpim": "mpim"}
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert {f"{kind}:history" for event, kind in events.items() if event in subscribed} <= scopes
