"""One tool call, with its deadline, its progress and its ways of failing; whatever happens, there is an outcome."""

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import ToolCall

from agent import texts
from agent.results import for_model, numbered_from
from switchboard.boundary import attempt
from switchboard.errors import (
    BadInput,
    Late,
    Refused,
    SwitchboardError,
    ToolFailed,
    ToolRetry,
    Unreadable,
)
from switchboard.events import Citation, Event, ToolFinished, ToolStarted, ToolStatus
from switchboard.tools import Tool, ToolContext, ToolResult
from switchboard.tracing import traced

log = logging.getLogger("switchboard.agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a call ended. ``text`` is for the model when there is no result."""

    status: ToolStatus
    text: str = ""
    result: ToolResult | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What a partial result lacks."""
        return self.result.missing if self.result else ()

    def numbered(self, first: int) -> tuple[str, tuple[Citation, ...]]:
        """The text for the model and the citations, numbered from ``first``."""
        if self.result is None:
            return self.text, ()
        citations = numbered_from(self.result.citations, first)
        return for_model(self.result, citations), citations


async def act_on(call: ToolCall, tool: Tool | None, context: ToolContext) -> Outcome:
    """Run one call. Only cancellation escapes.

    Args:
        call: What the model asked for.
        tool: The tool of that name, if there is one.
        context: What the tool is given; the call ends at its deadline.
    """
    name, call_id = call["name"], context.call_id
    started = time.monotonic()
    context.emit(ToolStarted(call_id=call_id, tool=name))
    status: ToolStatus = "cancelled"
    missing: tuple[str, ...] = ()
    try:
        with traced("tool", tool=name) as span:
            outcome = await _run(call, tool, context)
            span.set(status=outcome.status)
        status, missing = outcome.status, outcome.missing
        return outcome
    finally:
        seconds = round(time.monotonic() - started, 3)
        context.emit(ToolFinished(call_id=call_id, tool=name, status=status, seconds=seconds, missing=missing))


async def _run(call: ToolCall, tool: Tool | None, context: ToolContext) -> Outcome:
    if tool is None:
        return Outcome(status="failed", text=f"There is no tool called {call['name']}.")
    allowed = context.deadline - time.monotonic()
    match await attempt(_call(tool, dict(call["args"]), context, allowed)):
        case ToolResult() as result:
            told: tuple[Event, ...] = (*result.artifacts, *result.warnings)
            for event in told:
                context.emit(event)
            return Outcome(status=result.status, result=result)
        case ToolRetry() as error:
            return Outcome(status="failed", text=f"Call {tool.name} again: {error.hint}")
        case TimeoutError():
            return _failed(call, Late(what=tool.name, seconds=round(allowed, 1)), texts.tool_late(tool.name, allowed))
        case ToolFailed() | Refused() | BadInput() | Unreadable() as error:
            return Outcome(status="failed", text=error.user_text)
        case SwitchboardError() as error:
            return _failed(call, error, error.user_text)
        case error:
            return _failed(call, error, f"{tool.name} failed.")  # the exception's own text is for the log alone


async def _call(tool: Tool, arguments: dict[str, Any], context: ToolContext, allowed: float) -> ToolResult:
    checked = tool.validate(arguments)
    async with asyncio.timeout(allowed):
        return await tool.function(context, **checked)


def _failed(call: ToolCall, error: Exception, text: str) -> Outcome:
    incident = secrets.token_hex(4)
    log.error("tool %s failed, incident %s", call["name"], incident, exc_info=error)
    return Outcome(status="failed", text=texts.with_incident(text, incident))
