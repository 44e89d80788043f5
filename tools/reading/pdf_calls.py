"""What pdfium knows of a page's characters, asked as Python calls it quickest: it takes a thousand calls a page."""

import ctypes
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPACE = 0x20
_LINE_HYPHENS = (0x02, 0xAD, 0xFFFE)  # pdfium's marks for a hyphen at the end of a line
_HYPHEN, _NO_BREAK_SPACE = 0x2D, 0xA0
_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_BOLD_WEIGHT = 600
_NAME = 128
_UNITS = 0x10000


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """How words are set, as columns.

    Attributes:
        sizes: Of type, as seen; 0 where pdfium does not tell.
        turns: Quarter turns with the clock.
    """

    sizes: "NDArray[np.float64]"
    turns: "NDArray[np.intp]"
    bold: "NDArray[np.bool_]"

    def at(self, rows: "NDArray[np.intp]") -> "Types":
        """Those of some of the words, or of some more than once."""
        return Types(sizes=self.sizes[rows], turns=self.turns[rows], bold=self.bold[rows])


class Characters:
    """The characters of a page, by their index.

    Attributes:
        codes: One for each; all blanks are spaces, all hyphens at the end of a line are hyphens.
        text: The same as a string.
    """

    def __init__(self, textpage: Any) -> None:
        self._calls = _calls()
        self._page = ctypes.byref(textpage.raw.contents)
        self.codes = self._codes(textpage.count_chars())
        self.text = self.codes.tobytes().decode("utf-32-le", "surrogatepass")

    def pieces(self, indices: "NDArray[np.intp]") -> "NDArray[np.uintp]":
        """To which pieces of the file's text they belong. What is in one piece is set alike."""
        import numpy as np

        return np.fromiter(map(self._calls.text_object, repeat(self._page), indices.tolist()), np.uintp, len(indices))

    def are_made_up(self, indices: "NDArray[np.intp]") -> "NDArray[np.bool_]":
        """Whether they are not in the file: blanks that stand for a gap."""
        import numpy as np

        return np.fromiter(map(self._calls.is_generated, repeat(self._page), indices.tolist()), bool, len(indices))

    def boxes(self, indices: "NDArray[np.intp]") -> "NDArray[np.float64]":
        """Left, bottom, right, top."""
        return self._filled(self._calls.loose_box, indices, 4)[:, [0, 3, 2, 1]]

    def types(self, indices: "NDArray[np.intp]", pieces: "NDArray[np.uintp]") -> Types:
        """How they are set, if they belong to these pieces.

        The size as seen is that of the font, scaled by the matrix of the text.
        """
        import numpy as np

        changes = np.concatenate(([True], pieces[1:] != pieces[:-1]))
        of_word, firsts = np.cumsum(changes) - 1, indices[changes]
        matrices = self._filled(self._calls.matrix, firsts, 6)
        fonts = np.fromiter(map(self._calls.font_size, repeat(self._page), firsts.tolist()), np.float64, len(firsts))
        return Types(
            sizes=(fonts * np.hypot(matrices[:, 2], matrices[:, 3]))[of_word],
            turns=(np.rint(np.arctan2(matrices[:, 2], matrices[:, 0]) / (np.pi / 2)).astype(np.intp) % 4)[of_word],
            bold=self._are_bold(firsts.tolist(), pieces[changes].tolist())[of_word],
        )

    def _are_bold(self, indices: Iterable[int], pieces: Iterable[int]) -> "NDArray[np.bool_]":
        import numpy as np

        fonts = list(map(self._calls.font, map(ctypes.c_void_p, pieces)))
        known = {font: self._is_bold(index) for font, index in dict(zip(fonts, indices, strict=True)).items()}
        return np.array([known[font] for font in fonts], bool)

    def _is_bold(self, index: int) -> bool:
        """By the font's name where it tells, else by its weight."""
        buffer, flags = ctypes.create_string_buffer(_NAME), ctypes.c_int()
        self._calls.font_info(self._page, index, buffer, ctypes.c_ulong(_NAME), ctypes.byref(flags))
        name = buffer.value.lower().decode("ascii", "replace")
        if name:
            return any(mark in name for mark in _BOLD_NAMES)
        return self._calls.font_weight(self._page, index) >= _BOLD_WEIGHT

    def _codes(self, count: int) -> "NDArray[np.uint32]":
        """At once where pdfium's text has a unit for each character, else one by one."""
        import numpy as np

        units = np.empty(count + 1, np.uint16)
        if self._calls.text(self._page, 0, count, ctypes.c_void_p(units.ctypes.data)) == count + 1:
            return _plain()[units[:count]]
        codes = np.fromiter(map(self._calls.unicode, repeat(self._page), range(count)), np.uint32, count)
        in_table = codes < _UNITS
        codes[in_table] = _plain()[codes[in_table]]
        return codes

    def _filled(self, call: Callable[..., int], indices: "NDArray[np.intp]", columns: int) -> "NDArray[np.float64]":
        """What a call fills in for each character: so many floats, zeros where it has nothing to say."""
        import numpy as np

        room = np.zeros((len(indices), columns), np.float32)
        start = room.ctypes.data
        places = map(ctypes.c_void_p, range(start, start + room.nbytes, room.strides[0]))
        deque(map(call, repeat(self._page), indices.tolist(), places), maxlen=0)
        return room.astype(np.float64)


@cache
def _plain() -> "NDArray[np.uint32]":
    """What each code stands for."""
    import numpy as np

    codes = np.arange(_UNITS, dtype="<u4")
    codes[list(_LINE_HYPHENS)] = _HYPHEN
    codes[[*range(SPACE), _NO_BREAK_SPACE]] = SPACE
    return codes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calls:
    text: Callable[..., int]
    unicode: Callable[..., int]
    is_generated: Callable[..., int]
    loose_box: Callable[..., int]
    matrix: Callable[..., int]
    font_size: Callable[..., float]
    font_info: Callable[..., int]
    font_weight: Callable[..., int]
    text_object: Callable[..., int]
    font: Callable[..., int]


@cache
def _calls() -> _Calls:
    """pdfium's functions without the conversion of arguments, which takes longer than most of them."""
    import pypdfium2.raw as pdfium

    def quick(function: Any, result: Any = ctypes.c_int) -> Any:
        call = ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)
        call.argtypes = None  # type: ignore[assignment]
        return call

    return _Calls(
        text=quick(pdfium.FPDFText_GetText),
        unicode=quick(pdfium.FPDFText_GetUnicode, ctypes.c_uint),
        is_generated=quick(pdfium.FPDFText_IsGenerated),
        loose_box=quick(pdfium.FPDFText_GetLooseCharBox),
        matrix=quick(pdfium.FPDFText_GetMatrix),
        font_size=quick(pdfium.FPDFText_GetFontSize, ctypes.c_double),
        font_info=quick(pdfium.FPDFText_GetFontInfo, ctypes.c_ulong),
        font_weight=quick(pdfium.FPDFText_GetFontWeight),
        text_object=quick(pdfium.FPDFText_GetTextObject, ctypes.c_size_t),
        font=quick(pdfium.FPDFTextObj_GetFont, ctypes.c_size_t),
    )
