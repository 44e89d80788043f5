"""CSV and its kin: the delimiter is found by trying, rows become one table."""

import csv
import io

from tools.reading.budget import Budget
from tools.reading.parts import Parts, single
from tools.reading.reasons import unreadable
from tools.reading.text import decode
from tools.reading.words import table_block

_DELIMITERS = ",;\t|"
_SAMPLE = 65_536


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read delimited text; the first row is usually the header, and stays the first."""
    text = decode(data, name=name)
    budget.take_text(len(text))
    csv.field_size_limit(max(budget.limits.characters, 131_072))
    try:
        table = table_block(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text[:_SAMPLE])))
    except csv.Error as error:
        raise unreadable(name, "damaged") from error
    return single([table] if table else [])


def delimiter(sample: str) -> str:
    """The delimiter that cuts the first rows into the most even columns; a comma where none does."""
    best, best_score = ",", 0.0
    for candidate in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=candidate) if row][:50]
        except csv.Error:
            continue
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=widths.count)
        score = (usual > 1) * widths.count(usual) / len(widths) + min(usual, 50) / 1000
        if score > best_score:
            best, best_score = candidate, score
    return best
