"""A finished answer as a stream of chunks, for the chat models that make their answer in one piece."""

import json
import re
from collections.abc import Iterator

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk

_WORD_START = re.compile(r"(?<=\s)(?=\S)")


def pieces(text: str, *, words: int = 3) -> Iterator[str]:
    """The text in pieces of a few words; joined, they are the text again, white space and all."""
    split = _WORD_START.split(text) if text else []
    for start in range(0, len(split), words):
        yield "".join(split[start : start + words])


def chunked(message: AIMessage, *, words: int = 3) -> Iterator[ChatGenerationChunk]:
    """The message as chunks that add up to it: text first, then each tool call, the usage with the last one."""
    for piece in pieces(str(message.text), words=words):
        yield ChatGenerationChunk(message=AIMessageChunk(content=piece, id=message.id))
    calls = [
        tool_call_chunk(name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=index)
        for index, call in enumerate(message.tool_calls)
    ]
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            id=message.id,
            tool_call_chunks=calls,
            usage_metadata=message.usage_metadata,
            response_metadata=message.response_metadata,
            chunk_position="last",
        )
    )
