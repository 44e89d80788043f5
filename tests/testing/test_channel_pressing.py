"""The suite for buttons passes a channel whose presses say what they should, and finds out those that do not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from switchboard import Limits, Message, MessageId, Principal, Receipt, Reply, render
from switchboard.testing.channel import ChannelContract, FakeChannel, Line, PressingContract, SendingContract


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Somebody presses a button below the reply to a message."""

    asked: str
    option: str
    sender: str


@dataclass(slots=True, kw_only=True)
class Buttons:
    """A room that everybody shares, with buttons below replies; ``forgets`` is what it leaves out of a press."""

    name: str = "buttons"
    limits: Limits = field(default_factory=lambda: Limits(text=500, buttons=5, button_text=40, upload=0))
    forgets: tuple[str, ...] = ()
    lines: FakeChannel = field(default_factory=lambda: FakeChannel(name="buttons", push=True))

    def parse(self, payload: Line | Press) -> Sequence[Message]:
        if isinstance(payload, Line):
            return self.lines.parse(payload)
        (asked,) = self.lines.parse(Line(id=payload.asked, sender="5551", text="x"))
        who = Principal(id=f"buttons:{payload.sender}", verified=True)
        id = f"press:{payload.asked}:{payload.option if 'identity' in self.forgets else ''}:{payload.sender}"
        about = None if "reply_to" in self.forgets else asked.id
        presser = asked.principal if "presser" in self.forgets else who
        return (replace(asked, id=MessageId(id), text=payload.option, principal=presser, reply_to=about),)

    def render(self, reply: Reply) -> Sequence[tuple[str, Sequence[str]]]:
        made = render(reply, self.limits)
        return [(text, made.options if text is made.messages[-1] else ()) for text in made.messages]

    async def send(self, message: Message, parts: Sequence[Any], *, again: bool = False) -> Receipt:
        return Receipt(delivered=True)


class TestButtons(PressingContract, ChannelContract):
    text_of = staticmethod(lambda part: part[0])
    buttons_of = staticmethod(lambda part: part[1])

    @pytest.fixture
    def channel(self) -> Buttons:
        return Buttons()

    def payload(self, text: str, *, id: str, sender: str) -> Line:
        return Line(id=id, sender=sender, text=text)

    def press(self, channel: Any, message: Message, option: str, *, sender: str) -> Press:
        return Press(asked=message.id, option=option, sender=sender)


@pytest.mark.parametrize(
    ("forgotten", "test"),
    [
        ("reply_to", "test_a_press_says_the_suggested_answer_to_what_was_asked"),
        ("identity", "test_one_question_has_one_answer"),
        ("presser", "test_the_asker_agrees_by_a_press_and_nobody_else"),
    ],
)
async def test_a_press_that_lacks_something_is_found_out(forgotten: str, test: str) -> None:
    with pytest.raises(AssertionError):
        await getattr(TestButtons(), test)(Buttons(forgets=(forgotten,)))


def test_a_channel_that_does_not_push_is_found_out() -> None:
    case = type("Case", (SendingContract, TestButtons), {})()
    with pytest.raises(AssertionError, match="push=True"):
        case.test_replies_to_its_messages_are_sent(FakeChannel())
