"""The channels of the house keep the contract that strangers' channels are held to."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.http.channel import Asked, HttpChannel
from channels.http.naming import conversation_of
from channels.terminal.channel import TerminalChannel, Typed
from channels.terminal.uploads import attach
from channels.websocket.channel import Said, WebSocketChannel
from channels.websocket.protocol import Say
from channels.websocket.rooms import Rooms
from channels.websocket.saying import said
from channels.websocket.uploads import check_length, store
from switchboard import (
    Attachment,
    BlobStore,
    Citation,
    Conversation,
    Event,
    Failed,
    Final,
    JobStarted,
    Limits,
    Message,
    Principal,
    Question,
    Warning,
)
from switchboard.testing.channel import ChannelContract

SMALL = Limits(upload=10_000)
"""So that the largest file is soon made."""


async def uploaded(file: Attachment, *, owner: Conversation, blobs: BlobStore) -> Attachment:
    """A file that is sent over HTTP before the message that names it."""
    check_length(str(file.size), limit=SMALL.upload)
    facts: dict[str, Any] = {"name": file.name, "claimed_type": file.media_type, "limit": SMALL.upload, "patience": 60}
    blob = await store(chunks(file), blobs, conversation=owner, **facts)
    return Attachment(name=blob.name, media_type=blob.media_type, size=blob.size, digest=blob.digest)


async def chunks(file: Attachment) -> AsyncIterator[bytes]:
    for start in range(0, file.size, 4_096):
        yield bytes(min(4_096, file.size - start))


class TestTerminal(ChannelContract):
    @pytest.fixture
    def channel(self, tmp_path: Path) -> TerminalChannel:
        self.folder = tmp_path
        made = TerminalChannel(tenant="local")
        made.limits = SMALL
        return made

    def payload(self, text: str, *, id: str, sender: str) -> Typed:
        return Typed(id=id, principal=Principal(id=sender, verified=True), thread="main", text=text)

    async def filed(self, channel: Any, file: Attachment, *, id: str, sender: str, blobs: BlobStore) -> Message:
        """A file of this machine, which is read when it is named."""
        path = self.folder / file.name
        if path.parent != self.folder:
            raise ValueError("that is not the name of a file")
        try:
            path.write_bytes(bytes(file.size))
        except OSError:
            raise ValueError("that is not the name of a file") from None
        typed = self.payload("Read this.", id=id, sender=sender)
        place = channel.conversation(typed.principal, "main")
        kept = await attach(str(path), blobs=blobs, conversation=place, limit=channel.limits.upload)
        (message,) = channel.parse(replace(typed, attachments=(kept,)))
        return message


class TestWebSocket(ChannelContract):
    @staticmethod
    def text_of(part: Event) -> str:
        match part:
            case Final() | Failed():
                return part.text
            case Citation():
                return part.title
            case Warning() | JobStarted():
                return part.text
            case Question():
                return "\n".join((part.text, *part.options))
            case _:
                return ""

    @pytest.fixture
    def channel(self) -> WebSocketChannel:
        return WebSocketChannel(Rooms(), limits=SMALL)

    def payload(self, text: str, *, id: str, sender: str) -> Any:
        return Said(
            frame=Say(id=id, text=text, attachments=()),
            conversation=Conversation(tenant="local", channel="websocket", room=sender, thread="main"),
            principal=Principal(id=sender),
            attachments=(),
            received_at=0.0,
        )

    async def filed(self, channel: Any, file: Attachment, *, id: str, sender: str, blobs: BlobStore) -> Message:
        heard = self.payload("Read this.", id=id, sender=sender)
        kept = await uploaded(file, owner=heard.conversation, blobs=blobs)
        frame = Say(id=id, text="Read this.", attachments=(kept.digest,))
        who: dict[str, Any] = {"conversation": heard.conversation, "principal": heard.principal, "received_at": 0.0}
        (message,) = channel.parse(await said(frame, blobs=blobs, **who))
        return message


class TestHttp(ChannelContract):
    @staticmethod
    def text_of(part: dict[str, Any]) -> str:
        asides = [one["text"] for one in (*part["warnings"], part["job"], part["question"]) if one]
        options = part["question"]["options"] if part["question"] else []
        return "\n".join([part["text"], *(one["title"] for one in part["citations"]), *asides, *options])

    @pytest.fixture
    def channel(self) -> HttpChannel:
        return HttpChannel(limits=SMALL)

    def payload(self, text: str, *, id: str, sender: str) -> Asked:
        who = Principal(id=sender, verified=True)
        return Asked(id=id, conversation=conversation_of(who, "main", tenant="local"), principal=who, text=text)

    async def filed(self, channel: Any, file: Attachment, *, id: str, sender: str, blobs: BlobStore) -> Message:
        asked = self.payload("Read this.", id=id, sender=sender)
        kept = await uploaded(file, owner=asked.conversation, blobs=blobs)
        (message,) = channel.parse(replace(asked, attachments=(kept,)))
        return message
