"""What the tests of the agent share: a tool, settings with a short deadline, time that a test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agent.citing import Citing
from switchboard import BlobStore, Citation, Conversation, Status, ToolContext, ToolResult, tool
from switchboard.settings import Settings, load
from switchboard.testing.running import QUICK, SOMEWHERE

SECRET = "postgres://admin:hunter2@db"


@tool
async def find(context: ToolContext, *, query: str) -> ToolResult:
    """Find something."""
    context.emit(Status(text="Looking"))
    return ToolResult(citations=(Citation(title="A", source="a.pdf", page=1, quote=query),))


def settings(**tables: str) -> Settings:
    return load(None, QUICK | {f"SWITCHBOARD_{name.upper()}": value for name, value in tables.items()})


def assert_valid(messages: tuple[BaseMessage, ...]) -> None:
    """Providers refuse a history in which a tool call has no result."""
    called = {str(call["id"]) for message in messages if isinstance(message, AIMessage) for call in message.tool_calls}
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    assert called <= answered


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


async def upload(blobs: BlobStore, data: bytes, owner: Conversation = SOMEWHERE) -> str:
    """Put an attachment's bytes where the assistant finds them. Returns their digest."""

    async def chunks() -> AsyncIterator[bytes]:
        yield data

    return (await blobs.put(chunks(), owner=owner.key, name="a.txt", limit=100)).digest


def cited(text: str) -> list[int]:
    """The numbers that a model's answer cites, in the order of their first use."""
    citing = Citing()
    citing.known |= {number: Citation(title=str(number), source="") for number in range(1000)}
    return [int(citation.title) for citation in [*citing.feed(text)[0], *citing.end()[0]]]
