"""What the tests of the Slack channel share: payloads from files, a channel, Markdown at random."""

import asyncio
import json
from pathlib import Path
from typing import Any

from channels.slack.channel import SlackChannel
from channels.slack.parsing import Delivery
from channels.slack.settings import SlackSettings
from stores.memory import MemoryBlobStore
from switchboard import Conversation, Message, MessageId, Principal
from switchboard.testing.slack import FakeSlack

PAYLOADS = Path(__file__).resolve().parents[2] / "payloads" / "slack"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
SECRET = "a-signing-secret"
THREAD = "1800000000.000100"


def payload(name: str) -> dict[str, Any]:
    """A payload as Slack sends it."""
    loaded: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def delivery(name: str, **event: Any) -> Delivery:
    """A payload that has been verified, with members of its event put over."""
    loaded = payload(name)
    loaded.get("event", {}).update(event)
    return Delivery(payload=loaded, received_at=1767225601.0)


def make(slack: FakeSlack | None = None, *, blobs: Any = None, **settings: Any) -> SlackChannel:
    """A channel, for a fake Slack if there is one."""
    given = {"bot_token": slack.token, "api_url": slack.api_url} if slack else {}
    store = blobs or MemoryBlobStore()
    checked = SlackSettings.model_validate({"signing_secret": SECRET, **given, **settings})
    return SlackChannel(checked, tenant="acme", blobs=lambda: store)


def message(
    text: str = "Hello", *, room: str = "T0TEAM/C1", thread: str = "1800000000.000100", **fields: Any
) -> Message:
    """A message that was asked in a thread."""
    return Message(
        id=fields.pop("id", MessageId(f"{room}/{thread or THREAD}")),
        conversation=Conversation(tenant="acme", channel="slack", room=room, thread=thread),
        principal=Principal(id="T0TEAM:U0ANN", verified=True),
        text=text,
        push=True,
        **fields,
    )


async def until(done: Any, *, seconds: float = 60.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.005)
