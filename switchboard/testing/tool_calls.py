"""Calling a tool as the agent would: a context made for tests, and arguments that fit a schema or do not."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard.errors import Late, SwitchboardError
from switchboard.identity import MessageId, Principal
from switchboard.testing.samples import a_conversation
from switchboard.tools import Tool, ToolContext, ToolResult

Outcome: TypeAlias = ToolResult | SwitchboardError

STRANGER = Principal(id="stranger")
INSIDER = Principal(id="insider", groups=frozenset({"staff", "hr", "admin"}), verified=True)

_OF_TYPE: dict[str, Any] = {
    "string": "travel",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}
_OTHER_TYPE: dict[str, Any] = {"string": {"a": 1}, "array": "no list", "object": "no object"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Whether the person has stopped the turn."""

    stopped: bool = False

    def is_set(self) -> bool:
        """See `switchboard.tools.Cancelled`."""
        return self.stopped


def a_context(principal: Principal = INSIDER, *, seconds: float = 30.0, stopped: bool = False) -> ToolContext:
    """What a tool is given: nothing attached, stores in memory, and nobody who looks at the progress."""
    return ToolContext(
        conversation=a_conversation(),
        principal=principal,
        message_id=MessageId("m0"),
        call_id="call-1",
        deadline=time.monotonic() + seconds,
        emit=lambda event: None,
        cancelled=Stop(stopped=stopped),
        blobs=MemoryBlobStore(),
        jobs=MemoryJobStore(),
    )


async def call(
    tool: Tool,
    arguments: dict[str, Any],
    *,
    principal: Principal = INSIDER,
    seconds: float | None = None,
    stopped: bool = False,
) -> Outcome:
    """What a call comes to. What a tool must not raise goes through, and fails the test."""
    allowed = tool.deadline if seconds is None else seconds
    try:
        checked = tool.validate(arguments)
        async with asyncio.timeout(allowed):
            return await tool.function(a_context(principal, seconds=allowed, stopped=stopped), **checked)
    except SwitchboardError as error:
        return error
    except TimeoutError:
        return Late(what=tool.name, seconds=allowed)


def fitting(schema: dict[str, Any]) -> dict[str, Any]:
    """Arguments that fit: the required ones, each the simplest that there is."""
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    return {name: _example(properties[name], schema) for name in schema.get("required", ())}


def misfits(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Arguments that do not fit, each in one way: one too many, one missing, one of another type."""
    fits = fitting(schema)
    yield {**fits, "no_such_argument": 1}
    for name in fits:
        yield {other: value for other, value in fits.items() if other != name}
    for name, about in schema.get("properties", {}).items():
        if about.get("type") in _OTHER_TYPE or "enum" in about:
            yield {**fits, name: _OTHER_TYPE.get(about.get("type", ""), {"a": 1})}


def _example(about: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "$ref" in about:
        return _example(schema["$defs"][about["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in about:
        return _example(about["anyOf"][0], schema)
    for key in ("default", "const"):
        if key in about:
            return about[key]
    if "enum" in about:
        return about["enum"][0]
    if about.get("type") == "object":
        return {name: _example(about["properties"][name], {**schema, **about}) for name in about.get("required", ())}
    return about.get("minimum", _OF_TYPE[about.get("type", "string")])
