"""Slack held to the suites that every channel passes. Files are fetched, and refused, by `channels.slack.files`."""

from collections.abc import Sequence
from typing import Any

import pytest

from channels.slack.blocks import LIMITS, Part, Post
from channels.slack.channel import SlackChannel
from channels.slack.parsing import Delivery
from switchboard import Reply
from switchboard.testing.channel import ChannelContract
from switchboard.testing.channel_outgoing import PROSE
from switchboard.testing.channel_sending import SendingAgainContract, SendingContract
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.shared import delivery, make


def labels(part: Part) -> Sequence[str]:
    rows = [block for block in part.blocks if block["type"] == "actions"] if isinstance(part, Post) else []
    return [element["text"]["text"] for row in rows for element in row["elements"]]


class TestSlack(SendingContract, SendingAgainContract, ChannelContract):
    text_of = staticmethod(lambda part: part.text if isinstance(part, Post) else part.artifact.name)
    buttons_of = staticmethod(labels)

    @pytest.fixture
    def channel(self, slack: FakeSlack) -> SlackChannel:
        self.slack = slack
        made = make(slack, streaming="off")
        assert made.limits == LIMITS
        return made

    def payload(self, text: str, *, id: str, sender: str) -> Delivery:
        if not (id.isdigit() and sender.isalnum()):
            raise ValueError("Slack's ids are of digits and capitals")
        place = {"ts": f"{id}.000100", "user": f"U{sender}", "channel": f"D{sender}"}
        return delivery("message_im", text=text, **place)

    def busy(self, channel: Any) -> Any:
        self.slack.trouble("chat.postMessage", Trouble(status=429, error="ratelimited", headers={"Retry-After": "0"}))
        return channel

    def refusing(self, channel: Any) -> Any:
        self.slack.trouble("chat.postMessage", Trouble(error="channel_not_found"))
        return channel

    def lossy(self, channel: Any) -> Any:
        """All but the last part is confirmed."""
        parts = channel.render(Reply(text=PROSE, status="complete"))
        heard = [Trouble(after=True, error="") for _ in parts[1:]]
        self.slack.trouble("chat.postMessage", *heard, Trouble(hang_up=True, after=True))
        return channel

    def displayed(self, channel: Any) -> Sequence[str]:
        return [post["text"] for posts in self.slack.posts.values() for post in posts]
