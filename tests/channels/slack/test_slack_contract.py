"""Slack held to the suites that every channel passes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from channels.slack.blocks import LIMITS, Part, Post
from channels.slack.channel import SlackChannel
from channels.slack.files import Files
from channels.slack.parsing import Delivery
from channels.slack.serving import Serving
from switchboard import Attachment, BadInput, BlobStore, Message, Reply
from switchboard.assistant import Offer
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.channel import ChannelContract
from switchboard.testing.channel_outgoing import PROSE
from switchboard.testing.channel_pressing import PressingContract
from switchboard.testing.channel_sending import SendingAgainContract, SendingContract
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.shared import delivery, make, payload


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
        made.limits = replace(LIMITS, upload=10_000)
        return made

    def payload(self, text: str, *, id: str, sender: str) -> Delivery:
        if not (id.isdigit() and sender.isalnum()):
            raise ValueError("Slack's ids are of digits and capitals")
        place = {"ts": f"{id}.000100", "user": f"U{sender}", "channel": f"D{sender}"}
        return delivery("message_im", text=text, **place)

    async def filed(self, channel: Any, file: Attachment, *, id: str, sender: str, blobs: BlobStore) -> Message:
        """A post says what a file is; it is fetched before the message is handed over."""
        about = {"id": "F1", "name": file.name, "mimetype": file.media_type, "size": file.size}
        asked = self.payload("Read this.", id=id, sender=sender)
        asked.payload["event"]["files"] = [{**about, "url_private_download": f"{self.slack.url}/files/F1"}]
        self.slack.downloads["/files/F1"] = ("application/octet-stream", bytes(file.size))
        (message,) = channel.parse(asked)
        fetched, faults = await Files(channel.settings, channel.api, limit=channel.limits.upload).fetched(
            message, blobs
        )
        if faults:
            raise BadInput(faults[0], status=413)
        return fetched

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


class TestSlacksButtons(PressingContract):
    """In a thread of a channel, where everybody can press what everybody sees."""

    buttons_of = staticmethod(labels)

    @pytest.fixture
    def channel(self, slack: FakeSlack) -> SlackChannel:
        self.slack = slack
        return make(slack, streaming="off")

    def payload(self, text: str, *, id: str, sender: str) -> Delivery:
        return delivery("app_mention", text=f"<@U0SWITCH> {text}", ts=f"{id}.000100", user=f"U{sender}")

    def press(self, channel: Any, message: Message, option: str, *, sender: str) -> Delivery:
        (post,) = self.slack.posts["C0GENERAL"]
        buttons = [(block.get("block_id"), each) for block in post["blocks"] for each in block.get("elements", [])]
        (row, button) = next(each for each in buttons if each[1].get("value") == option)
        loaded = payload("block_actions_answer")
        action = {"action_id": button["action_id"], "block_id": row, "value": option}
        pressed = {"message": {**loaded["message"], **post}, "actions": [{**loaded["actions"][0], **action}]}
        return Delivery(payload={**loaded, **pressed, "user": {**loaded["user"], "id": f"U{sender}"}})

    async def pressed(self, channel: Any, payload: Delivery) -> Sequence[Message]:
        """Presses are looked into: what is on the button counts if whoever asked has pressed it."""
        assistant = Offered()
        serving = Serving(channel, assistant)
        await serving.receive(payload.payload)
        await serving.close()
        await assistant.close()
        return assistant.offered


class Offered(FakeAssistant):
    """Notes what it is offered."""

    def __init__(self) -> None:
        super().__init__()
        self.offered: list[Message] = []

    async def offer(self, message: Message) -> Offer:
        self.offered.append(message)
        return await super().offer(message)
