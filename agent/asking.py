"""Questions that a tool has for the person: they end the turn in the tool's own words, and no model repeats them.

Only the one call of a step can ask so. Of several, and where nobody is there to answer, the model is told of the
question with the result, and says what there is to say.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AnyMessage, ToolMessage

from switchboard.events import Question
from switchboard.wire import from_json, to_json

_ASKED = "asked"


def mark(question: Question) -> dict[str, Any]:
    """What marks the result of a call that asks: JSON, to be handed over, and no part of what a model reads."""
    return {_ASKED: to_json(question)}


def asked(messages: Sequence[AnyMessage]) -> Question | None:
    """The question with which the last step ended, if it did."""
    last = messages[-1] if messages else None
    if isinstance(last, ToolMessage) and isinstance(last.artifact, Mapping) and _ASKED in last.artifact:
        return from_json(Question, last.artifact[_ASKED])
    return None
