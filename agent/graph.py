"""The LangGraph graph of a turn: screen -> route -> act -> route ... -> answer. Nothing else imports langgraph's graph.

State is what outlives the turn (the window of messages); everything else that a turn has is in its `Run`, which
LangGraph hands to each node as the runtime's context.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    AnyMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent import approving, asking, texts
from agent.acting import Outcome, act_on
from agent.approving import HELD, Pending, beginning, held, is_answer, is_approved, waiting
from agent.memory import WindowSaver, repaired, settled
from agent.run import Run
from switchboard.messages import Attachment, Message
from switchboard.tools import Tool, ToolResult
from switchboard.tracing import traced
from switchboard.wire import from_json, to_json

KEPT_FILES = 20
"""How many attachments of a conversation tools can still reach."""


class Replace(NamedTuple):
    """Tells the reducer to put these messages in place of the window."""

    messages: list[AnyMessage]


def extend(window: list[AnyMessage], update: list[AnyMessage] | Replace) -> list[AnyMessage]:
    """The reducer of the window: append, or replace when the update says so."""
    return update.messages if isinstance(update, Replace) else window + update


def newest(files: list[dict[str, Any]], update: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reducer of the conversation's files: newest first, each once, not too many."""
    return list({file["digest"]: file for file in [*update, *files]}.values())[:KEPT_FILES]


class State(TypedDict):
    """What the checkpoint holds: the window, the conversation's attachments as JSON, and calls that wait for a yes."""

    messages: Annotated[list[AnyMessage], extend]
    files: Annotated[list[dict[str, Any]], newest]
    pending: NotRequired[list[Pending]]


class Graph:
    """The compiled graph with the saver that holds the window of each turn that runs."""

    def __init__(self, model: BaseChatModel, tools: Sequence[Tool]) -> None:
        self._saver = WindowSaver()
        self._model = model
        self._bound: Any = model.bind_tools([_specification(tool) for tool in tools]) if tools else model
        self._compiled = self._compile()

    async def run(self, run: Run, memory: bytes | None) -> bytes | None:
        """Run a turn to its end.

        Args:
            run: The turn; its events, text and citations are there when this returns or raises. What it has produced
                before, in another process, is not done again.
            memory: The conversation's memory as stored.

        Returns:
            The memory to store with the reply.
        """
        config = self._config(run)
        thread = config["configurable"]["thread_id"]
        self._saver.load(thread, memory)
        node = _came_to(run.produced)
        if not run.produced:
            run.produced.append(_as_read(run.message))
        state: State | None = {"messages": list(run.produced), "files": _files(run.message)}
        try:
            if node:
                await self._compiled.aupdate_state(config, state, as_node=node)
                state = None
            await self._compiled.ainvoke(state, config, context=run, durability="exit")
        finally:
            after = self._saver.unload(thread)
        return after

    async def settle(self, run: Run, memory: bytes | None, note: str) -> bytes | None:
        """The memory of a turn that was stopped or failed: what there is of it, with a valid end.

        Args:
            run: The turn as far as it came.
            memory: The conversation's memory as it was before the turn.
            note: The last of it, for the model: what was said, and how it ended.
        """
        config = self._config(run, "settling")
        thread = config["configurable"]["thread_id"]
        self._saver.load(thread, memory)
        try:
            window = (await self._compiled.aget_state(config)).values.get("messages", [])
            ended = [*repaired(run.produced, texts.STOPPED_TOOL), AIMessage(note)]
            update = {
                "messages": Replace(settled([*window, *ended], run.window_turns)),
                "files": _files(run.message),
                **({} if run.message.job else {"pending": []}),
            }
            await self._compiled.aupdate_state(config, update, as_node="answer")
        finally:
            after = self._saver.unload(thread)
        return after

    def _config(self, run: Run, *more: str) -> Any:
        """LangGraph's thread is the turn: one that goes on as a job does not meet the next one's."""
        thread = {"configurable": {"thread_id": "\n".join([run.message.conversation.key, run.message.id, *more])}}
        return {**thread, "recursion_limit": 3 * run.max_steps + 10, "callbacks": []}

    def _compile(self) -> CompiledStateGraph[State, Run, State, State]:
        graph = StateGraph(State, context_schema=Run)
        graph.add_node("screen", self._screen)
        graph.add_node("route", self._route)
        graph.add_node("act", self._act)
        graph.add_node("answer", self._answer)
        graph.add_edge(START, "screen")
        graph.add_edge("screen", "route")
        graph.add_conditional_edges("route", _after_route, ["act", "answer"])
        graph.add_conditional_edges("act", _after_act, ["route", "answer"])
        graph.add_edge("answer", END)
        return graph.compile(checkpointer=self._saver)

    async def _screen(self, state: State, runtime: Runtime[Run]) -> dict[str, Any]:
        """Mend what an earlier crash may have left, before a provider sees it."""
        window = repaired(state["messages"])
        return {"messages": Replace(window)} if len(window) != len(state["messages"]) else {}

    async def _route(self, state: State, runtime: Runtime[Run]) -> dict[str, Any]:
        """Ask the model: it answers, or it calls tools."""
        run = runtime.context
        is_first = not any(isinstance(message, AIMessage) for message in run.produced)
        if is_first and (begun := beginning(run.message, state.get("pending", []))):
            run.produced.append(begun)
            return {"messages": [begun]}
        run.steps += 1
        model = self._bound if run.steps <= run.max_steps else self._model
        told = await run.told()
        run.produced += (news := [_as_read(message) for message in told])
        messages = [*([SystemMessage(run.system)] if run.system else []), *state["messages"], *news]
        whole: AIMessageChunk | None = None
        run.say_more("")
        with traced("model", step=run.steps) as span:
            async for chunk in model.astream(messages):
                whole = chunk if whole is None else whole + chunk
                if text := chunk.text:
                    run.say(text)
            run.said()
            answer = _message(whole)
            span.set(characters=len(answer.text), calls=len(answer.tool_calls))
        run.produced.append(answer)
        run.unsettled = ""
        if usage := answer.usage_metadata:
            run.tokens = (run.tokens[0] + usage["input_tokens"], run.tokens[1] + usage["output_tokens"])
        return {"messages": [*news, answer], "files": [file for message in told for file in _files(message)]}

    async def _act(self, state: State, runtime: Runtime[Run]) -> dict[str, Any]:
        """Run the calls of the last message side by side; where one needs a yes that nobody gave, none of them."""
        run = runtime.context
        last = state["messages"][-1]
        calls: list[ToolCall] = last.tool_calls if isinstance(last, AIMessage) else []
        tools = {tool.name: tool for tool in run.tools}
        files = tuple(from_json(Attachment, file) for file in state.get("files", []))
        agreed = [_agreed(call, tools.get(call["name"]), run, state) for call in calls]
        results: list[AnyMessage] = []
        if None in agreed and run.may_ask:
            results += [ToolMessage(texts.HELD, tool_call_id=str(call["id"]), artifact=HELD) for call in calls]
        else:
            acting = [
                _act_on(call, tools.get(call["name"]), run, files, yes) for call, yes in zip(calls, agreed, strict=True)
            ]
            for call, outcome in zip(calls, await asyncio.gather(*acting), strict=True):
                run.outcomes[call["name"]] = outcome
                results.append(_told(call, outcome, run, asks=run.may_ask and len(calls) == 1))
        run.produced += results
        return {"messages": results}

    async def _answer(self, state: State, runtime: Runtime[Run]) -> dict[str, Any]:
        """Settle the window: what the next turn needs to know of this one, and what waits for a yes."""
        run, window = runtime.context, state["messages"]
        calls = held(window)
        if question := approving.question(calls, run.tools) if calls else asking.asked(window):
            run.ask(question)
            window = [*window, AIMessage(question.text)]
        kept = [] if is_answer(run.message, before := state.get("pending", [])) else before
        pending = waiting(calls, run.message, run.clock()) if calls else kept
        return {"messages": Replace(settled(window, run.window_turns)), "pending": pending}


def _came_to(produced: Sequence[AnyMessage]) -> str:
    """The node that produced the last of this; empty for none, and where the model has not been asked yet."""
    last = produced[-1] if produced else None
    return "route" if isinstance(last, AIMessage) else "act" if isinstance(last, ToolMessage) else ""


def _after_route(state: State) -> str:
    last = state["messages"][-1]
    return "act" if isinstance(last, AIMessage) and last.tool_calls else "answer"


def _after_act(state: State) -> str:
    return "answer" if held(state["messages"]) or asking.asked(state["messages"]) else "route"


def _agreed(call: ToolCall, tool: Tool | None, run: Run, state: State) -> bool | None:
    """Whether the call may be run; ``None`` where a person has to be asked."""
    if tool is None or not tool.needs_approval:
        return True
    return is_approved(run.message, state.get("pending", []), call, run.produced)


async def _act_on(
    call: ToolCall, tool: Tool | None, run: Run, files: tuple[Attachment, ...], agreed: bool | None
) -> Outcome:
    """Run the call, if it may be."""
    if agreed is None:
        return Outcome(status="failed", text=texts.ASK_AGAIN)
    if not agreed:
        return Outcome(status="complete", result=ToolResult(text=texts.DENIED))
    return await act_on(call, tool, run.context(str(call["id"]), _until(run, call, tool), files))


def _until(run: Run, call: ToolCall, tool: Tool | None) -> float:
    seconds = run.deadlines.get(call["name"], tool.deadline if tool else 0.0)
    return min(run.deadline, time.monotonic() + seconds)


def _told(call: ToolCall, outcome: Outcome, run: Run, *, asks: bool) -> ToolMessage:
    """The outcome as a message for the model; its citations get their numbers here, in the order of the calls.

    Args:
        asks: Whether the tool's question ends the turn, if it has one.
    """
    question = outcome.result.question if outcome.result else None
    content, citations = outcome.numbered(len(run.citing.known) + 1)
    run.citing.known.update({citation.number: citation for citation in citations})
    return ToolMessage(
        content,
        tool_call_id=str(call["id"]),
        name=call["name"],
        status="error" if outcome.status in ("failed", "cancelled") else "success",
        artifact=asking.mark(question) if question and asks else None,
    )


def _message(whole: AIMessageChunk | None) -> AIMessage:
    """A stream of chunks as one message. A call whose arguments are not JSON becomes a call without arguments."""
    if whole is None:
        return AIMessage("")
    broken = [
        ToolCall(name=call["name"] or "", args={}, id=call["id"], type="tool_call") for call in whole.invalid_tool_calls
    ]
    return AIMessage(
        content=whole.content,
        tool_calls=[*whole.tool_calls, *broken],
        usage_metadata=whole.usage_metadata,
        id=whole.id,
    )


def _as_read(message: Message) -> AnyMessage:
    """The message as the model reads it: the text, then a line for each file."""
    names = (f"[attached: {' '.join(attachment.name.split())}]" for attachment in message.attachments)
    return HumanMessage("\n".join([message.text, *names]).strip(), id=str(message.id))


def _files(message: Message) -> list[dict[str, Any]]:
    return [to_json(attachment) for attachment in message.attachments if attachment.digest]


def _specification(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
    }
