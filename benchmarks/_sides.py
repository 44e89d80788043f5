"""The two sides of a comparison: the assistant on its SQLite store, and the same graph run bare with LangGraph's saver.

Both have the same scripted chat model without latency (user -> model -> tool -> model) and a tool that does nothing.
The bare side has what a LangGraph tutorial has: no claims, events, leases, deadlines, receipts or typed failures.
"""

import operator
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.messages import AIMessageChunk, AnyMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages

from stores.sqlite import SqliteConversationStore, SqliteJobStore
from switchboard.decorating import tool
from switchboard.identity import MessageId, Principal
from switchboard.messages import Message
from switchboard.testing.models import Call, Given, ScriptedChatModel
from switchboard.testing.running import ask, running
from switchboard.testing.samples import a_conversation
from switchboard.tools import ToolContext, ToolResult

QUESTION = "How did sales of the third segment develop in the last quarter, compared with the year before? " * 2
RESULT = "Net sales of the segment rose by nine per cent. " * 4
ANSWER = "Sales rose by nine per cent, of which four points came from foreign exchange. " * 2
Turn = Callable[[str], Awaitable[None]]
"""Ask the question in the room of that name and wait for the whole answer to be given and stored."""


@tool
async def look_up(context: ToolContext, *, query: str) -> ToolResult:
    """Look something up."""
    return ToolResult(text=RESULT)


class Nowhere(list[Given]):
    """A record that keeps nothing: a benchmark's thousands of calls would fill the memory."""

    def append(self, item: Given, /) -> None:
        """Forget it."""


def a_model() -> ScriptedChatModel:
    """A model that for each turn calls the tool, then answers."""
    model = ScriptedChatModel(cycle((Call("look_up", query="sales"), ANSWER)))
    model.given = Nowhere()
    return model


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Turn]:
    """The assistant, as a channel uses it: offer, follow the events to the last."""
    file = folder / "switchboard.sqlite"
    given = {"conversations": SqliteConversationStore(file), "jobs": SqliteJobStore(file)}
    numbers = count()
    async with running(a_model(), tools=[look_up], given=given) as assistant:

        async def turn(room: str) -> None:
            message = Message(
                id=MessageId(f"message-{next(numbers)}"),
                conversation=a_conversation(room),
                principal=Principal(id="ann", verified=True),
                text=QUESTION,
            )
            reply = await ask(assistant, message)
            if reply.text != ANSWER.strip() or len(reply.tools) != 1:
                raise RuntimeError(f"not the answer: {reply}")

        yield turn


class State(TypedDict):
    """What LangGraph keeps of a conversation."""

    messages: Annotated[list[AnyMessage], add_messages]
    steps: Annotated[int, operator.add]


@asynccontextmanager
async def bare(folder: Path) -> AsyncIterator[Turn]:
    """The same nodes and edges, compiled with `AsyncSqliteSaver` and run in durability ``exit``."""
    async with AsyncSqliteSaver.from_conn_string(str(folder / "langgraph.sqlite")) as saver:
        yield bare_turn(saver, "exit")


def bare_turn(saver: BaseCheckpointSaver[Any], durability: Literal["sync", "async", "exit"]) -> Turn:
    """A turn of the bare graph with a checkpointer."""
    compiled = bare_graph().compile(checkpointer=saver)

    async def turn(room: str) -> None:
        config: Any = {"configurable": {"thread_id": room}}
        state: Any = {"messages": [HumanMessage(QUESTION)]}
        result = await compiled.ainvoke(state, config, durability=durability)
        if result["messages"][-1].content != ANSWER:
            raise RuntimeError(f"not the answer: {result}")

    return turn


def bare_graph() -> StateGraph[State]:
    """The nodes and edges of the assistant's graph, with nothing of ours in them."""
    specification = {"name": look_up.name, "description": look_up.description, "parameters": look_up.parameters}
    model = a_model().bind_tools([{"type": "function", "function": specification}])

    async def screen(state: State) -> dict[str, Any]:
        return {}

    async def route(state: State) -> dict[str, Any]:
        whole: AIMessageChunk | None = None
        async for chunk in model.astream(state["messages"]):
            whole = chunk if whole is None else whole + chunk  # type: ignore[assignment]
        return {"messages": [whole], "steps": 1}

    async def act(state: State) -> dict[str, Any]:
        calls = state["messages"][-1].tool_calls  # type: ignore[union-attr]
        return {"messages": [ToolMessage(RESULT, tool_call_id=call["id"], name=call["name"]) for call in calls]}

    async def answer(state: State) -> dict[str, Any]:
        return {}

    def after_route(state: State) -> str:
        return "act" if state["messages"][-1].tool_calls else "answer"  # type: ignore[union-attr]

    graph = StateGraph(State)
    for node in (screen, route, act, answer):
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "screen")
    graph.add_edge("screen", "route")
    graph.add_conditional_edges("route", after_route, ["act", "answer"])
    graph.add_edge("act", "route")
    graph.add_edge("answer", END)
    return graph
