"""Tables on a page without ruling: which lines form one, and which cell stands in which column. Pure geometry."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from tools.reading.cells import Cell, cells, is_figure
from tools.reading.layout import Line
from tools.reading.words import barred

_NUMBERED = re.compile(r"\(\w{1,3}\)\s")
_WIDE_GAP = 2.0  # in sizes of type: words that far apart are two cells even if neither is a figure
_MOST_BETWEEN = 2  # single lines between two rows of a table, such as the name of a group of rows
_LONGEST_BETWEEN = 160
_TIGHT = 0.85  # of the usual distance of rows: a line set closer than that goes on with the row above it
_INDENT = 40.0  # points: how far a label may be indented
_ALIGNED = 2.0  # points


class Table(NamedTuple):
    """A table: the lines from ``start`` to ``end`` (exclusive), and its rows with cells parted by ``|``."""

    start: int
    end: int
    rows: tuple[str, ...]


def tables(lines: Sequence[Line]) -> Iterator[Table]:
    """The tables on a page: at least two rows of cells, with a few single lines between them."""
    found = [cells(line) if len(line.runs) > 1 else [] for line in lines]
    rows = _rows(lines, found)
    start = 0
    while True in rows[start:]:
        start = rows.index(True, start)
        end = start + 1
        while (next_row := _next_row(lines, rows, end)) is not None:
            end = next_row + 1
        if sum(rows[start:end]) >= 2 or _has_figures(found[start]):
            yield Table(start, end, _text(lines[start:end], found[start:end]))
        start = end


def _text(lines: Sequence[Line], found: Sequence[list[Cell]]) -> tuple[str, ...]:
    """A row a line, an empty cell where a column has nothing."""
    rows = _whole(lines, [row or cells(line) for line, row in zip(lines, found, strict=True)])
    placed = [_placed(row, columns) for part in _parts(rows) for columns in [_columns(part)] for row in part if row]
    return tuple(" | ".join(map(barred, row)).rstrip(" |") for row in placed)


def _rows(lines: Sequence[Line], found: Sequence[list[Cell]]) -> list[bool]:
    """Which lines are rows: by their figures, by wide gaps, or because their cells stand under those of a row."""
    rows = [len(row) > 1 and _is_row(line, row) for line, row in zip(lines, found, strict=True)]
    for index, row in enumerate(found):
        if len(row) > 1 and not rows[index]:
            beside = [found[other] for other in (index - 1, index + 1) if 0 <= other < len(rows) and rows[other]]
            rows[index] = any(_aligned(row, other) for other in beside)
    return rows


def _is_row(line: Line, row: Sequence[Cell]) -> bool:
    return _has_figures(row) or any(b.left - a.right > _WIDE_GAP * line.size for a, b in pairwise(row))


def _aligned(row: Sequence[Cell], other: Sequence[Cell]) -> bool:
    return len(row) == len(other) and all(abs(a.left - b.left) < _ALIGNED for a, b in zip(row, other, strict=True))


def _has_figures(row: Sequence[Cell]) -> bool:
    return any(cell.is_figure for cell in row[1:])


def _next_row(lines: Sequence[Line], rows: Sequence[bool], start: int) -> int | None:
    """The table's next row at or after ``start``, if only short single lines, set close, stand before it."""
    for index in range(start, min(start + _MOST_BETWEEN + 1, len(lines))):
        apart = lines[index - 1].bottom - lines[index].top
        if not -2 * lines[index].size < apart < 2.5 * lines[index].size:
            return None
        if rows[index]:
            return index
        if len(lines[index].text) > _LONGEST_BETWEEN:
            return None
    return None


def _whole(lines: Sequence[Line], found: Sequence[list[Cell]]) -> list[list[Cell]]:
    """The rows, each on one line: what runs over two lines in a cell is joined."""
    drops = [above.bottom - line.bottom for above, line in pairwise(lines)]
    usual = median(drops) if drops else 0.0
    whole: list[list[Cell]] = []
    for row, drop, next_drop in zip(found, [usual, *drops], [*drops, max(drops, default=0.0)], strict=True):
        above = whole[-1] if whole else []
        if above and _goes_on(row, above, tight=drop < _TIGHT * usual, tighter=drop < _TIGHT * next_drop):
            whole[-1] = _merged(above, row)
        elif len(above) == 1 and len(row) > 1 and _wraps(above[0], row[0]):
            whole[-1] = [_under(above[0], row[0]), *row[1:]]
        elif len(above) > 1 and len(row) == 1 and _wraps(above[0], row[0]):
            whole[-1] = [_under(above[0], row[0]), *above[1:]]
        else:
            whole.append(row)
    return whole


def _goes_on(row: Sequence[Cell], above: Sequence[Cell], *, tight: bool, tighter: bool) -> bool:
    """Whether a line holds further lines of the cells above it.

    Args:
        tight: Whether it is set closer to the row above than rows are.
        tighter: Whether it is set closer to the row above than to what follows.
    """
    if any(cell.is_figure for cell in row):
        return False
    if tight:
        return len(row) <= len(above)
    under = (any(abs(cell.left - other.left) < _ALIGNED for other in above if not other.is_figure) for cell in row)
    return tighter and 1 < len(row) < len(above) and all(under)


def _merged(above: Sequence[Cell], row: Sequence[Cell]) -> list[Cell]:
    """The row above with each cell of ``row`` joined to the one that it stands under."""
    merged = list(above)
    for cell in row:
        place = min(range(len(above)), key=lambda index: abs(above[index].left - cell.left))
        merged[place] = _under(merged[place], cell)
    return merged


def _under(above: Cell, below: Cell) -> Cell:
    whole = f"{above.text} {below.text}"
    return Cell(text=whole, left=above.left, right=max(above.right, below.right), is_figure=is_figure(whole))


def _wraps(above: Cell, below: Cell) -> bool:
    """Whether ``below`` goes on with the label ``above``: it stands under it and begins in mid-sentence."""
    if above.text.endswith((":", ".")) or above.is_figure or below.is_figure or abs(below.left - above.left) > _INDENT:
        return False
    if _NUMBERED.match(below.text):
        return False
    return below.text[0].islower() or below.text[0] in "($&" or above.text.endswith((",", " and", " of"))


def _parts(rows: list[list[Cell]]) -> Iterator[list[list[Cell]]]:
    """Tables that stand under each other, each with its own columns: a header after figures begins another."""
    part: list[list[Cell]] = []
    for row in rows:
        figures = any(cell.is_figure for cell in row)
        if len(row) > 1 and not figures and any(map(_has_figures, part)):
            yield part
            part = []
        part.append(row)
    yield part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where labels begin, and what each column after them covers, from left to right."""

    labels: float
    covered: tuple[tuple[float, float], ...]

    def places(self, cell: Cell) -> list[int]:
        """The columns over which the cell stands, or the nearest."""
        over = [place for place, (left, right) in enumerate(self.covered) if left < cell.right and cell.left < right]
        return over or [self._nearest(cell)]

    def _nearest(self, cell: Cell) -> int:
        distances = [max(cell.left, left) - min(cell.right, right) for left, right in self.covered]
        return distances.index(min(distances))

    def is_label(self, cell: Cell) -> bool:
        """Whether a row's first cell is its label."""
        return not cell.is_figure and cell.left < self.covered[0][0] and cell.left - self.labels < _INDENT


def _columns(rows: Sequence[Sequence[Cell]]) -> _Columns | None:
    """The columns as the fullest rows show them, or else as the figures do."""
    widths = Counter(len(row) for row in rows)
    fullest = max((width for width, count in widths.items() if count > 1), default=0)
    full = _covered([cell for row in rows if len(row) == fullest for cell in row[1:]])
    covered = full if len(full) == fullest - 1 else _covered([c for row in rows for c in row[1:] if c.is_figure])
    labels = min((row[0].left for row in rows if row), default=0.0)
    return _Columns(labels=labels, covered=covered) if covered else None


def _covered(found: Sequence[Cell]) -> tuple[tuple[float, float], ...]:
    """What the cells cover, those that overlap taken together."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((cell.left, cell.right) for cell in found):
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return tuple(columns)


def _placed(row: Sequence[Cell], columns: _Columns | None) -> list[str]:
    """A row's cells under their columns. A row that does not fit, such as a header over two columns, stays as it is."""
    plain = [cell.text for cell in row]
    if columns is None or len(row) == 1:
        return plain
    label, values = (row[0].text, row[1:]) if columns.is_label(row[0]) else ("", row)
    placed = [""] * len(columns.covered)
    for cell in values:
        place, *others = columns.places(cell)
        if others or placed[place]:
            return plain
        placed[place] = cell.text
    return [label, *placed]
