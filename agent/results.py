"""A tool's result as the model reads it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from prompts import fence
from switchboard.events import Citation
from switchboard.tools import ToolResult

_MARKER = re.compile(r"(?<!\\)\[(\d{1,3})\]")


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
        lines.append(_with_numbers(result.text, citations))
    for citation in citations:
        page = {"page": citation.page} if citation.page else {}
        lines.append(fence("passage", citation.quote, id=citation.number, title=citation.title, **page))
    if result.question:
        lines.append(" / ".join((f"ask the person: {result.question.text}", *result.question.options)))
    return "\n".join(lines) or "(empty result)"


def _with_numbers(text: str, citations: Sequence[Citation]) -> str:
    """A text whose markers count the result's citations, with the numbers of those in the turn."""

    def numbered(match: re.Match[str]) -> str:
        place = int(match[1])
        return f"[{citations[place - 1].number}]" if 0 < place <= len(citations) else match[0]

    return _MARKER.sub(numbered, text)
