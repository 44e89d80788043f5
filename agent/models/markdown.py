"""Writing quotes as Markdown: what a document says is shown letter by letter and never acts as markup."""

import re
from collections.abc import Sequence

_ACTIVE = re.compile(r"[\\`*\[\]<]|~|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_FIRST = re.compile(r"[-+=>#]|\d{1,9}(?=[.)](?:\s|$))")
LONGEST = 600
"""A longer quote is cut at a word, visibly; its citation has the whole passage."""


def escaped(text: str) -> str:
    """Text that reads the same when it is rendered: no emphasis, link, picture, HTML, citation or list comes of it.

    A bare address stays as it is: what is shown is where it leads.
    """
    safe = _ACTIVE.sub(lambda match: "\\" + match[0], " ".join(text.split()))
    if first := _FIRST.match(safe):
        return f"{first[0]}\\{safe[first.end() :]}" if first[0].isdigit() else f"\\{safe}"
    return safe


def unescaped(text: str) -> str:
    """The text as it was before `escaped`."""
    return re.sub(r"\\(.)", r"\1", text)


def quoted(text: str) -> str:
    """The text in quotation marks."""
    bare = shortened(text).strip('“”"')
    return f"“{escaped(bare)}”"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    width = max(len(header), *(len(row) for row in rows))
    return "\n".join([_line(header, width), "|" + " --- |" * width, *(_line(row, width) for row in rows)])


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text, cut at a word with an ellipsis if it is too long."""
    return text if len(text) <= longest else text[:longest].rsplit(maxsplit=1)[0] + " …"


def _line(cells: Sequence[str], width: int) -> str:
    padded = [*cells, *[""] * (width - len(cells))]
    return "| " + " | ".join(escaped(shortened(cell, 120)).replace("|", "\\|") for cell in padded) + " |"
