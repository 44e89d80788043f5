"""A tool as a stranger's module has it."""

from switchboard import ToolContext, ToolResult, tool


@tool
async def echo(context: ToolContext, *, text: str) -> ToolResult:
    """Say again what was said.

    Args:
        text: What to say.
    """
    return ToolResult(text=f"You said: {text}")
