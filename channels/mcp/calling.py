"""One call of a tool on behalf of an MCP client: its deadline, its progress, what it makes and its ways of failing."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mcp.types import CallToolResult

from channels.mcp import texts
from channels.mcp.results import File, shown, told
from channels.mcp.workshop import Workshop
from switchboard import (
    Artifact,
    BackendError,
    BadInput,
    Conversation,
    Event,
    JobStarted,
    JobStarter,
    Message,
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
    Warning,
)
from switchboard.boundary import attempt
from switchboard.tools import no_jobs
from switchboard.tracing import traced

log = logging.getLogger("switchboard.channels.mcp")

Report = Callable[[float, float | None, str], Awaitable[None]]
"""Tells the client of progress: how far, of how much, in words."""
LARGEST = 5_000_000
"""Bytes of a file that is sent with the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """On whose behalf tools are called, and what they are given."""

    principal: Principal
    workshop: Workshop

    @property
    def conversation(self) -> Conversation:
        """Where calls belong: a place of the caller's own, as MCP does not say which chat one is from.

        It is the same for all of the caller's sessions, so that a job outlives the one that began it.
        """
        return Conversation(tenant=self.workshop.tenant, channel="mcp", room=self.principal.id)


class NeverSet:
    """A stop reaches a call as cancellation; there is no other sign of it."""

    def is_set(self) -> bool:
        """See `switchboard.tools.Cancelled`."""
        return False


@dataclass(slots=True)
class _Happened:
    """What a call has told so far. What is progress goes to the client at once, the rest comes with the result."""

    progress: asyncio.Queue[Status | None] = field(default_factory=asyncio.Queue)
    artifacts: list[Artifact] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    jobs: list[JobStarted] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event:
            case Status():
                self.progress.put_nowait(event)
            case Artifact():
                self.artifacts.append(event)
            case Warning():
                self.warnings.append(event)
            case JobStarted():
                self.jobs.append(event)
            case _:
                pass


async def call(tool: Tool, arguments: dict[str, Any], caller: Caller, report: Report) -> CallToolResult:
    """Call a tool. Only cancellation escapes: everything else becomes a result or a sentence."""
    happened = _Happened()
    reporting = asyncio.create_task(_report(happened.progress, report))
    try:
        with traced("tool", tool=tool.name, channel="mcp"):
            outcome = await attempt(_run(tool, arguments, caller, happened))
        happened.progress.put_nowait(None)
        await attempt(reporting)  # a client that left hears of no progress
    finally:
        reporting.cancel()
    if not isinstance(outcome, ToolResult):
        return told("\n\n".join([_sentence(tool, outcome), *(texts.note(one.text) for one in happened.warnings)]))
    artifacts = tuple(dict.fromkeys((*happened.artifacts, *outcome.artifacts)))
    warnings = tuple(dict.fromkeys((*happened.warnings, *outcome.warnings)))
    files = [await _file(one, caller) for one in artifacts]
    return shown(replace(outcome, artifacts=artifacts, warnings=warnings), files=files, jobs=happened.jobs)


async def _run(tool: Tool, arguments: dict[str, Any], caller: Caller, happened: _Happened) -> ToolResult:
    workshop = caller.workshop
    message = Message(
        id=MessageId(secrets.token_hex(16)),
        conversation=caller.conversation,
        principal=caller.principal,
        text=tool.name,
        received_at=time.time(),
    )
    await workshop.admit(message)
    checked = tool.validate(arguments)
    context = ToolContext(
        conversation=message.conversation,
        principal=message.principal,
        message_id=message.id,
        call_id=message.id,
        deadline=time.monotonic() + tool.deadline,
        emit=happened.take,
        cancelled=NeverSet(),
        blobs=workshop.blobs,
        jobs=workshop.jobs,
        start_job=_starter(message, workshop, happened),
    )
    async with asyncio.timeout(tool.deadline):
        return await tool.function(context, **checked)


def _starter(message: Message, workshop: Workshop, happened: _Happened) -> JobStarter:
    """Begins jobs whose results are kept in the caller's place, and has the client told of them."""
    if workshop.starting is None:
        return no_jobs
    begin = workshop.starting(message)

    async def start(kind: str, arguments: Mapping[str, Any], *, text: str) -> JobStarted:
        started = await begin(kind, arguments, text=text)
        happened.take(started)
        return started

    return start


async def _file(made: Artifact, caller: Caller) -> File:
    """A file that a tool made, with its bytes where they are not too many and are at hand."""
    data = b""
    if made.size <= LARGEST:
        try:
            data = await caller.workshop.blobs.read(made.digest, owner=caller.conversation.key)
        except BackendError as error:
            log.warning("a file that a tool made is not at hand: %s", error)
    return File(artifact=made, data=data)


async def _report(progress: asyncio.Queue[Status | None], report: Report) -> None:
    """Pass progress on. By the protocol each report is further than the last."""
    reached = 0.0
    while (event := await progress.get()) is not None:
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
