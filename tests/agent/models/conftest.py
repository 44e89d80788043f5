"""What the tests of the chat models share: one encoder, and a conversation as the graph leads it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from numpy.typing import NDArray

from agent.models.embedded import EmbeddedChatModel
from agent.models.meaning import Meaning
from tests.agent.models.corpus import PASSAGES, TOOLS, shown
from tools.encoding import sentence_encoder

Answers = Callable[[str, dict[str, Any]], ToolMessage | str]


class Remembering:
    """The packaged encoder, which encodes each text once for all tests."""

    def __init__(self) -> None:
        self._encoder = sentence_encoder()
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self.name, self.dimension, self.quality = "remembering", self._encoder.dimension, self._encoder.quality

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


ENCODER = Remembering()


class Talk:
    """A conversation as the graph leads it: the model's calls are answered until it answers itself."""

    def __init__(self, tools: Sequence[dict[str, Any]], answers: Answers) -> None:
        self.model = EmbeddedChatModel(encoder=ENCODER).bind_tools(tools)
        self.answers = answers
        self.messages: list[BaseMessage] = [SystemMessage("Answer from tool results only.")]
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def say(self, text: str) -> str:
        """Send a message and give the answer; ``calls`` holds the calls that it took."""
        self.messages.append(HumanMessage(text))
        self.calls = []
        for _ in range(4):
            reply = self.model.invoke(self.messages)
            assert isinstance(reply, AIMessage)
            self.messages.append(reply)
            if not reply.tool_calls:
                return str(reply.text)
            for call in reply.tool_calls:
                self.calls.append((call["name"], call["args"]))
                result = self.answers(call["name"], call["args"])
                self.messages.append(
                    ToolMessage(result, tool_call_id=str(call["id"]), name=call["name"])
                    if isinstance(result, str)
                    else result.model_copy(update={"tool_call_id": call["id"]})
                )
        raise AssertionError("the model went on calling tools")


def library(name: str, arguments: dict[str, Any]) -> str:
    """All passages for a search, a line for any other tool."""
    return shown(PASSAGES) if name == "search_documents" else f"{name} has run."


@pytest.fixture(scope="session")
def meaning() -> Meaning:
    return Meaning(ENCODER)


@pytest.fixture
def talk() -> Talk:
    return Talk(TOOLS, library)


@pytest.fixture
def talk_with() -> Callable[..., Talk]:
    def make(answers: Answers = library, tools: Sequence[dict[str, Any]] = TOOLS) -> Talk:
        return Talk(tools, answers)

    return make
