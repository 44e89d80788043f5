"""A tool's result as MCP has it: text for the model, files and links to open, and all of it as JSON. Pure."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mcp.types import (
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
)

from channels.mcp import texts
from switchboard import Artifact, Citation, JobStarted, ToolResult

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that a tool made. ``data`` is empty where it is too large to be sent, or gone."""

    artifact: Artifact
    data: bytes


def shown(result: ToolResult, *, files: Sequence[File] = (), jobs: Sequence[JobStarted] = ()) -> CallToolResult:
    """A result, with the files that were made and the jobs that were begun."""
    text = "\n\n".join([*_text(result), *(texts.not_sent(file.artifact.name) for file in files if not file.data)])
    handles = [texts.handle(job.job_id, job.text) for job in jobs]
    content: list[ContentBlock] = [TextContent(text="\n\n".join([text, *handles]))]
    linked = {citation.link: citation for citation in result.citations if citation.link}
    content += [ResourceLink(name=citation.title, uri=link) for link, citation in linked.items()]
    content += [_content(file) for file in files if file.data]
    structured_content = {**structured(result), "jobs": [{"id": job.job_id, "text": job.text} for job in jobs]}
    return CallToolResult(content=content, structured_content=structured_content, is_error=result.status == "failed")


def told(sentence: str) -> CallToolResult:
    """A failure, in a sentence."""
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)


def structured(result: ToolResult) -> dict[str, Any]:
    """The result as JSON; citations are numbered as in the text."""
    return {
        "status": result.status,
        "text": result.text,
        "missing": list(result.missing),
        "warnings": [{"code": warning.code, "text": warning.text} for warning in result.warnings],
        "citations": [_citation(number, one) for number, one in enumerate(result.citations, start=1)],
        "files": [{"name": one.name, "media_type": one.media_type, "size": one.size} for one in result.artifacts],
        "data": result.data,
    }


def _text(result: ToolResult) -> Iterator[str]:
    if result.status == "partial":
        yield "This is incomplete: " + "; ".join(result.missing)
    if result.text or not (result.citations or result.artifacts):
        yield result.text or "Nothing was found."
    for number, citation in enumerate(result.citations, start=1):
        page = f", page {citation.page}" if citation.page else ""
        yield f"[{number}] {citation.title}{page}\n{citation.quote}"
    for artifact in result.artifacts:
        yield texts.made(artifact.name)
    for warning in result.warnings:
        yield texts.note(warning.text)


def _content(file: File) -> ContentBlock:
    """A picture as one that clients show, anything else as a resource that they can save."""
    data, made = b64encode(file.data).decode("ascii"), file.artifact
    if made.media_type in PICTURES:
        return ImageContent(data=data, mime_type=made.media_type)
    uri = f"switchboard:///files/{made.digest}/{quote(made.name, safe='', errors='replace')}"
    return EmbeddedResource(resource=BlobResourceContents(uri=uri, mime_type=made.media_type, blob=data))


def _citation(number: int, citation: Citation) -> dict[str, Any]:
    return {
        "number": number,
        "title": citation.title,
        "source": citation.source,
        "page": citation.page,
        "quote": citation.quote,
        "link": citation.link,
        "document": citation.document,
    }
