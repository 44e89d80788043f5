"""A tool's result as the model reads it, and the citation markers in what the model writes. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from switchboard.events import Citation
from switchboard.tools import ToolResult

_MARKER = re.compile(r"\[(\d{1,3})\](?!\()")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_TAG = re.compile(r"<(?=\s*/?\s*passage\b)", re.IGNORECASE)


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
        page = f' page="{citation.page}"' if citation.page else ""
        title = escape(" ".join(citation.title.split()), quote=True)
        lines.append(f'<passage id="{citation.number}" title="{title}"{page}>')
        lines.append(_TAG.sub("&lt;", citation.quote))
        lines.append("</passage>")
    return "\n".join(lines) or "(empty result)"


def cited(text: str) -> list[int]:
    """The citation numbers in a text, in the order of their first use; markers inside code don't count."""
    return list(dict.fromkeys(int(number) for number in _MARKER.findall(_CODE.sub("", text))))


def without_markers(text: str) -> str:
    """The text without any citation."""
    return without_dangling(text, frozenset())


def without_dangling(text: str, known: frozenset[int]) -> str:
    """The text without markers that lead nowhere; code is left alone."""

    def mend(piece: str) -> str:
        return _MARKER.sub(lambda match: match[0] if int(match[1]) in known else "", piece)

    out: list[str] = []
    at = 0
    for code in _CODE.finditer(text):
        out += [mend(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*out, mend(text[at:])])
