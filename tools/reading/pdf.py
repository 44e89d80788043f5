"""PDF by its text layer: pdfium gives characters and boxes; ``layout`` and ``flow`` find their order and form."""

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from math import hypot, pi
from typing import Any

from tools.reading.backend import Page
from tools.reading.budget import Budget
from tools.reading.flow import Flow
from tools.reading.layout import Line, Word, lines
from tools.reading.parts import Parts
from tools.reading.reasons import no_text, unreadable
from tools.reading.words import one_line

_Box = tuple[float, float, float, float]  # left, right, bottom, top

_LINE_HYPHENS = frozenset((0x02, 0xAD, 0xFFFE))  # pdfium's marks for a hyphen at the end of a line
_METADATA = ("Title", "Author", "Subject", "Keywords", "CreationDate", "ModDate")
_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_BOLD_WEIGHT = 600
_FEWEST = 20  # characters: with fewer, and with pictures on it, a page is taken for a scan


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read a PDF. Pages without text are kept, so that page numbers stay right, and told as a warning."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        protected = error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)
        raise unreadable(name, "protected" if protected else "damaged") from error
    try:
        budget.take_pages(len(document))
        return _parts(document, budget)
    except pypdfium2.PdfiumError as error:
        raise unreadable(name, "damaged") from error
    finally:
        document.close()


def _parts(document: Any, budget: Budget) -> Parts:
    found: list[list[Line]] = []
    scans: list[int] = []
    for index in range(len(document)):
        page = document[index]
        found.append(_lines(page))
        characters = sum(len(line.text) for line in found[-1])
        budget.take_text(characters)
        if characters < _FEWEST and _has_picture(page):
            scans.append(index + 1)
        page.close()
    flow = Flow(found)
    pages = []
    for number, page_lines in enumerate(found, start=1):
        budget.take_text(0)
        label = one_line(document.get_page_label(number - 1) or "")
        blocks = tuple(flow.blocks(page_lines))
        pages.append(Page(number=number, blocks=blocks, label=label if label != str(number) else ""))
    metadata = {
        key.lower(): value for key, value in document.get_metadata_dict(skip_empty=True).items() if key in _METADATA
    }
    return Parts(
        pages=tuple(pages),
        title=metadata.pop("title", ""),
        paged=True,
        metadata=metadata,
        warnings=(no_text(scans),) if scans else (),
    )


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _lines(page: Any) -> list[Line]:
    """The lines of a page. Text that stands at an angle, such as a stamp in the margin, is read after the others."""
    textpage = page.get_textpage()
    try:
        turned: dict[int, list[Word]] = {}
        for word, quarter in _Characters(textpage).words():
            turned.setdefault(quarter, []).append(_upright(word, quarter))
    finally:
        textpage.close()
    groups = sorted(turned.values(), key=len, reverse=True)
    return [line for group in groups for line in lines(group)]


def _upright(word: Word, quarter: int) -> Word:
    """The word's box as it is when the page is turned so that the word stands upright."""
    match quarter:
        case 3:
            box = (word.bottom, word.top, -word.right, -word.left)
        case 2:
            box = (-word.right, -word.left, -word.top, -word.bottom)
        case 1:
            box = (-word.top, -word.bottom, word.left, word.right)
        case _:
            return word
    left, right, bottom, top = box
    return replace(word, left=left, right=right, bottom=bottom, top=top)


def _apart(one: _Box, other: _Box, size: float, quarter: int) -> bool:
    """Whether characters that follow each other stand on two lines, which pdfium does not always see."""
    across = (other[0] + other[1] - one[0] - one[1]) if quarter % 2 else (other[2] + other[3] - one[2] - one[3])
    return abs(across) > 1.2 * size


class _Characters:
    """pdfium's characters; it makes up spaces and line breaks itself where the file only moves the pen."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._raw = textpage.raw
        self._count = textpage.count_chars()
        self._box = pdfium.FS_RECTF()
        self._matrix = pdfium.FS_MATRIX()
        self._fonts: dict[tuple[bytes, int], bool] = {}

    def words(self) -> Iterator[tuple[Word, int]]:
        """Words, each with the number of quarter turns at which it stands."""
        unicode_at, raw = self._pdfium.FPDFText_GetUnicode, self._raw
        start = quarter = 0
        size = 0.0
        text: list[str] = []
        boxes: list[_Box] = []
        for index in range(self._count):
            code = unicode_at(raw, index)
            if code in _LINE_HYPHENS:
                code = 0x2D
            blank = code <= 0x20 or code == 0xA0
            box = (0.0, 0.0, 0.0, 0.0) if blank else self._box_at(index)
            if text and (blank or _apart(boxes[-1], box, size, quarter)):
                yield self._word(start, text, boxes, size), quarter
                text, boxes = [], []
            if not blank:
                if not text:
                    start, quarter, size = index, self._quarter(index), self._size(index) or box[3] - box[2]
                text.append(chr(code))
                boxes.append(box)
        if text:
            yield self._word(start, text, boxes, size), quarter

    def _word(self, start: int, text: list[str], boxes: list[_Box], size: float) -> Word:
        left, right, bottom, top = zip(*boxes, strict=True)
        return Word(
            text="".join(text),
            left=min(left),
            right=max(right),
            bottom=min(bottom),
            top=max(top),
            size=size,
            bold=self._is_bold(start),
        )

    def _quarter(self, index: int) -> int:
        return round(float(self._pdfium.FPDFText_GetCharAngle(self._raw, index)) / (pi / 2)) % 4

    def _box_at(self, index: int) -> _Box:
        self._pdfium.FPDFText_GetLooseCharBox(self._raw, index, self._box)
        return self._box.left, self._box.right, self._box.bottom, self._box.top

    def _size(self, index: int) -> float:
        """The size of type as seen: the font's size as scaled by the text's matrix."""
        if not self._pdfium.FPDFText_GetMatrix(self._raw, index, self._matrix):
            return 0.0
        scale = hypot(self._matrix.c, self._matrix.d)
        return float(self._pdfium.FPDFText_GetFontSize(self._raw, index)) * scale

    def _is_bold(self, index: int) -> bool:
        """By the font's name where it tells, else by its weight."""
        buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._pdfium.FPDFText_GetFontInfo(self._raw, index, buffer, 128, flags)
        name = buffer.value.lower()
        weight = self._pdfium.FPDFText_GetFontWeight(self._raw, index)
        key = (name, weight)
        if key not in self._fonts:
            text = name.decode("ascii", "replace")
            self._fonts[key] = any(mark in text for mark in _BOLD_NAMES) or (not text and weight >= _BOLD_WEIGHT)
        return self._fonts[key]
