"""Writing quotes as Markdown: between quotation marks or as a table, and nothing in them acts as markup."""

from collections.abc import Sequence

from tools.markdown import escaped, unescaped

__all__ = ["escaped", "quoted", "shortened", "table", "unescaped"]

LONGEST = 600
"""A longer quote is cut at a word, visibly; its citation has the whole passage."""


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
