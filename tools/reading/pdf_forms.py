"""What is written on a PDF's page by other means than its text: filled-in forms, texts typed onto it, comments."""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tools.reading.words import clean

_HIDDEN = 0x02 | 0x20  # flags of an annotation: hidden, and not to be seen
_PASSWORD = 0x2000  # a flag of a field
_MOST_UNITS = 100_000
_TICKS = ("[ ]", "[x]")
_COMMENT = "[comment]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A line of text, and its place on the page.

    Attributes:
        box: Left, bottom, right, top in points.
        remark: Whether it is said about the page and does not stand on it.
    """

    text: str
    box: tuple[float, float, float, float]
    remark: bool = False


def written(document: Any, page: Any) -> list[Written]:
    """What is filled in and typed on, with ``[x]`` and ``[ ]`` for boxes to tick; comments with a mark."""
    import pypdfium2.raw as pdfium

    found: list[Written] = []
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        try:
            if not pdfium.FPDFAnnot_GetFlags(note) & _HIDDEN:
                found += _lines(_text(document.formenv, note), note)
        finally:
            pdfium.FPDFPage_CloseAnnot(note)
    return found


def _text(form: Any, note: Any) -> str:
    import pypdfium2.raw as pdfium

    match pdfium.FPDFAnnot_GetSubtype(note):
        case pdfium.FPDF_ANNOT_FREETEXT:
            return _contents(note)
        case pdfium.FPDF_ANNOT_TEXT | pdfium.FPDF_ANNOT_HIGHLIGHT:
            contents = _contents(note)
            return f"{_COMMENT} {contents}" if contents else ""
        case pdfium.FPDF_ANNOT_WIDGET if form:
            return _value(form, note)
        case _:
            return ""


def _value(form: Any, note: Any) -> str:
    """What a field says; nothing for a button, a password or a signature."""
    import pypdfium2.raw as pdfium

    match pdfium.FPDFAnnot_GetFormFieldType(form, note):
        case pdfium.FPDF_FORMFIELD_CHECKBOX | pdfium.FPDF_FORMFIELD_RADIOBUTTON:
            return _TICKS[bool(pdfium.FPDFAnnot_IsChecked(form, note))]
        case pdfium.FPDF_FORMFIELD_TEXTFIELD | pdfium.FPDF_FORMFIELD_COMBOBOX | pdfium.FPDF_FORMFIELD_LISTBOX:
            if pdfium.FPDFAnnot_GetFormFieldFlags(form, note) & _PASSWORD:
                return ""
            return _string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, note, buffer, size))
        case _:
            return ""


def _contents(note: Any) -> str:
    import pypdfium2.raw as pdfium

    return _string(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(note, b"Contents", buffer, size))


def _string(ask: Callable[[Any, int], int]) -> str:
    """A string of pdfium's: its size is asked for first, in bytes."""
    size = min(ask(None, 0), 2 * _MOST_UNITS)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    ask(buffer, size)
    return clean(bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0"))


def _lines(text: str, note: Any) -> Iterator[Written]:
    """The lines of a text, one under the other where it stands."""
    import pypdfium2.raw as pdfium

    if not text:
        return
    place = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(note, place)
    lines = [line for line in text.split("\n") if line]
    height = (place.top - place.bottom) / len(lines)
    for number, line in enumerate(lines):
        top = place.top - number * height
        box = (place.left, top - height, place.right, top)
        yield Written(text=line, box=box, remark=text.startswith(_COMMENT))
