"""A conversation's messages as exchanges: what was said, with which files, what was called and what came back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

_ATTACHED = re.compile(r"^\[attached: (.+)\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one person's message led to.

    Attributes:
        text: What the person wrote, without the notes on attachments.
        files: Names of the files that came with it.
        calls: Tool calls, in order.
        results: Their results, in order.
        answer: The text that closed the exchange; empty while it runs.
    """

    text: str
    files: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolMessage, ...] = ()
    answer: str = ""

    def result_of(self, call: ToolCall) -> ToolMessage | None:
        """The result of a call, if it is there."""
        return next((result for result in self.results if result.tool_call_id == call["id"]), None)


def exchanges(messages: Sequence[BaseMessage]) -> list[Exchange]:
    """The exchanges, oldest first; the last one is to be answered. Whatever precedes the first is left out."""
    groups: list[list[BaseMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            groups.append([message])
        elif groups:
            groups[-1].append(message)
    return [_exchange(group) for group in groups]


def _exchange(group: Sequence[BaseMessage]) -> Exchange:
    said = str(group[0].text)
    replies = [message for message in group[1:] if isinstance(message, AIMessage)]
    closing = replies[-1] if replies and not replies[-1].tool_calls else None
    return Exchange(
        text=_ATTACHED.sub("", said).strip(),
        files=tuple(_ATTACHED.findall(said)),
        calls=tuple(call for reply in replies for call in reply.tool_calls),
        results=tuple(message for message in group if isinstance(message, ToolMessage)),
        answer=str(closing.text) if closing else "",
    )
