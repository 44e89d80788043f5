"""The text layer of a PDF's page as lines: asked of pdfium in bulk, as single calls are slow in Python."""

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

from tools.reading import flow
from tools.reading.layout import Frame, Words, lines
from tools.reading.sheet import Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LINE_HYPHENS = (0x02, 0xAD, 0xFFFE)  # pdfium's marks for a hyphen at the end of a line
_HYPHEN, _SPACE, _NO_BREAK_SPACE = 0x2D, 0x20, 0xA0
_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_BOLD_WEIGHT = 600
_APART = 0.6  # sizes of type: characters farther apart than that, across the line, stand on two lines


def parts(page: Any) -> tuple[Part, ...]:
    """The parts of a page. Text that stands at an angle, such as a stamp in the margin, is read after the others."""
    textpage = page.get_textpage()
    try:
        found = _words(_Text(textpage))
    finally:
        textpage.close()
    rotation, (width, height) = page.get_rotation() // 90, page.get_size()
    whole: list[Part] = []
    for turn, words in found:
        turn_seen = (turn + rotation) % 4
        seen = upright(_as_seen(words, page, rotation), turn_seen)
        whole += flow.parts(lines(seen), Frame(width=width, height=height, turn=turn_seen))
    return tuple(whole)


def upright(words: Words, turn: int) -> Words:
    """The words as they stand when the page is turned so that they are upright; they stood ``turn`` quarters off."""
    import numpy as np

    left, bottom, right, top = words.boxes.T
    match turn:
        case 1:
            columns = (-top, left, -bottom, right)
        case 2:
            columns = (-right, -top, -left, -bottom)
        case 3:
            columns = (bottom, -right, top, -left)
        case _:
            return words
    return replace(words, boxes=np.column_stack(columns))


def _as_seen(words: Words, page: Any, rotation: int) -> Words:
    """The words on the page as it is shown: its lower left corner is the origin, and it is turned."""
    import numpy as np

    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    moved = replace(words, boxes=words.boxes - np.array((left, bottom, left, bottom)))
    across, up = ((0.0, 0.0), (0.0, width), (width, height), (height, 0.0))[rotation]
    turned = upright(moved, (4 - rotation) % 4)
    return replace(turned, boxes=turned.boxes + np.array((across, up, across, up)))


def _words(text: "_Text") -> list[tuple[int, Words]]:
    """The words by the quarter turns, with the clock, at which they stand, in the coordinates of the page.

    pdfium makes up spaces and line breaks itself where the file only moves the pen.
    """
    import numpy as np

    spans = text.spans()
    if not len(spans):
        return []
    spans, counts = text.joined(spans)
    types, corners = text.types(spans[:, 0]), text.corners(spans)
    if (leaps := _leaps(corners, types.turns, types.sizes)).any():
        spans, counts = text.split(spans, counts, leaps)
        types, corners = text.types(spans[:, 0]), text.corners(spans)
    boxes = np.concatenate((corners[:, :, :2].min(axis=1), corners[:, :, 2:].max(axis=1)), axis=1)
    across = np.where(types.turns % 2, boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    sizes = np.where(types.sizes > 0, types.sizes, across)
    found = []
    for turn in np.unique(types.turns).tolist():
        here = np.flatnonzero(types.turns == turn)
        words = Words(
            text=text.string,
            spans=spans[here] + (0, 1),
            counts=counts[here],
            boxes=boxes[here],
            sizes=sizes[here],
            bold=types.bold[here],
        )
        found.append((turn, words))
    return sorted(found, key=lambda group: -len(group[1].spans))


def _leaps(
    corners: "NDArray[np.float64]", turns: "NDArray[np.intp]", size: "NDArray[np.float64]"
) -> "NDArray[np.bool_]":
    """Which of the pairs of characters stand on two lines."""
    import numpy as np

    one, other = corners[:, 0], corners[:, 1]
    moved = np.abs(one[:, :2] + one[:, 2:] - other[:, :2] - other[:, 2:]) / 2
    leaps: NDArray[np.bool_] = np.where(turns % 2, moved[:, 0], moved[:, 1]) > _APART * size
    return leaps


@dataclass(frozen=True, slots=True, kw_only=True)
class _Types:
    """How words are set, as columns; ``turns`` are quarter turns with the clock."""

    sizes: "NDArray[np.float64]"
    turns: "NDArray[np.intp]"
    bold: "NDArray[np.bool_]"


class _Text:
    """What pdfium knows of a page's characters."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._raw = textpage.raw
        self._address = ctypes.cast(textpage.raw, ctypes.c_void_p).value
        self._codes = self._characters(textpage.count_chars())
        self.string = self._codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")

    def spans(self) -> "NDArray[np.intp]":
        """The first and the last character of each word."""
        import numpy as np

        inked = np.concatenate(([False], self._codes > _SPACE, [False]))
        edges = np.flatnonzero(inked[1:] != inked[:-1])
        spans: NDArray[np.intp] = edges.reshape(-1, 2) - (0, 1)
        return spans

    def joined(self, spans: "NDArray[np.intp]") -> "tuple[NDArray[np.intp], NDArray[np.intp]]":
        """The words with those taken together that stand in one piece of text, parted by a space that is in the file.

        Their places need not be asked for one by one: a gap that is wide is one that pdfium has found, and made a space
        of, or lies between pieces. Also returns how many words each row has.
        """
        import numpy as np

        blanks = spans[:-1, 1] + 1
        beside = spans[1:, 0] == blanks + 1
        pieces = self._pieces(spans[:, 0], np.concatenate(([True], ~beside)))
        beside &= pieces[1:] == pieces[:-1]
        places = np.flatnonzero(beside)
        made_up = np.array(list(map(_calls().is_generated, repeat(self._address), blanks[places].tolist())), bool)
        beside[places[made_up]] = False
        starts = np.flatnonzero(np.concatenate(([True], ~beside)))
        ends = np.append(starts[1:], len(spans))
        return np.column_stack((spans[starts, 0], spans[ends - 1, 1])), ends - starts

    def _pieces(self, starts: "NDArray[np.intp]", first: "NDArray[np.bool_]") -> "NDArray[np.uintp]":
        """The piece of text to which each word belongs; what is between words of one piece need not be asked.

        Args:
            first: Which words begin a line.
        """
        import numpy as np

        ask, address = _calls().text_object, repeat(self._address)
        firsts = np.flatnonzero(first)
        lasts = np.append(firsts[1:], len(starts)) - 1
        of_first = np.array(list(map(ask, address, starts[firsts].tolist())), np.uintp)
        of_last = np.array(list(map(ask, address, starts[lasts].tolist())), np.uintp)
        pieces = np.repeat(of_first, lasts - firsts + 1)
        mixed = np.flatnonzero(np.repeat(of_first != of_last, lasts - firsts + 1))
        pieces[mixed] = np.array(list(map(ask, address, starts[mixed].tolist())), np.uintp)
        return pieces

    def corners(self, spans: "NDArray[np.intp]") -> "NDArray[np.float64]":
        """For each word the boxes of its first and of its last character."""
        return self._boxes(spans.ravel().tolist()).reshape(-1, 2, 4)

    def types(self, starts: "NDArray[np.intp]") -> _Types:
        """How the words are set that begin at these characters. Words of one piece of text are set alike.

        The size is as seen: the font's size as scaled by the text's matrix.
        """
        import numpy as np

        calls = _calls()
        pieces = np.array(list(map(calls.text_object, repeat(self._address), starts.tolist())), np.uintp)
        changes = np.concatenate(([True], pieces[1:] != pieces[:-1]))
        of_word, indices = np.cumsum(changes) - 1, starts[changes].tolist()
        matrices = self._filled(calls.matrix, indices, 6)
        fonts = np.array(list(map(calls.font_size, repeat(self._address), indices)))
        sizes = fonts * np.hypot(matrices[:, 2], matrices[:, 3])
        turns = np.rint(np.arctan2(matrices[:, 2], matrices[:, 0]) / (np.pi / 2)).astype(np.intp) % 4
        faces = list(map(calls.font, pieces[changes].tolist()))
        known = {face: self._is_bold(index) for face, index in dict(zip(faces, indices, strict=True)).items()}
        bold = [known[face] for face in faces]
        return _Types(sizes=sizes[of_word], turns=turns[of_word], bold=np.array(bold)[of_word])

    def _characters(self, count: int) -> "NDArray[np.uint32]":
        """The characters, a code for each index: at once where pdfium's text has a unit for each, else one by one."""
        import numpy as np

        buffer = (ctypes.c_ushort * (count + 1))()
        if self._pdfium.FPDFText_GetText(self._raw, 0, count, buffer) == count + 1:
            codes = np.frombuffer(memoryview(buffer), np.uint16)[:count].astype(np.uint32)
        else:
            codes = np.array([self._pdfium.FPDFText_GetUnicode(self._raw, index) for index in range(count)], np.uint32)
        for hyphen in _LINE_HYPHENS:
            codes[codes == hyphen] = _HYPHEN
        codes[(codes <= _SPACE) | (codes == _NO_BREAK_SPACE)] = _SPACE
        return codes

    def split(
        self, spans: "NDArray[np.intp]", counts: "NDArray[np.intp]", leaps: "NDArray[np.bool_]"
    ) -> "tuple[NDArray[np.intp], NDArray[np.intp]]":
        """The words, those marked cut where they go on to another line, which pdfium does not always see."""
        import numpy as np

        found: list[tuple[int, int, int]] = []
        for (start, end), count, leaping in zip(spans.tolist(), counts.tolist(), leaps.tolist(), strict=True):
            if not leaping:
                found.append((start, end, count))
                continue
            inked = np.flatnonzero(self._codes[start : end + 1] > _SPACE) + start
            boxes = self._boxes(inked.tolist())
            pairs = np.stack((boxes[:-1], boxes[1:]), axis=1)
            types = self.types(np.full(len(pairs), start))
            cuts = np.flatnonzero(_leaps(pairs, types.turns, types.sizes))
            froms = [start, *inked[cuts + 1].tolist()]
            tos = [*inked[cuts].tolist(), end]
            found += ((a, b, len(self.string[a : b + 1].split())) for a, b in zip(froms, tos, strict=True))
        rows = np.array(found, np.intp)
        return rows[:, :2], rows[:, 2]

    def _boxes(self, indices: Sequence[int]) -> "NDArray[np.float64]":
        """The characters' boxes: left, bottom, right, top."""
        return self._filled(_calls().loose_box, indices, 4)[:, [0, 3, 2, 1]]

    def _filled(self, call: Callable[..., int], indices: Sequence[int], columns: int) -> "NDArray[np.float64]":
        """What a call fills in for each character: so many floats, zeros where it has nothing to say."""
        import numpy as np

        buffer = (ctypes.c_float * (columns * len(indices)))()
        start, step = ctypes.addressof(buffer), columns * ctypes.sizeof(ctypes.c_float)
        deque(map(call, repeat(self._address), indices, range(start, start + step * len(indices), step)), maxlen=0)
        filled: NDArray[np.float64] = np.frombuffer(memoryview(buffer), np.float32).astype(np.float64)
        return filled.reshape(-1, columns)

    def _is_bold(self, index: int) -> bool:
        """By the font's name where it tells, else by its weight."""
        buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._pdfium.FPDFText_GetFontInfo(self._raw, index, buffer, 128, flags)
        name = buffer.value.lower().decode("ascii", "replace")
        if name:
            return any(mark in name for mark in _BOLD_NAMES)
        return bool(self._pdfium.FPDFText_GetFontWeight(self._raw, index) >= _BOLD_WEIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calls:
    """pdfium's functions as they are quickest to call: with plain addresses."""

    loose_box: Callable[..., int]
    matrix: Callable[..., int]
    font_size: Callable[..., float]
    text_object: Callable[..., int | None]
    font: Callable[..., int | None]
    is_generated: Callable[..., int]


@cache
def _calls() -> _Calls:
    import pypdfium2.raw as pdfium

    def plain(function: Any, result: Any, *arguments: Any) -> Any:
        return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)

    pointer, number = ctypes.c_void_p, ctypes.c_int
    return _Calls(
        loose_box=plain(pdfium.FPDFText_GetLooseCharBox, number, pointer, number, pointer),
        matrix=plain(pdfium.FPDFText_GetMatrix, number, pointer, number, pointer),
        font_size=plain(pdfium.FPDFText_GetFontSize, ctypes.c_double, pointer, number),
        text_object=plain(pdfium.FPDFText_GetTextObject, pointer, pointer, number),
        font=plain(pdfium.FPDFTextObj_GetFont, pointer, pointer),
        is_generated=plain(pdfium.FPDFText_IsGenerated, number, pointer, number),
    )
