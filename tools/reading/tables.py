"""Tables on a page without ruling: which lines form one, and which figure stands in which column. Pure geometry."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.reading.layout import Line, Run
from tools.reading.words import one_line

_FIGURE = re.compile(
    r"[($€£¥+\-–—−]*\s*(?:[$€£¥]\s*)?(?:\d[\d,.'’ ]*\d|\d)?\s*(?:[)%]|bps|pts|x)*"  # the figure with its signs
    r"\s*(?:\(\w{1,2}\)|[*†‡])?"  # the mark of a footnote
)
_HAS_DIGIT = re.compile(r"\d")
_DASHES = frozenset("—–-−")
_OPENERS = frozenset({"$", "€", "£", "¥", "(", "$(", "€("})
_CLOSERS = frozenset({")", "%", ")%", "%)"})
_MARKER = re.compile(
    r"[•‣▪●◦■□–\-*o]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]|(?:Item|Note|Section|Part|Article)\s+\w{1,5}[.:]?", re.I
)
_NUMBERED = re.compile(r"\(\w{1,3}\)\s")
_LEADER = re.compile(r"(?:\s*[.·…_]){3,}\s*$|^(?:[.·…_]\s*){3,}")
_WIDE_GAP = 2.0  # in font sizes: words that far apart are two cells even if neither is a figure
_MOST_BETWEEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell's text and where it stands from left to right."""

    text: str
    left: float
    right: float

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, an amount, a share or a dash standing for none."""
        text = self.text.strip()
        return text in _DASHES or bool(_HAS_DIGIT.search(text) and _FIGURE.fullmatch(text))


def cells(line: Line) -> list[Cell]:
    """The cells of a line: signs joined to their figures, list markers to their text, dot leaders dropped."""
    found: list[Cell] = []
    for run in line.runs:
        text = one_line(_LEADER.sub("", run.text))
        if not text:
            continue
        last = found[-1] if found else None
        if last is not None and (last.text in _OPENERS or text in _CLOSERS):
            space = "" if text in _CLOSERS or last.text not in "$€£¥" else " "
            found[-1] = _joined(last, text, space, run)
        elif last is not None and len(found) == 1 and _MARKER.fullmatch(last.text) and not _is_number(text):
            found[-1] = _joined(last, text, " ", run)
        else:
            found.append(Cell(text=text, left=run.left, right=run.right))
    return found


def spans(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Where tables begin and end (exclusive): at least two rows of cells, with a few single lines between them."""
    rows = [_is_row(line) for line in lines]
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(rows):
        if not rows[start]:
            start += 1
            continue
        end = start + 1
        while (next_row := _next_row(lines, rows, end)) is not None:
            end = next_row + 1
        if sum(rows[start:end]) >= 2 or _has_figures(lines[start]):
            found.append((start, end))
        start = end
    return found


def text(lines: Sequence[Line]) -> str:
    """A table as text: a row a line, cells parted by ``|``, an empty cell where a column has nothing."""
    rows = _with_whole_labels([cells(line) for line in lines])
    placed = [_placed(row, columns) for part in _parts(rows) for columns in [_columns(part)] for row in part if row]
    return "\n".join(" | ".join(row).rstrip(" |") for row in placed)


def _parts(rows: list[list[Cell]]) -> Iterator[list[list[Cell]]]:
    """Tables that stand under each other, each with its own columns: a header after figures begins another."""
    part: list[list[Cell]] = []
    for row in rows:
        figures = any(cell.is_figure for cell in row)
        if len(row) > 1 and not figures and any(cell.is_figure for above in part for cell in above):
            yield part
            part = []
        part.append(row)
    yield part


def _joined(cell: Cell, text: str, space: str, run: Run) -> Cell:
    return Cell(text=f"{cell.text}{space}{text}", left=cell.left, right=run.right)


def _is_number(text: str) -> bool:
    return bool(_HAS_DIGIT.search(text)) and _FIGURE.fullmatch(text) is not None


def _is_row(line: Line) -> bool:
    found = cells(line)
    if len(found) < 2:
        return False
    wide = any(b.left - a.right > _WIDE_GAP * line.size for a, b in pairwise(found))
    return wide or any(cell.is_figure for cell in found[1:])


def _has_figures(line: Line) -> bool:
    return any(cell.is_figure for cell in cells(line)[1:])


def _next_row(lines: Sequence[Line], rows: Sequence[bool], start: int) -> int | None:
    """The table's next row at or after ``start``, if only short single lines, set close, stand before it."""
    for index in range(start, min(start + _MOST_BETWEEN + 1, len(lines))):
        apart = lines[index - 1].bottom - lines[index].top
        if not -2 * lines[index].size < apart < 2.5 * lines[index].size:
            return None
        if rows[index]:
            return index
        if len(lines[index].text) > 160:
            return None
    return None


def _with_whole_labels(rows: list[list[Cell]]) -> list[list[Cell]]:
    """A label that runs over two lines is joined, so that it stands on one line with its figures."""
    joined: list[list[Cell]] = []
    for row in rows:
        above = joined[-1] if joined else []
        if len(above) == 1 and len(row) > 1 and _wraps(above[0], row[0]):
            joined[-1] = [_under(above[0], row[0]), *row[1:]]
        elif len(above) > 1 and len(row) == 1 and _wraps(above[0], row[0]):
            joined[-1] = [_under(above[0], row[0]), *above[1:]]
        else:
            joined.append(row)
    return joined


def _under(above: Cell, below: Cell) -> Cell:
    return Cell(text=f"{above.text} {below.text}", left=above.left, right=max(above.right, below.right))


def _wraps(above: Cell, below: Cell) -> bool:
    """Whether ``below`` goes on with the label ``above``: it stands under it and begins in mid-sentence."""
    if above.text.endswith((":", ".")) or above.is_figure or below.is_figure or abs(below.left - above.left) > 40:
        return False
    if _NUMBERED.match(below.text):
        return False
    return below.text[0].islower() or below.text[0] in "($&" or above.text.endswith((",", " and", " of"))


def _columns(rows: Sequence[Sequence[Cell]]) -> list[tuple[float, float]]:
    """The columns of figures, from left to right, as what their figures cover."""
    covered = sorted((cell.left, cell.right) for row in rows for cell in row[1:] if cell.is_figure)
    columns: list[tuple[float, float]] = []
    for left, right in covered:
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _placed(row: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> list[str]:
    """A row's cells under their columns. A row that does not fit, such as a header over two columns, stays as it is."""
    plain = [cell.text for cell in row]
    values = [cell for cell in row if columns and cell.right > columns[0][0]]
    labels = [cell.text for cell in row if cell not in values]
    places = [_nearest(cell, columns) for cell in values]
    if len(labels) > 1 or len(set(places)) < len(places) or not all(_fits(cell, columns) for cell in values):
        return plain
    placed = [""] * len(columns)
    for cell, place in zip(values, places, strict=True):
        placed[place] = cell.text
    return ["".join(labels), *placed] if values else plain


def _fits(cell: Cell, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether the cell stands over one column at most."""
    return sum(left < cell.right and cell.left < right for left, right in columns) <= 1


def _nearest(cell: Cell, columns: Sequence[tuple[float, float]]) -> int:
    middle = (cell.left + cell.right) / 2
    return min(range(len(columns)), key=lambda index: abs((columns[index][0] + columns[index][1]) / 2 - middle))
