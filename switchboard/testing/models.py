"""A chat model that plays a script: what a test of an agent, a tool or a channel puts where a language model would be.

    model = ScriptedChatModel([Call("search_documents", query="parental leave"), "Sixteen weeks [1]."])

Each call of the model plays the next step: a text, a tool call, an exception, or a `Say` that has several of them,
waits for a gate or breaks off in mid-answer. A function is given the messages and returns the step. The model takes no
time, keeps what it was given in ``given`` and fails the test when the script is over; ``itertools.cycle`` makes an
endless one.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field, PrivateAttr

from agent.models.chunks import chunked


class Call:
    """A tool call: ``Call("search_documents", query="leave")``. Calls are numbered ``call-1``, ``call-2``, ..."""

    def __init__(self, tool: str, /, **arguments: Any) -> None:
        self.tool = tool
        self.arguments = arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One answer in full.

    Attributes:
        text: What the model says, streamed ``words`` words at a time.
        calls: The tools it calls, all in this one answer.
        gate: Waited for before anything is said; a test sets it, or cancels the turn while it is closed.
        halt: Waited for after the text and before the end, so that a test can look at an answer half given.
        error: Raised after the text: a stream that breaks off.
        tokens: Input and output tokens, as a provider would count them.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    gate: asyncio.Event | None = None
    halt: asyncio.Event | None = None
    error: Exception | None = None
    words: int = 3
    tokens: tuple[int, int] = (0, 0)


Step: TypeAlias = "str | Call | Say | Exception | Callable[[Sequence[BaseMessage]], Step]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the model was given in one call: the messages, the bound tools (OpenAI's format) and the tool choice."""

    messages: tuple[BaseMessage, ...]
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str | None = None

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The names of the bound tools."""
        return tuple(tool["function"]["name"] for tool in self.tools)


class ScriptOver(AssertionError):
    """The model was called more often than the script has steps."""


class ScriptedChatModel(BaseChatModel):
    """Plays a script, one step a call, without latency. See the module."""

    given: list[Given] = Field(default_factory=list)
    _steps: Iterator[Step] = PrivateAttr()
    _call_numbers: Iterator[int] = PrivateAttr(default_factory=lambda: count(1))

    def __init__(self, script: Iterable[Step] = (), **options: Any) -> None:
        super().__init__(**options)
        self._steps = iter(script)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **options: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The same model (one script, one record) with tools."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], tool_choice=tool_choice, **options)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        say = self._next(messages, options)
        if say.gate or say.halt:
            raise TypeError("A step that waits needs the asynchronous methods: ainvoke or astream.")
        return self._result(say)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        say = self._next(messages, options)
        for event in (say.gate, say.halt):
            if event:
                await event.wait()
        return self._result(say)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        say = self._next(messages, options)
        if say.gate:
            await say.gate.wait()
        *text, end = chunked(self._message(say), words=say.words)
        for chunk in text:
            yield chunk
            await asyncio.sleep(0)
        if say.halt:
            await say.halt.wait()
        if say.error:
            raise say.error
        yield end

    def _next(self, messages: Sequence[BaseMessage], options: dict[str, Any]) -> Say:
        self.given.append(
            Given(
                messages=tuple(messages),
                tools=tuple(options.get("tools") or ()),
                tool_choice=options.get("tool_choice"),
            )
        )
        try:
            step = next(self._steps)
        except StopIteration:
            raise ScriptOver(f"The script has no step for call {len(self.given)} of the model.") from None
        while callable(step):
            step = step(messages)
        match step:
            case str():
                return Say(text=step)
            case Call():
                return Say(calls=(step,))
            case Exception():
                raise step
            case _:
                return step

    def _result(self, say: Say) -> ChatResult:
        if say.error:
            raise say.error
        return ChatResult(generations=[ChatGeneration(message=self._message(say))])

    def _message(self, say: Say) -> AIMessage:
        given, made = say.tokens
        calls = [
            {
                "name": call.tool,
                "args": json.loads(json.dumps(call.arguments)),
                "id": f"call-{next(self._call_numbers)}",
            }
            for call in say.calls
        ]
        usage = UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=given + made)
        return AIMessage(content=say.text, tool_calls=calls, usage_metadata=usage)
