"""What tables and lines of the form ``label: value`` say, for documents that hold hardly anything else. Pure."""

import re
from collections.abc import Iterator, Sequence

from tools.reading.backend import Block, Document
from tools.summaries.backend import Sentence
from tools.summaries.number_words import MONTHS

_MOST_COLUMNS = 6
_LONGEST_NAME = 8
"""Words of a cell that names a column."""

_LONGEST_DATE = 5
_DIGITS = 0.5
"""The share of digits in a value that is a figure, a number or a date, and no address."""

_TOTAL = re.compile(
    r"\b(?:(?:sub|grand )?totals?|sum|net|gross|amount due|balance|gesamt\w*|summe|\w*betrag|netto|brutto"
    r"|totaux|totales?|importe|montant)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<!\d)(?!(?:19|20)\d\d\b)\d")
_MONTH = rf"\b(?:{'|'.join(MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\b"
_DATE = re.compile(rf"\d.*{_MONTH}|{_MONTH}.*\d", re.IGNORECASE)
_LINE = re.compile(r"(?P<label>[^\W\d_][^:|]{1,40}?)\s*:\s+(?P<value>\S[^|]{0,80})")
_SUM = re.compile(
    r"(?P<label>[^\d:|]{2,30}?)[\s:]+(?P<value>(?:[$€£]|[A-Z]{2,3})?\s?-?\d[\d.,]*[.,]\d\d(?:\s?(?:[€$£]|[A-Z]{3}))?)"
)
_NOT_SAID = re.compile(
    r"\S@\S|www\.|https?://|\b(?:iban|bic|swift|tel|telephone|fax|phone|mobil\w*|terminal|cashier|kvk"
    r"|(?:gst|vat|tax|ust)[\s.-]*(?:id|no|nr|reg))\b",
    re.IGNORECASE,
)


def facts(document: Document, count: int) -> tuple[Sentence, ...]:
    """At most so many as ``Label: column value; column value``, totals and those at the top, in reading order."""
    found = list(_all(document))
    totals = [place for place, row in enumerate(found) if _TOTAL.search(row.text.partition(":")[0])]
    others = [place for place in range(len(found)) if place not in totals]
    return tuple(found[place] for place in sorted([*totals, *others][:count]))


def _all(document: Document) -> Iterator[Sentence]:
    seen: set[str] = set()
    for page in document.pages:
        for block in page.blocks:
            for text in _rows(block) if block.kind == "table" else _lines(block):
                if text not in seen and not _NOT_SAID.search(text):
                    seen.add(text)
                    yield Sentence(text=text, pages=(page.number,) if document.paged else ())


def _lines(block: Block) -> Iterator[str]:
    for line in block.text.split("\n"):
        match = _LINE.fullmatch(line.strip())
        if match is None and (total := _SUM.fullmatch(line.strip())) and _TOTAL.search(total["label"]):
            match = total
        if match and _is_figure(match["value"]):
            yield _told(match["label"], [match["value"]])


def _rows(block: Block) -> Iterator[str]:
    header = next((row for row in block.rows if _is_header(row)), ())
    for row in block.rows:
        if row != header:
            label, *cells = (cell.strip() for cell in row)
            names = [*(name.strip() for name in header[1:]), *[""] * len(cells)]
            said = [" ".join(filter(None, (name, cell))) for name, cell in zip(names, cells, strict=False) if cell]
            if any(map(_is_figure, cells)) and any(char.isalpha() for char in label):
                yield _told(label, said[:_MOST_COLUMNS])


def _told(label: str, values: Sequence[str]) -> str:
    return f"{label.rstrip(' :.')}: {'; '.join(values).rstrip(' .')}."


def _is_figure(cell: str) -> bool:
    """Whether a cell tells an amount, a number or a date, and not where somebody lives."""
    said = [char for char in cell if char.isalnum()]
    return bool(said) and (sum(char.isdigit() for char in said) >= _DIGITS * len(said) or _is_date(cell))


def _is_date(cell: str) -> bool:
    return len(cell.split()) <= _LONGEST_DATE and _DATE.search(cell) is not None


def _is_header(row: Sequence[str]) -> bool:
    """Whether a row names the columns: short words in more than one cell, and the second is no figure but a year."""
    filled = [cell.strip(" $€£(-") for cell in row if cell.strip()]
    if len(filled) < 2 or _FIGURE.match(filled[1]):
        return False
    return all(
        len(cell.split()) <= _LONGEST_NAME and not cell.endswith(":") and not _FIGURE.search(cell)
        for cell in filled[1:]
    )
