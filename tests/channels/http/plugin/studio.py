"""A distribution of somebody else's, as the tests install it: a tool that paints and one that summarises in a job."""

from collections.abc import AsyncIterator

from switchboard import (
    Artifact,
    Citation,
    Refused,
    Reply,
    ToolContext,
    ToolFailed,
    ToolResult,
    Warning,
    tool,
)
from switchboard.jobs import JobContext, job

PICTURE = b"\x89PNG a picture"


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


@tool
async def generate_image(context: ToolContext, *, prompt: str, style: str = "plain") -> ToolResult:
    """Paint a picture.

    Args:
        prompt: What it shows.
        style: How.
    """
    if "weapon" in prompt:
        context.emit(Warning(text="Violence: 0.93, over 0.80.", code="moderation.violence"))
        raise Refused("This picture is not made here. Ask for another.", policy="violence")
    if "late" in prompt:
        raise ToolFailed("The painter is out. Try again tomorrow.")
    blob = await context.blobs.put(
        once(PICTURE), owner=context.conversation.key, name=f"{style}.png", media_type="image/png", limit=1_000
    )
    made = Artifact(name=blob.name, media_type=blob.media_type, size=blob.size, digest=blob.digest)
    mild = Warning(text="Mild: 0.31, under 0.80.", code="moderation.mild")
    if "two" in prompt:
        return ToolResult(status="partial", artifacts=(made,), warnings=(mild,), missing=("the second picture",))
    return ToolResult(text="Painted.", artifacts=(made,), warnings=(mild,))


@tool
async def summarize_document(
    context: ToolContext, *, document: str = "", focus: str = "", length: str = "medium", language: str = ""
) -> ToolResult:
    """Summarise a document.

    Args:
        document: Which.
        focus: On what.
        length: How long.
        language: In which.
    """
    name = document or context.attachments[0].name
    if length == "long":
        await context.start_job("summary", {"document": name, "focus": focus}, text="Reading it.")
        return ToolResult(text="It goes on.")
    return ToolResult(text=f"In short: {name}.", citations=(Citation(title=name, source=name, page=2, quote="Said."),))


@job(name="summary")
async def summary(context: JobContext) -> Reply:
    await context.progress("Page 1 of 2", done=1, total=2, save="page 1")
    return Reply(
        text=f"All of {context.arguments['document']}, on {context.arguments['focus']} [1].",
        status="partial",
        citations=(Citation(number=1, title="Report", source="report.pdf", page=7, quote="Said."),),
        warnings=(Warning(text="Page 9 is blank.", code="partial"),),
    )
