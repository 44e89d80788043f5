"""A picture for a draft, by the tool that makes pictures, so that whatever that checks is checked here too."""

from switchboard import Tool, ToolContext, ToolResult, Warning
from switchboard.boundary import attempt
from switchboard.errors import SwitchboardError
from tools.drafts.texts import Says

TOOL = "generate_image"
_SHOWN = ("image/png", "image/jpeg")


async def illustration(
    picture: str, tool: Tool | None, context: ToolContext, says: Says
) -> tuple[bytes | None, Warning | None]:
    """The picture's bytes, or why there is none.

    Args:
        picture: What it should show.
        tool: The tool `TOOL`, where it is installed.
    """
    if tool is None:
        return None, Warning(text=says("no_pictures"), code="no_illustration")
    made = await attempt(_made(picture, tool, context))
    if isinstance(made, bytes):
        return made, None
    why = made.user_text if isinstance(made, SwitchboardError) else SwitchboardError.user_text
    return None, Warning(text=says("picture_failed", why=why), code="no_illustration")


async def _made(picture: str, tool: Tool, context: ToolContext) -> bytes:
    result: ToolResult = await tool.function(context, **tool.validate({"prompt": picture}))
    shown = [artifact for artifact in result.artifacts if artifact.media_type in _SHOWN]
    if not shown:
        raise SwitchboardError(result.text or "the tool gave no picture")
    return await context.blobs.read(shown[0].digest, owner=context.conversation.key)
