"""Lex keeps the contract of every channel, and says at the start what is wrong with its settings."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

import pytest

from channels.lex.channel import Invocation, LexChannel, channel
from channels.lex.parts import Card, LexMessage
from channels.lex.rendering import Style
from channels.lex.state import ATTRIBUTE, State, sign
from switchboard import ConfigError, DeliveryFailed, Reply
from switchboard.decorating import tool
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.channel import ChannelContract
from switchboard.tools import ToolContext, ToolResult

from .lexing import NAMES, NOW, SECRET, a_channel, payload, says


class TestLex(ChannelContract):
    @staticmethod
    def text_of(part: LexMessage) -> str:
        return part.title if isinstance(part, Card) else part.content

    @staticmethod
    def buttons_of(part: LexMessage) -> Sequence[str]:
        return [button.text for button in part.buttons] if isinstance(part, Card) else ()

    @pytest.fixture
    def channel(self) -> LexChannel:
        return a_channel()

    def payload(self, text: str, *, id: str, sender: str) -> Invocation:
        """The place of the words is what the session has counted, as Lex gives utterances no id."""
        sender.encode()  # what is no Unicode can't be sent
        conversation = a_channel().hear(Invocation(event=says("x", session=sender), received_at=NOW)).conversation
        state = sign(State(visit="v", count=int(id)), conversation, SECRET.encode())
        return Invocation(event=says(text, attributes={ATTRIBUTE: state}, session=sender), received_at=NOW)


@tool
async def look_up(context: ToolContext, *, query: str, year: int = 0) -> ToolResult:
    """Look something up."""
    return ToolResult(text="")


def setup(**lex: Any) -> Setup:
    settings = load(None, {})
    table = {"secret": SECRET, **lex}
    channels = settings.channels.model_validate({"lex": table})
    return Setup(settings.model_copy(update={"channels": channels}), given={"tools": [look_up]})


def test_the_tools_of_intents_are_known_by_what_they_need() -> None:
    made = channel(setup(intents={"Find": {"tool": "look_up"}}))
    assert made.tools["look_up"].required == ("query",)


@pytest.mark.parametrize(
    ("lex", "where"),
    [
        ({"secret": "short"}, "channels.lex.secret"),
        ({"text": "SSML"}, "channels.lex.text"),
        ({"colour": "red"}, "channels.lex.colour"),
        ({"intents": {"Find": {"tool": "nothing"}}}, "channels.lex.intents.Find.tool"),
        ({"callers": {"B/A": {}}}, "channels.lex.callers.B/A.principal"),
    ],
)
def test_wrong_settings_are_told_with_their_place(lex: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigError) as raised:
        channel(setup(**lex))
    assert raised.value.where == where
    assert SECRET not in str(raised.value)


def test_a_secret_may_come_from_whoever_keeps_one() -> None:
    assert channel(setup(secret=""), secret=SECRET).settings.key == SECRET.encode()


def test_a_secret_is_not_shown() -> None:
    assert SECRET not in repr(a_channel().settings)


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("fallback_text", Style()),
        ("speech", Style(text="SSML", cards=False)),
        ("connect_dtmf", Style(text="SSML", cards=False)),
        ("connect_chat", Style()),
        ("twilio_sms", Style(cards=False)),
    ],
)
def test_an_answer_has_the_form_that_the_platform_shows(name: str, style: Style) -> None:
    made = a_channel()
    assert made.style(made.hear(Invocation(event=payload(name), received_at=NOW)).call) == style


def test_markdown_goes_to_clients_that_show_it() -> None:
    made = a_channel(text="CustomPayload")
    styles = {
        name: made.style(made.hear(Invocation(event=payload(name), received_at=NOW)).call).text
        for name in ("fallback_text", "connect_chat", "twilio_sms", "speech")
    }
    assert styles == {
        "fallback_text": "CustomPayload",
        "connect_chat": "CustomPayload",
        "twilio_sms": "PlainText",
        "speech": "SSML",
    }


async def test_nothing_can_be_sent() -> None:
    made = a_channel()
    (message,) = made.parse(Invocation(event=payload(), received_at=NOW))
    assert not message.push
    with pytest.raises(DeliveryFailed):
        await made.send(message, made.render(Reply(text="x", status="complete")))


def test_payloads_are_as_many_kinds_as_there_are() -> None:
    pairs = itertools.combinations((re.sub(r"\s", "", str(payload(name))) for name in NAMES), 2)
    assert len(NAMES) >= 19
    assert all(one != other for one, other in pairs)
