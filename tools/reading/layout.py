"""From words with places to lines in reading order: columns, rows and the cells in a row. Pure geometry.

Coordinates are points with the origin at the bottom left, as in PDF.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

_RUN_GAP = 0.9  # in font sizes: a wider gap starts a new run, and a run may become a cell
_LEAST_COLUMN_ROWS = 4
_LEAST_COLUMN_WORDS = 4
_DEPTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word and its box."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words that follow each other closely on one line; in a table, a cell."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words, parted by spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Where the first word begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where the last word ends."""
        return self.words[-1].right

    @property
    def bottom(self) -> float:
        """The lowest point."""
        return min(word.bottom for word in self.words)

    @property
    def top(self) -> float:
        """The highest point."""
        return max(word.top for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The runs of one visual line, from left to right."""

    runs: tuple[Run, ...]
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool

    @property
    def text(self) -> str:
        """The runs, parted by spaces."""
        return " ".join(run.text for run in self.runs)


def lines(words: Sequence[Word]) -> list[Line]:
    """The lines of a page in reading order: columns of prose one after the other, tables across."""
    return [_line(row) for group in _columns(_runs(words), _DEPTH) for row in _rows(group)]


def _runs(words: Sequence[Word]) -> list[Run]:
    runs: list[list[Word]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        if last is not None and _continues(last, word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [Run(words=tuple(run)) for run in runs]


def _continues(last: Word, word: Word) -> bool:
    size = max(last.size, word.size)
    return abs(last.bottom - word.bottom) < 0.5 * size and -0.3 * size < word.left - last.right < _RUN_GAP * size


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that share a line, from the top down, each row from the left."""
    rows: list[list[Run]] = []
    middle = 0.0
    for run in sorted(runs, key=lambda run: -(run.bottom + run.top)):
        if rows and run.bottom < middle < run.top:
            rows[-1].append(run)
        else:
            rows.append([run])
            middle = (run.bottom + run.top) / 2
    return [sorted(row, key=lambda run: run.left) for row in rows]


def _columns(runs: list[Run], depth: int) -> list[list[Run]]:
    """Groups of runs to be read one after the other; one group where the page has no columns of prose."""
    rows = _rows(runs)
    gutter = _gutter(rows) if depth else None
    if gutter is None:
        return [runs]
    groups: list[list[Run]] = []
    left: list[Run] = []
    right: list[Run] = []
    for row in rows:
        if any(run.left < gutter < run.right for run in row):
            groups += [*_columns(left, depth - 1), *_columns(right, depth - 1), row]
            left, right = [], []
        else:
            left += [run for run in row if run.right <= gutter]
            right += [run for run in row if run.left >= gutter]
    return [group for group in [*groups, *_columns(left, depth - 1), *_columns(right, depth - 1)] if group]


def _gutter(rows: Sequence[Sequence[Run]]) -> float | None:
    """Where prose stands on both sides over several lines, or ``None``. Figures are no prose: tables go across."""
    gaps = [(a, b) for row in rows for a, b in pairwise(row)]
    if len(gaps) < _LEAST_COLUMN_ROWS:
        return None
    position = _commonest(gaps)
    beside = [(a, b) for a, b in gaps if a.right < position < b.left]
    crossing = sum(any(run.left < position < run.right for run in row) for row in rows)
    if len(beside) < max(_LEAST_COLUMN_ROWS, crossing):
        return None
    fewest = min(median(len(run.words) for run in side) for side in zip(*beside, strict=True))
    return position if fewest >= _LEAST_COLUMN_WORDS else None


def _commonest(gaps: Sequence[tuple[Run, Run]]) -> float:
    """A position that lies in as many gaps as possible."""
    edges = sorted([(a.right, 1) for a, b in gaps] + [(b.left, -1) for a, b in gaps])
    best, position = 0, 0.0
    for (place, _), (following, _), count in zip(edges, edges[1:], accumulate(step for _, step in edges), strict=False):
        if count > best:
            best, position = count, (place + following) / 2
    return position


def _line(row: Sequence[Run]) -> Line:
    words = [word for run in row for word in run.words]
    weight = sum(len(word.text) for word in words)
    return Line(
        runs=tuple(row),
        left=row[0].left,
        right=max(run.right for run in row),
        bottom=min(run.bottom for run in row),
        top=max(run.top for run in row),
        size=max(words, key=lambda word: len(word.text)).size,
        bold=sum(len(word.text) for word in words if word.bold) > 0.8 * weight,
    )
