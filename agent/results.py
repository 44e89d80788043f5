"""A tool's result as the model reads it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from prompts import fence
from switchboard.events import Citation
from switchboard.tools import ToolResult


def numbered_from(citations: Sequence[Citation], first: int) -> tuple[Citation, ...]:
    """The citations with their numbers in the turn."""
    return tuple(replace(citation, number=number) for number, citation in enumerate(citations, start=first))


def for_model(result: ToolResult, citations: Sequence[Citation]) -> str:
    """What the model is shown: status and text, then each passage under the number by which it is cited.

    Quotes are untrusted: nothing in them can close their own tag or open another.
    """
    lines: list[str] = []
    if result.status != "complete":
        lines.append(f"status: {result.status}")
    lines += [f"missing: {part}" for part in result.missing]
    if result.text:
        lines.append(result.text)
    for citation in citations:
        page = {"page": citation.page} if citation.page else {}
        lines.append(fence("passage", citation.quote, id=citation.number, title=citation.title, **page))
    return "\n".join(lines) or "(empty result)"
