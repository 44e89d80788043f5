"""From words with places to lines in reading order: columns, rows and the cells in a row. Pure geometry.

Coordinates are points with the origin at the bottom left, as in PDF.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, pairwise
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tools.reading.backend import Box
from tools.reading.words import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RUN_GAP = 0.9  # in font sizes: a wider gap starts a new run, and a run may become a cell
_LEAST_COLUMN_ROWS = 4
_LEAST_COLUMN_WORDS = 4
_DEPTH = 4
_LEFT = attrgetter("left")


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

    def at(self, rows: "NDArray[np.bool_]") -> "Words":
        """Some of them."""
        return Words(
            text=self.text,
            spans=self.spans[rows],
            boxes=self.boxes[rows],
            sizes=self.sizes[rows],
            bold=self.bold[rows],
            counts=self.counts[rows] if self.counts is not None else None,
        )


class Run(NamedTuple):
    """Words that follow each other closely on one line; in a table, a cell. A tuple, as there are very many.

    Attributes:
        text: The words, parted by spaces.
        bold: Whether most of the type is.
        words: How many there are.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    words: int


class Line(NamedTuple):
    """The runs of one visual line, from left to right; ``text`` is theirs, parted by spaces."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A page as it is seen, in points; on it stand lines that are turned by so many quarters with the clock.

    Attributes:
        mirrored: Whether the lines are given as in a mirror, as they run from right to left.
    """

    width: float
    height: float
    turn: int = 0
    mirrored: bool = False

    def box(self, lines: Sequence[Line]) -> Box:
        """Where lines stand whose places are as if they were upright."""
        _, lefts, rights, bottoms, tops, *_ = zip(*lines, strict=True)
        left, right, bottom, top = min(lefts), max(rights), min(bottoms), max(tops)
        if self.mirrored:
            left, right = -right, -left
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
    return [_line(row) for row in _ordered(_rows(_runs(words)), _DEPTH)]


def _line(row: Sequence[Run]) -> Line:
    """The line that runs from left to right form; its type is that of its longest run."""
    if len(row) == 1:  # as most are
        return Line(*row[0][:-1], tuple(row))
    texts, lefts, rights, bottoms, tops, sizes, bolds, _ = zip(*row, strict=True)
    if texts[0] == "o" and not any(bolds):  # as word processors write the second kind of bullet
        texts = ("◦", *texts[1:])
    letters = list(map(len, texts))
    return Line(
        text=" ".join(texts),
        left=lefts[0],
        right=max(rights),
        bottom=min(bottoms),
        top=max(tops),
        size=sizes[letters.index(max(letters))],
        bold=any(bolds) and sum(compress(letters, bolds)) > 0.8 * sum(letters),
        runs=tuple(row),
    )


def _runs(words: Words) -> list[Run]:
    import numpy as np

    if not len(words.spans):
        return []
    starts = np.flatnonzero(np.concatenate(([True], _breaks(words))))
    ends = np.append(starts[1:], len(words.spans)) - 1
    held = words.counts if words.counts is not None else np.ones(len(words.spans), np.intp)
    counts = np.add.reduceat(held, starts)
    spans = zip(words.spans[starts, 0].tolist(), words.spans[ends, 1].tolist(), strict=True)
    texts = [words.text[start:end] for start, end in spans]
    columns = (
        words.boxes[starts, 0],
        words.boxes[ends, 2],
        np.minimum.reduceat(words.boxes[:, 1], starts),
        np.maximum.reduceat(words.boxes[:, 3], starts),
        words.sizes[starts],
        2 * np.add.reduceat(words.bold * held, starts) > counts,
        counts,
    )
    texts = [one_line(text) if "  " in text or not text.isascii() else text for text in texts]
    return list(map(Run, texts, *(column.tolist() for column in columns)))


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
    for row in rows:
        row.sort(key=_LEFT)
    return rows


def _ordered(rows: list[list[Run]], depth: int) -> list[list[Run]]:
    """The rows as they are to be read: what stands left of a gutter before what stands right of it."""
    gutter = _gutter(rows) if depth else None
    if gutter is None:
        return rows
    ordered: list[list[Run]] = []
    left: list[Run] = []
    right: list[Run] = []
    for row in [*rows, None]:
        if row is None or any(run.left < gutter < run.right for run in row):
            ordered += [*_ordered(_rows(left), depth - 1), *_ordered(_rows(right), depth - 1)]
            ordered += [row] if row else []
            left, right = [], []
        else:
            left += [run for run in row if run.right <= gutter]
            right += [run for run in row if run.left >= gutter]
    return ordered


def _gutter(rows: Sequence[Sequence[Run]]) -> float | None:
    """Where prose stands on both sides over several lines, or ``None``. Figures are no prose: tables go across."""
    gaps = [gap for row in rows if len(row) > 1 for gap in pairwise(row)]
    if len(gaps) < _LEAST_COLUMN_ROWS or all(b.words < _LEAST_COLUMN_WORDS for _, b in gaps):
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
