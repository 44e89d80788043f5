"""One call of a tool on behalf of an MCP client: its deadline, its progress and its ways of failing."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mcp.types import CallToolResult

from channels.mcp import texts
from channels.mcp.results import shown, told
from switchboard import (
    BadInput,
    BlobStore,
    Conversation,
    Event,
    JobStore,
    MessageId,
    Principal,
    Refused,
    Status,
    SwitchboardError,
    Tool,
    ToolContext,
    ToolFailed,
    ToolResult,
    ToolRetry,
    Unreadable,
)
from switchboard.boundary import attempt
from switchboard.tracing import traced

log = logging.getLogger("switchboard.channels.mcp")

Report = Callable[[float, float | None, str], Awaitable[None]]
"""Tells the client of progress: how far, of how much, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """On whose behalf tools are called, and what they are given."""

    principal: Principal
    tenant: str
    blobs: BlobStore
    jobs: JobStore

    @property
    def conversation(self) -> Conversation:
        """Where calls belong: a place of the caller's own, as MCP does not say which chat one is from."""
        return Conversation(tenant=self.tenant, channel="mcp", room=self.principal.id)


class NeverSet:
    """A stop reaches a call as cancellation; there is no other sign of it."""

    def is_set(self) -> bool:
        """See `switchboard.tools.Cancelled`."""
        return False


async def call(tool: Tool, arguments: dict[str, Any], caller: Caller, report: Report) -> CallToolResult:
    """Call a tool. Only cancellation escapes: everything else becomes a result or a sentence."""
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    reporting = asyncio.create_task(_report(events, report))
    try:
        with traced("tool", tool=tool.name, channel="mcp"):
            outcome = await attempt(_run(tool, arguments, caller, events))
        events.put_nowait(None)
        await attempt(reporting)  # a client that left hears of no progress
    finally:
        reporting.cancel()
    return shown(outcome) if isinstance(outcome, ToolResult) else told(_sentence(tool, outcome))


async def _run(
    tool: Tool, arguments: dict[str, Any], caller: Caller, events: asyncio.Queue[Event | None]
) -> ToolResult:
    checked = tool.validate(arguments)
    identity = secrets.token_hex(8)
    context = ToolContext(
        conversation=caller.conversation,
        principal=caller.principal,
        message_id=MessageId(identity),
        call_id=identity,
        deadline=time.monotonic() + tool.deadline,
        emit=events.put_nowait,
        cancelled=NeverSet(),
        blobs=caller.blobs,
        jobs=caller.jobs,
    )
    async with asyncio.timeout(tool.deadline):
        return await tool.function(context, **checked)


async def _report(events: asyncio.Queue[Event | None], report: Report) -> None:
    """Pass progress on. By the protocol each report is further than the last."""
    reached = 0.0
    while (event := await events.get()) is not None:
        if isinstance(event, Status):
            reached = float(event.done) if event.done > reached else reached + 0.01
            await report(reached, float(event.total) or None, event.text)


def _sentence(tool: Tool, error: Exception) -> str:
    match error:
        case ToolRetry():
            return texts.call_again(error.hint)
        case ToolFailed() | Refused() | BadInput() | Unreadable():
            return error.user_text
        case TimeoutError():
            sentence = texts.late(tool.name, tool.deadline)
        case SwitchboardError():
            sentence = error.user_text
        case _:
            sentence = ""
    incident = secrets.token_hex(4)
    log.error("tool %s failed, incident %s", tool.name, incident, exc_info=error)
    return texts.with_incident(sentence, incident) if sentence else texts.failed(tool.name, incident)
