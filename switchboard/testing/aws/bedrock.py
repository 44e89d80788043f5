"""A fake of Amazon Bedrock's Converse, whole and as a stream: a model that answers what a test says."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from switchboard.testing.aws.service import FakeService, Parameters

Answering: TypeAlias = Callable[[Parameters], str | Sequence[Parameters]]
"""Answers a request: with a text, or with blocks of content such as ``{"toolUse": ...}``."""
PIECE = 20
"""Characters of a text that come at once in a stream."""
TOKEN = 4
"""Characters, about."""


def said(request: Parameters) -> str:
    """All text of the last message of a request."""
    return "".join(block.get("text", "") for block in request["messages"][-1]["content"])


class FakeBedrock(FakeService):
    """Bedrock's models, all of which answer alike.

    Args:
        answer: What they answer.
    """

    def __init__(self, answer: Answering = lambda request: "I have nothing to say.") -> None:
        super().__init__("bedrock-runtime", {"Converse": self._converse, "ConverseStream": self._stream})
        self.answer = answer

    def _converse(self, given: Parameters) -> Parameters:
        content = self._content(given)
        return {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": _reason(content),
            "usage": _usage(given, content),
            "metrics": {"latencyMs": 1},
        }

    def _stream(self, given: Parameters) -> Parameters:
        return {"stream": list(_events(given, self._content(given)))}

    def _content(self, given: Parameters) -> list[Parameters]:
        found = self.answer(given)
        return [{"text": found}] if isinstance(found, str) else list(found)


def _events(given: Parameters, content: Sequence[Parameters]) -> Iterator[Parameters]:
    yield {"messageStart": {"role": "assistant"}}
    for index, block in enumerate(content):
        if "toolUse" in block:
            wanted: dict[str, Any] = block["toolUse"]
            start = {"toolUse": {"toolUseId": wanted["toolUseId"], "name": wanted["name"]}}
            yield {"contentBlockStart": {"start": start, "contentBlockIndex": index}}
            yield _delta(index, {"toolUse": {"input": json.dumps(wanted["input"])}})
        else:
            text = block["text"]
            for at in range(0, len(text), PIECE):
                yield _delta(index, {"text": text[at : at + PIECE]})
        yield {"contentBlockStop": {"contentBlockIndex": index}}
    yield {"messageStop": {"stopReason": _reason(content)}}
    yield {"metadata": {"usage": _usage(given, content), "metrics": {"latencyMs": 1}}}


def _delta(index: int, delta: Parameters) -> Parameters:
    return {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}


def _reason(content: Sequence[Parameters]) -> str:
    return "tool_use" if any("toolUse" in block for block in content) else "end_turn"


def _usage(given: Parameters, content: Sequence[Parameters]) -> Parameters:
    before = len(json.dumps([given["messages"], given.get("system", [])], default=str)) // TOKEN
    after = len(json.dumps(list(content))) // TOKEN
    return {"inputTokens": before, "outputTokens": after, "totalTokens": before + after}
