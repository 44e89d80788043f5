"""The words of a PDF's page and their places: taken together as far as the file itself says that they belong."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.reading.layout import Words
from tools.reading.pdf_calls import SPACE, Characters, Types

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_APART = 0.6  # sizes of type: characters farther apart than that, across the line, stand on two lines


def words(characters: Characters) -> dict[int, Words]:
    """The words of a page by the quarter turns, with the clock, at which they stand; in the coordinates of the file."""
    import numpy as np

    spans = _spans(characters)
    if not len(spans):
        return {}
    rows = _rows(characters, spans)
    types, corners = characters.types(rows.spans[:, 0], rows.pieces), _corners(characters, rows)
    if (leaps := _leaps(corners, types)).any():
        rows, origins = _split(characters, rows, types, leaps)
        types, corners = types.at(origins), _corners(characters, rows)
    boxes = np.concatenate((corners[:, :, :2].min(axis=1), corners[:, :, 2:].max(axis=1)), axis=1)
    across = np.where(types.turns % 2, boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    sizes = np.where(types.sizes > 0, types.sizes, across)
    found = Words(
        text=characters.text,
        spans=rows.spans + np.array((0, 1)),
        counts=rows.counts,
        boxes=boxes,
        sizes=sizes,
        bold=types.bold,
    )
    turns = set(types.turns.tolist())
    return {turn: found.at(types.turns == turn) if len(turns) > 1 else found for turn in turns}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Words that are known to follow each other closely, as columns.

    Attributes:
        spans: The first and the last character.
        counts: How many words there are.
        pieces: The piece of the file's text in which the first begins.
    """

    spans: "NDArray[np.intp]"
    counts: "NDArray[np.intp]"
    pieces: "NDArray[np.uintp]"


def _spans(characters: Characters) -> "NDArray[np.intp]":
    """The first and the last character of each word.

    pdfium makes up spaces and line breaks itself where the file only moves the pen.
    """
    import numpy as np

    inked = np.concatenate(([False], characters.codes > SPACE, [False]))
    spans: NDArray[np.intp] = np.flatnonzero(inked[1:] != inked[:-1]).reshape(-1, 2) - (0, 1)
    return spans


def _rows(characters: Characters, spans: "NDArray[np.intp]") -> _Rows:
    """The words with those taken together that stand in one piece of text, parted by a space that is in the file.

    Their places need not be asked for one by one: a gap that is wide is one that pdfium has found, and made a space
    of, or lies between pieces.
    """
    import numpy as np

    blanks = spans[:-1, 1] + 1
    beside = spans[1:, 0] == blanks + 1
    pieces = _pieces(characters, spans[:, 0], np.flatnonzero(np.concatenate(([True], ~beside))))
    beside &= pieces[1:] == pieces[:-1]
    places = np.flatnonzero(beside)
    beside[places[characters.are_made_up(blanks[places])]] = False
    firsts = np.flatnonzero(np.concatenate(([True], ~beside)))
    ends = np.append(firsts[1:], len(spans))
    found = np.column_stack((spans[firsts, 0], spans[ends - 1, 1]))
    return _Rows(spans=found, counts=ends - firsts, pieces=pieces[firsts])


def _pieces(characters: Characters, starts: "NDArray[np.intp]", firsts: "NDArray[np.intp]") -> "NDArray[np.uintp]":
    """The piece of text to which each word belongs; what is between words of one piece need not be asked.

    Args:
        firsts: Which words begin a line.
    """
    import numpy as np

    lasts = np.append(firsts[1:], len(starts)) - 1
    of_first, of_last = characters.pieces(starts[firsts]), characters.pieces(starts[lasts])
    pieces = np.repeat(of_first, lasts - firsts + 1)
    mixed = np.flatnonzero(np.repeat(of_first != of_last, lasts - firsts + 1))
    pieces[mixed] = characters.pieces(starts[mixed])
    return pieces


def _corners(characters: Characters, rows: _Rows) -> "NDArray[np.float64]":
    """For each row the boxes of its first and of its last character."""
    return characters.boxes(rows.spans.ravel()).reshape(-1, 2, 4)


def _leaps(corners: "NDArray[np.float64]", types: Types) -> "NDArray[np.bool_]":
    """Which of the pairs of characters stand on two lines."""
    import numpy as np

    one, other = corners[:, 0], corners[:, 1]
    moved = np.abs(one[:, :2] + one[:, 2:] - other[:, :2] - other[:, 2:]) / 2
    leaps: NDArray[np.bool_] = np.where(types.turns % 2, moved[:, 0], moved[:, 1]) > _APART * types.sizes
    return leaps


def _split(
    characters: Characters, rows: _Rows, types: Types, leaps: "NDArray[np.bool_]"
) -> "tuple[_Rows, NDArray[np.intp]]":
    """The rows, those marked cut where they go on to another line, which pdfium does not always see.

    Also returns from which of the rows each was cut.
    """
    import numpy as np

    pieces: list[tuple[int, int]] = []
    origins: list[int] = []
    for row, (start, end) in enumerate(rows.spans.tolist()):
        cuts = _cuts(characters, start, end, types.at(np.array([row]))) if leaps[row] else []
        pieces += zip([start, *(begin for _, begin in cuts)], [*(last for last, _ in cuts), end], strict=True)
        origins += [row] * (len(cuts) + 1)
    of_row = np.array(origins, np.intp)
    counts = [len(characters.text[start : end + 1].split()) for start, end in pieces]
    cut = _Rows(spans=np.array(pieces, np.intp), counts=np.array(counts, np.intp), pieces=rows.pieces[of_row])
    return cut, of_row


def _cuts(characters: Characters, start: int, end: int, types: Types) -> list[tuple[int, int]]:
    """Between which characters a row goes on to another line."""
    import numpy as np

    inked = np.flatnonzero(characters.codes[start : end + 1] > SPACE) + start
    boxes = characters.boxes(inked)
    after = np.flatnonzero(_leaps(np.stack((boxes[:-1], boxes[1:]), axis=1), types))
    return list(zip(inked[after].tolist(), inked[after + 1].tolist(), strict=True))
