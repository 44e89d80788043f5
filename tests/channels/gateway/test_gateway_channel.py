"""The gateway as a channel: the contract that all channels keep, and what it says of deliveries."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from channels.gateway.channel import GatewayChannel
from channels.gateway.hall import Hall
from channels.gateway.settings import GatewaySettings
from channels.gateway.uploading import send_to
from channels.websocket.channel import Said
from channels.websocket.protocol import Say, Upload, read
from channels.websocket.saying import said as heard_of
from channels.websocket.shapes import Bounds
from stores.connections import MemoryConnectionStore
from switchboard import Attachment, BlobStore, Conversation, Limits, Message, Principal, Receipt, Reply
from switchboard.testing.channel import ChannelContract

from .stage import Addresses, Sockets, a_stage


async def whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


def said(text: str, *, id: str, sender: str) -> Said:
    return Said(
        frame=Say(id=id, text=text, attachments=()),
        conversation=Conversation(tenant="local", channel="gateway", room=sender, thread="main"),
        principal=Principal(id=sender),
        attachments=(),
        received_at=0.0,
    )


class TestGateway(ChannelContract):
    @staticmethod
    def text_of(part: Reply) -> str:
        asides = [*(each.title for each in part.citations), *(each.text for each in part.warnings)]
        asides += [] if part.question is None else [part.question.text, *part.question.options]
        asides += [] if part.job is None else [part.job.text]
        return " ".join([part.text, *asides, *(each.name for each in part.artifacts)])

    @pytest.fixture
    def channel(self) -> GatewayChannel:
        return GatewayChannel(Hall(MemoryConnectionStore(), Sockets()), GatewaySettings(), limits=Limits(upload=10_000))

    @pytest.fixture
    def blobs(self) -> BlobStore:
        return Addresses()

    def payload(self, text: str, *, id: str, sender: str) -> Any:
        return said(text, id=id, sender=sender)

    async def filed(self, channel: Any, file: Attachment, *, id: str, sender: str, blobs: BlobStore) -> Message:
        """A file goes to the address that is asked for, past the gateway."""
        heard = said("Read this.", id=id, sender=sender)
        data, digest = bytes(file.size), hashlib.sha256(bytes(file.size)).hexdigest()
        facts = {"name": file.name, "media_type": file.media_type, "size": file.size, "digest": digest}
        bounds = Bounds(text=1_000, upload=channel.limits.upload, attachments=1)
        asked = read(json.dumps({"type": "upload", "id": "upload-1", **facts}), bounds=bounds)
        assert isinstance(asked, Upload)
        there = await send_to(asked, blobs, heard.conversation)
        owner = heard.conversation.key
        given = {"name": there.file.name, "media_type": there.file.media_type, "limit": file.size}
        await blobs.put(whole(data), owner=owner, **given)
        frame = Say(id=id, text="Read this.", attachments=(digest,))
        who = {"conversation": heard.conversation, "principal": heard.principal, "received_at": 0.0}
        (message,) = channel.parse(await heard_of(frame, blobs=blobs, **who))
        return message  # type: ignore[no-any-return]


async def sent(**trouble: set[str]) -> tuple[Receipt, list[dict[str, Any]]]:
    """What comes of sending a reply to a window to which this happens, and the turns that it was shown."""
    async with a_stage([]) as stage:
        client = await stage.connect("one")
        await client.hello()
        for name, value in trouble.items():
            setattr(stage.sockets, name, value)
        conversation = stage.desk.visitors.conversation(Principal(id="ann"), client.welcome["conversation"])
        assert conversation is not None
        (message,) = stage.channel.parse(said("Hi", id="message-1", sender="ann"))
        message = type(message)(id=message.id, conversation=conversation, principal=message.principal, text="Hi")
        parts = stage.channel.render(Reply(text="Hello.", status="complete"))
        return await stage.channel.send(message, parts), client.heard("turn")


def test_a_button_says_which_question_it_answers() -> None:
    frame = Say(id="message-2", text="Yes", reply_to="message-1")
    (message,) = GatewayChannel(Hall(MemoryConnectionStore(), Sockets()), GatewaySettings()).parse(
        replace(said("Yes", id="message-2", sender="ann"), frame=frame)
    )
    assert message.reply_to == "message-1"


async def test_a_reply_that_was_not_shown_is_sent_as_a_turn_that_is_done() -> None:
    receipt, shown = await sent()
    assert receipt.delivered
    assert [(frame["turn"]["state"], frame["turn"]["reply"]["text"]) for frame in shown] == [("done", "Hello.")]


async def test_a_reply_for_nobody_is_not_sent_again() -> None:
    receipt, _ = await sent(gone={"one"})
    assert (receipt.delivered, receipt.retry_after) == (False, None)


async def test_a_reply_that_no_window_could_take_is_sent_again() -> None:
    receipt, _ = await sent(busy={"one"})
    assert (receipt.delivered, receipt.retry_after) == (False, 0.0)
