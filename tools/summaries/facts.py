"""What a table says, a line for each row: for documents that hold hardly anything else. Pure."""

import re
from collections.abc import Iterator, Sequence

from tools.reading.backend import Document
from tools.summaries.backend import Sentence

_MOST_COLUMNS = 6
_TOTAL = re.compile(r"\b(?:total|sum|net|gesamt|summe|totaux|totales?)\b", re.IGNORECASE)
_FIGURE = re.compile(r"(?!(?:19|20)\d\d\b)\d")


def facts(document: Document, count: int) -> tuple[Sentence, ...]:
    """At most so many rows as ``Label: column value; column value``, totals and those at the top, in reading order."""
    found = list(_rows(document))
    totals = [place for place, row in enumerate(found) if _TOTAL.search(row.text.partition(":")[0])]
    others = [place for place in range(len(found)) if place not in totals]
    return tuple(found[place] for place in sorted([*totals, *others][:count]))


def _rows(document: Document) -> Iterator[Sentence]:
    for page in document.pages:
        for table in page.tables:
            header = next((row for row in table.rows if _is_header(row)), ())
            for row in table.rows:
                text = _fact(header, row) if row != header else ""
                if text:
                    yield Sentence(text=text, pages=(page.number,) if document.paged else ())


def _is_header(row: Sequence[str]) -> bool:
    """Whether a row names the columns: it has more than one cell, and the second is no figure but perhaps a year."""
    filled = [cell.strip(" $€£(-") for cell in row if cell.strip()]
    return len(filled) > 1 and not _FIGURE.match(filled[1])


def _fact(header: Sequence[str], row: Sequence[str]) -> str:
    label, *cells = (cell.strip() for cell in row)
    names = [*(name.strip() for name in header[1:]), *[""] * len(cells)]
    said = [" ".join(filter(None, (name, cell))) for name, cell in zip(names, cells, strict=False) if cell]
    return f"{label}: {'; '.join(said[:_MOST_COLUMNS])}." if label and said else ""
