"""Letters for the PDF: fonts that have them, and right-to-left text in the order in which it is drawn.

ReportLab draws glyphs from left to right and shapes nothing. So Arabic gets its joined forms and right-to-left runs
their visual order here, line by line as far as a line is known; Word does all that by itself.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
PLAIN, BOLD, ARABIC = "LiberationSans", "LiberationSans-Bold", "NotoNaskhArabic"
_FILES = {
    PLAIN: "LiberationSans-Regular.ttf",
    BOLD: "LiberationSans-Bold.ttf",
    ARABIC: "NotoNaskhArabic-Regular.ttf",
}
MISSING = "□"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")


@cache
def _glyphs(font: str) -> frozenset[int]:
    """Make a font known to ReportLab; the characters that it has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    made = TTFont(font, str(FOLDER / _FILES[font]))
    pdfmetrics.registerFont(made)
    return frozenset(made.face.charToGlyph)


def set_up() -> None:
    """Make all fonts known, and which one is the bold of which."""
    from reportlab.lib.fonts import addMapping

    for font in _FILES:
        _glyphs(font)
    for plain, bold in ((PLAIN, BOLD), (BOLD, BOLD), (ARABIC, ARABIC)):
        for italic in (0, 1):
            addMapping(plain, 0, italic, plain)
            addMapping(plain, 1, italic, bold)


def visual(text: str) -> str:
    """A line in the order in which it is drawn; text without right-to-left letters stays as it is."""
    if not _RIGHT_TO_LEFT.search(text):
        return _INVISIBLE.sub("", text)
    from arabic_reshaper import reshape
    from bidi import get_display

    return _INVISIBLE.sub("", str(get_display(reshape(_INVISIBLE.sub("", text)))))


def runs(line: str, *, bold: bool) -> list[tuple[str, str]]:
    """A line in visual order, parted by the font that has its letters: pairs of font and text."""
    font = BOLD if bold else PLAIN
    out: list[tuple[str, str]] = []
    at = 0
    for match in _ARABIC.finditer(line):
        out += [(font, _drawable(line[at : match.start()], font)), (ARABIC, _drawable(match[0], ARABIC))]
        at = match.end()
    out.append((font, _drawable(line[at:], font)))
    return [(name, text) for name, text in out if text]


def missing(text: str) -> int:
    """How many characters of a text no font has."""
    return sum(part.count(MISSING) for _, part in runs(visual(text), bold=False)) - text.count(MISSING)


def _drawable(text: str, font: str) -> str:
    has = _glyphs(font)
    return "".join(letter if ord(letter) in has or letter in " \n" else MISSING for letter in text)
