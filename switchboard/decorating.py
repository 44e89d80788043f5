"""``@tool``: a function becomes a `Tool`. What reads its signature is heavy, and is imported when a tool is made."""

from collections.abc import Callable
from typing import overload

from switchboard.tools import Tool, ToolFunction


@overload
def tool(function: ToolFunction, /) -> Tool: ...


@overload
def tool(*, name: str = "", deadline: float = 30.0, needs_approval: bool = False) -> Callable[[ToolFunction], Tool]: ...


def tool(
    function: ToolFunction | None = None, /, *, name: str = "", deadline: float = 30.0, needs_approval: bool = False
) -> Tool | Callable[[ToolFunction], Tool]:
    """Make a `Tool` of an async function: ``async def f(context: ToolContext, *, query: str, ...) -> ToolResult``.

    The docstring is the description; its ``Args:`` section describes the arguments. Annotations become the JSON schema.

    Raises:
        TypeError: At registration, when the signature does not fit.
    """

    def decorate(target: ToolFunction) -> Tool:
        from switchboard.schema import describe  # it needs pydantic

        return describe(target, name=name, deadline=deadline, needs_approval=needs_approval)

    return decorate if function is None else decorate(function)
