"""One answer of several replies: remarks, what was late, what was asked for; what does not fit is named. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from channels.lex import texts
from channels.lex.channel import Heard, LexChannel
from channels.lex.dialog import Step
from channels.lex.naming import next_state
from channels.lex.parts import LexMessage
from channels.lex.rendering import Style, more_control, pages, pieces
from channels.lex.responses import Response, respond
from channels.lex.state import ATTRIBUTE, sign
from switchboard import Reply
from switchboard.storage import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A reply in an answer.

    Attributes:
        id: The message that it answers; empty for a remark, which is not told again.
        heading: What stands above it.
        direct: Whether it answers the very words of this call.
    """

    reply: Reply
    id: str = ""
    heading: str = ""
    direct: bool = False


def late_section(turn: Turn, turns: Sequence[Turn]) -> Section:
    """A late reply under the question that it answers, if that is among the turns."""
    message = turn.message
    asked = message.reply_to if message.job else message.id
    question = next((each.message.text for each in turns if each.message.id == asked), "")
    heading = texts.result_of(question) if question else texts.RESULT
    return Section(reply=turn.reply or Reply(text="", status="stopped"), id=message.id, heading=heading)


def compose(channel: LexChannel, heard: Heard, sections: Sequence[Section], *, start: int, now: float) -> Response:
    """The answer that sections make.

    Args:
        channel: Whose settings count.
        heard: The call.
        sections: In order; remarks come first.
        start: How many messages of the sections that are no remarks were shown before.
        now: Seconds since the epoch.
    """
    style = channel.style(heard.call)
    told = [section for section in sections if section.id]
    remarks = _messages([section for section in sections if not section.id], style)
    others = {name: value for name, value in heard.call.attributes.items() if name != ATTRIBUTE}
    shown, *rest = pages([*remarks, *_messages(told, style)[start:]], style, taken=len(json.dumps(others)))
    done = len(shown) - len(more_control(style)) - len(remarks)
    state = next_state(
        heard.state,
        shown=[section.id for section in told],
        direct=any(section.direct for section in told),
        after=start + done if rest else 0,
        now=now,
    )
    last = sections[-1].reply
    waits = bool(rest) or last.question is not None
    step = Step(action="ElicitIntent" if waits else "Close", failed=last.status == "failed")
    attributes = {**others, ATTRIBUTE: sign(state, heard.conversation, channel.settings.key)}
    return respond(heard.call, step, shown, attributes)


def _messages(sections: Sequence[Section], style: Style) -> list[LexMessage]:
    return [part for section in sections for part in pieces(section.reply, style, section.heading)]
