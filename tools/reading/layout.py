"""From words with places to lines in reading order: columns, rows and the cells in a row. Pure geometry.

Coordinates are points with the origin at the bottom left, as in PDF.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median
from typing import TYPE_CHECKING

from tools.reading.backend import Box
from tools.reading.words import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RUN_GAP = 0.9  # in font sizes: a wider gap starts a new run, and a run may become a cell
_LEAST_COLUMN_ROWS = 4
_LEAST_COLUMN_WORDS = 4
_DEPTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a page in the order in which they were written, as columns: there are many of them.

    A row may stand for several words that are known to follow each other closely.

    Attributes:
        text: All of it.
        spans: For each row where in the text it begins, and where it ends.
        boxes: For each row left, bottom, right, top.
        sizes: Of type.
        bold: Whether the type is.
        counts: How many words each row has; one if not given.
    """

    text: str
    spans: "NDArray[np.intp]"
    boxes: "NDArray[np.float64]"
    sizes: "NDArray[np.float64]"
    bold: "NDArray[np.bool_]"
    counts: "NDArray[np.intp] | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words that follow each other closely on one line; in a table, a cell.

    Attributes:
        text: The words, parted by spaces.
        words: How many there are.
        bold: Whether most of the type is.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    words: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The runs of one visual line, from left to right; ``text`` is theirs, parted by spaces."""

    runs: tuple[Run, ...]
    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A page as it is seen, in points; on it stand lines that are turned by so many quarters with the clock."""

    width: float
    height: float
    turn: int = 0

    def box(self, lines: Sequence[Line]) -> Box:
        """Where lines stand whose places are as if they were upright."""
        left, right = min(one.left for one in lines), max(one.right for one in lines)
        bottom, top = min(one.bottom for one in lines), max(one.top for one in lines)
        match self.turn:
            case 1:
                left, right, bottom, top = bottom, top, -right, -left
            case 2:
                left, right, bottom, top = -right, -left, -top, -bottom
            case 3:
                left, right, bottom, top = -top, -bottom, left, right
        across, down = (left / self.width, right / self.width), (1 - top / self.height, 1 - bottom / self.height)
        return _fraction(across[0]), _fraction(down[0]), _fraction(across[1]), _fraction(down[1])


def _fraction(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)


def lines(words: Words) -> list[Line]:
    """The lines of a page in reading order: columns of prose one after the other, tables across."""
    return [line(row) for group in _columns(_runs(words), _DEPTH) for row in _rows(group)]


def line(row: Sequence[Run]) -> Line:
    """The line that runs from left to right form; its type is that of its longest run."""
    first = row[0]
    if len(row) == 1:  # as most are; there are many
        return Line(
            runs=(first,),
            text=first.text,
            left=first.left,
            right=first.right,
            bottom=first.bottom,
            top=first.top,
            size=first.size,
            bold=first.bold,
        )
    letters = sum(len(run.text) for run in row)
    return Line(
        runs=tuple(row),
        text=" ".join(run.text for run in row),
        left=first.left,
        right=max(run.right for run in row),
        bottom=min(run.bottom for run in row),
        top=max(run.top for run in row),
        size=max(row, key=lambda run: len(run.text)).size,
        bold=sum(len(run.text) for run in row if run.bold) > 0.8 * letters,
    )


def _runs(words: Words) -> list[Run]:
    import numpy as np

    count = len(words.spans)
    if not count:
        return []
    starts = np.flatnonzero(np.concatenate(([True], _breaks(words))))
    ends = np.append(starts[1:], count)
    bottoms = np.minimum.reduceat(words.boxes[:, 1], starts).tolist()
    tops = np.maximum.reduceat(words.boxes[:, 3], starts).tolist()
    held = words.counts if words.counts is not None else np.ones(count, np.intp)
    counts = np.add.reduceat(held, starts)
    bold = (2 * np.add.reduceat(words.bold * held, starts) > counts).tolist()
    lefts, rights, sizes = words.boxes[starts, 0], words.boxes[ends - 1, 2], words.sizes[starts]
    froms, tos = words.spans[starts, 0].tolist(), words.spans[ends - 1, 1].tolist()
    columns = (lefts.tolist(), rights.tolist(), bottoms, tops, sizes.tolist(), counts.tolist(), bold)
    texts = [words.text[start:end] for start, end in zip(froms, tos, strict=True)]
    texts = [one_line(text) if "  " in text or not text.isascii() else text for text in texts]
    return [
        Run(
            text=text,
            left=left,
            right=right,
            bottom=bottom,
            top=top,
            size=size,
            words=in_it,
            bold=is_bold,
        )
        for text, left, right, bottom, top, size, in_it, is_bold in zip(texts, *columns, strict=True)
    ]


def _breaks(words: Words) -> "NDArray[np.bool_]":
    """Between which words a run ends: where the next stands on another line, before the last, or far from it."""
    import numpy as np

    before, after = words.boxes[:-1], words.boxes[1:]
    size = np.maximum(words.sizes[:-1], words.sizes[1:])
    gap = after[:, 0] - before[:, 2]
    on_line = np.abs(after[:, 1] - before[:, 1]) < 0.5 * size
    broken: NDArray[np.bool_] = ~(on_line & (gap > -0.3 * size) & (gap < _RUN_GAP * size))
    return broken


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
    fewest = min(median(run.words for run in side) for side in zip(*beside, strict=True))
    return position if fewest >= _LEAST_COLUMN_WORDS else None


def _commonest(gaps: Sequence[tuple[Run, Run]]) -> float:
    """A position that lies in as many gaps as possible."""
    edges = sorted([(a.right, 1) for a, b in gaps] + [(b.left, -1) for a, b in gaps])
    best, position = 0, 0.0
    for (place, _), (following, _), count in zip(edges, edges[1:], accumulate(step for _, step in edges), strict=False):
        if count > best:
            best, position = count, (place + following) / 2
    return position
