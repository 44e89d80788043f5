"""A tool's result as MCP has it: text for the model, links to open, and all of it as JSON for programs. Pure."""

from collections.abc import Iterator
from typing import Any

from mcp.types import CallToolResult, ContentBlock, ResourceLink, TextContent

from switchboard import Citation, ToolResult


def shown(result: ToolResult) -> CallToolResult:
    """A result."""
    content: list[ContentBlock] = [TextContent(text="\n\n".join(_text(result)))]
    linked = {citation.link: citation for citation in result.citations if citation.link}
    content += [ResourceLink(name=citation.title, uri=link) for link, citation in linked.items()]
    return CallToolResult(content=content, structured_content=structured(result), is_error=result.status == "failed")


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
        "data": result.data,
    }


def _text(result: ToolResult) -> Iterator[str]:
    if result.status == "partial":
        yield "This is incomplete: " + "; ".join(result.missing)
    yield result.text or ("" if result.citations else "Nothing was found.")
    for number, citation in enumerate(result.citations, start=1):
        page = f", page {citation.page}" if citation.page else ""
        yield f"[{number}] {citation.title}{page}\n{citation.quote}"
    for warning in result.warnings:
        yield f"Note: {warning.text}"


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
