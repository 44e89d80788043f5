"""The chat model that needs no account, no network and no weights beyond the sentence encoder.

It routes by meaning to the tools it is given, fills their arguments from the message, and answers by quoting what they
found. It never writes text of its own beyond a few fixed phrases, and it never obeys the text that it quotes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

from agent.models import phrases
from agent.models.chunks import chunked
from agent.models.deciding import decider
from agent.models.meaning import Meaning

if TYPE_CHECKING:
    from tools.encoding import Encoder


class EmbeddedChatModel(BaseChatModel):
    """Deterministic: the same conversation gets the same message. Works off the event loop and streams in small pieces.

    Args:
        encoder: Compares meanings; by default the packaged MiniLM, whose files are opened at the first message.
        today: What *tomorrow* is counted from.
    """

    _meaning: Meaning = PrivateAttr()
    _today: Callable[[], date] = PrivateAttr()

    def __init__(
        self, encoder: "Encoder | None" = None, today: Callable[[], date] = date.today, **options: Any
    ) -> None:
        super().__init__(**options)
        if encoder is None:
            from tools.encoding import sentence_encoder

            encoder = sentence_encoder()
        self._meaning = Meaning(encoder)
        self._today = today

    @property
    def _llm_type(self) -> str:
        return "switchboard-embedded"

    @property
    def quality(self) -> str:
        """What to expect of it, in plain words; opens the encoder to see whether it is whole."""
        problem = self._meaning.check()
        return phrases.QUALITY_BY_WORDS.format(quality=phrases.QUALITY, problem=problem) if problem else phrases.QUALITY

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **options: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools: OpenAI-format dictionaries, functions, pydantic classes or LangChain tools."""
        bound = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=bound, tool_choice=tool_choice, **options)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages, options))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        message = await asyncio.to_thread(self._reply, messages, options)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        yield from chunked(self._reply(messages, options))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in chunked(await asyncio.to_thread(self._reply, messages, options)):
            yield chunk
            await asyncio.sleep(0)  # a stop or a deadline gets its chance between two pieces

    def _reply(self, messages: Sequence[BaseMessage], options: dict[str, Any]) -> AIMessage:
        return decider(self._meaning, options, self._today()).reply(messages)
