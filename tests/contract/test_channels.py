"""The channels of the house keep the contract that strangers' channels are held to."""

from typing import Any

import pytest

from channels.http.channel import Asked, HttpChannel
from channels.http.naming import conversation_of
from channels.terminal.channel import TerminalChannel, Typed
from channels.websocket.channel import Said, WebSocketChannel
from channels.websocket.protocol import Say
from channels.websocket.rooms import Rooms
from switchboard import (
    Citation,
    Conversation,
    Event,
    Failed,
    Final,
    JobStarted,
    Principal,
    Question,
    Warning,
)
from switchboard.testing.channel import ChannelContract


class TestTerminal(ChannelContract):
    @pytest.fixture
    def channel(self) -> TerminalChannel:
        return TerminalChannel(tenant="local")

    def payload(self, text: str, *, id: str, sender: str) -> Typed:
        return Typed(id=id, principal=Principal(id=sender, verified=True), thread="main", text=text)


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
        return WebSocketChannel(Rooms())

    def payload(self, text: str, *, id: str, sender: str) -> Any:
        return Said(
            frame=Say(id=id, text=text, attachments=()),
            conversation=Conversation(tenant="local", channel="websocket", room=sender, thread="main"),
            principal=Principal(id=sender),
            attachments=(),
            received_at=0.0,
        )


class TestHttp(ChannelContract):
    @staticmethod
    def text_of(part: dict[str, Any]) -> str:
        asides = [one["text"] for one in (*part["warnings"], part["job"], part["question"]) if one]
        options = part["question"]["options"] if part["question"] else []
        return "\n".join([part["text"], *(one["title"] for one in part["citations"]), *asides, *options])

    @pytest.fixture
    def channel(self) -> HttpChannel:
        return HttpChannel()

    def payload(self, text: str, *, id: str, sender: str) -> Asked:
        who = Principal(id=sender, verified=True)
        return Asked(id=id, conversation=conversation_of(who, "main", tenant="local"), principal=who, text=text)
