"""Calls that a turn begins with, and those that wait for a person's yes.

A call to a tool that needs approval is not run: the turn ends with a question, and the calls of that step wait in the
conversation's memory. The asker's next message decides: a yes runs them all, a no runs those that need no yes, anything
else lets go of them. Nobody else's word counts, nor one that was said before the question was.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, ToolCall, ToolMessage

from agent import texts
from agent.checking import arguments
from switchboard.events import Question
from switchboard.messages import Message
from switchboard.tools import Tool

HELD = "held"
"""What marks the result of a call that was not run. It is no part of what a model reads."""


class Pending(TypedDict):
    """A call that waits: whose word decides, which message's turn asked, and when, in seconds since the epoch."""

    tool: str
    arguments: dict[str, Any]
    principal: str
    asked_for: str
    asked_at: float


def beginning(message: Message, pending: Sequence[Pending]) -> AIMessage | None:
    """What the turn begins with instead of asking the model: the message's own call, or those that waited for it."""
    if message.call is not None:
        return _calling(message, [(message.call.tool, arguments(message.call.arguments))])
    if decided(message, pending) is None:
        return None
    return _calling(message, [(each["tool"], each["arguments"]) for each in pending])


def decided(message: Message, pending: Sequence[Pending]) -> bool | None:
    """Whether the message is a yes or a no to what waits; ``None`` if it is neither, or not the asker's to say."""
    if not is_answer(message, pending):
        return None
    said = " ".join(message.text.casefold().split()).strip(".!,")
    return True if said in texts.YES else False if said in texts.NO else None


def is_answer(message: Message, pending: Sequence[Pending]) -> bool:
    """Whether the message is by whoever was asked, was said after that, and answers nothing else."""
    return bool(pending) and all(
        each["principal"] == _name(message)
        and each["asked_at"] <= message.received_at
        and message.reply_to in (None, each["asked_for"])
        for each in pending
    )


def is_approved(
    message: Message, pending: Sequence[Pending], call: ToolCall, produced: Sequence[AnyMessage]
) -> bool | None:
    """Whether a person has agreed to this very call; ``None`` if nobody was asked.

    What is compared is the whole call, and a yes is good for one run of it: a model that gives a call of its own the
    same id, or makes the same call once more, gains nothing by it.

    Args:
        produced: The turn's messages so far.
    """
    begun = beginning(message, pending)
    if begun is None or call not in begun.tool_calls:
        return None
    if any(isinstance(each, ToolMessage) and each.tool_call_id == call["id"] for each in produced):
        return None
    return (message.call.approved or None) if message.call is not None else decided(message, pending)


def held(messages: Sequence[AnyMessage]) -> list[ToolCall]:
    """The calls of the last step that wait for a yes: all of that step or none."""
    calls: dict[str, ToolCall] = {}
    waiting = False
    for message in reversed(messages):
        if isinstance(message, ToolMessage):
            waiting = waiting or message.artifact == HELD
        else:
            calls = {str(call["id"]): call for call in message.tool_calls} if isinstance(message, AIMessage) else {}
            break
    return list(calls.values()) if waiting else []


def waiting(calls: Sequence[ToolCall], message: Message, now: float) -> list[Pending]:
    """The calls as they wait for the word of the message's sender."""
    return [
        Pending(tool=call["name"], arguments=call["args"], principal=_name(message), asked_for=message.id, asked_at=now)
        for call in calls
    ]


def question(calls: Sequence[ToolCall], tools: Sequence[Tool]) -> Question:
    """What the person is asked: every argument stands in it, so that nothing is agreed to unseen."""
    guarded = {tool.name for tool in tools if tool.needs_approval}
    asked = [texts.call(call["name"], call["args"]) for call in calls if call["name"] in guarded]
    return Question(text=texts.may_i(asked), options=(texts.OPTION_YES, texts.OPTION_NO))


def _calling(message: Message, calls: Sequence[tuple[str, dict[str, Any]]]) -> AIMessage:
    """The calls with ids that are the same each time that the turn is run."""
    return AIMessage(
        "",
        tool_calls=[
            ToolCall(name=name, args=given, id=f"asked-{number}-{message.id}", type="tool_call")
            for number, (name, given) in enumerate(calls)
        ],
    )


def _name(message: Message) -> str:
    return f"{'' if message.principal.verified else 'unverified '}{message.principal.id}"
