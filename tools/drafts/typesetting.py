"""Letters for the PDF: fonts that have them, and right-to-left text in the order in which it is drawn.

ReportLab draws glyphs from left to right and shapes nothing. So Arabic gets its joined forms and right-to-left runs
their visual order here, line by line: a paragraph is broken into its lines before each is turned. Word does all that by
itself.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from tools.drafts import typefaces

FOLDER = Path(__file__).parent / "fonts"
PLAIN, BOLD, ARABIC = "LiberationSans", "LiberationSans-Bold", "NotoNaskhArabic"
_FILES = {
    PLAIN: "LiberationSans-Regular.ttf",
    BOLD: "LiberationSans-Bold.ttf",
    ARABIC: "NotoNaskhArabic-Regular.ttf",
}
MISSING = "□"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")


@cache
def _glyphs(font: str) -> frozenset[int]:
    """Make a font known to ReportLab; the characters that it has."""
    return typefaces.glyphs(font, FOLDER / _FILES[font])


def set_up() -> None:
    """Make all fonts known, and which one is the bold of which."""
    from reportlab.lib.fonts import addMapping

    for font in _FILES:
        _glyphs(font)
    for plain, bold in ((PLAIN, BOLD), (BOLD, BOLD), (ARABIC, ARABIC)):
        for italic in (0, 1):
            addMapping(plain, 0, italic, plain)
            addMapping(plain, 1, italic, bold)


def visual(text: str, *, leftward: bool | None = None) -> str:
    """A line in the order in which it is drawn; text without right-to-left letters stays as it is.

    Args:
        leftward: Whether it is of a paragraph that is read from the right; told by its first letter if not given.
    """
    if not _RIGHT_TO_LEFT.search(text):
        return _INVISIBLE.sub("", text)
    from arabic_reshaper import reshape
    from bidi import get_display

    side = None if leftward is None else "R" if leftward else "L"
    return _INVISIBLE.sub("", str(get_display(reshape(_INVISIBLE.sub("", text)), base_dir=side)))


def leftward(text: str) -> bool:
    """Whether a paragraph is read from the right: its first letter that has a direction says so."""
    for letter in text:
        if (direction := unicodedata.bidirectional(letter)) in ("L", "R", "AL"):
            return direction != "L"
    return False


def turned(text: str) -> bool:
    """Whether there are letters in a text that are read from the right."""
    return bool(_RIGHT_TO_LEFT.search(text))


def broken(text: str, width: float, *, size: float, bold: bool) -> list[str]:
    """The lines of a paragraph in the order in which they are drawn, each at most so wide in points."""
    side = leftward(text)
    out: list[str] = []
    for part in text.split("\n"):
        line: list[str] = []
        for word in part.split():
            if line and _wide(" ".join([*line, word]), size, bold) > width:
                out.append(visual(" ".join(line), leftward=side))
                line = []
            line.append(word)
        out.append(visual(" ".join(line), leftward=side))
    return out


def _wide(line: str, size: float, bold: bool) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(sum(stringWidth(part, font, size) for font, part in runs(visual(line), bold=bold)))


def runs(line: str, *, bold: bool) -> list[tuple[str, str]]:
    """A line in visual order, parted by the font that has its letters: pairs of font and text."""
    font = BOLD if bold else PLAIN
    out: list[tuple[str, str]] = []
    for letter in line:
        name, shown = _drawn(letter, font)
        if out and out[-1][0] == name:
            out[-1] = (name, out[-1][1] + shown)
        else:
            out.append((name, shown))
    return out


def missing(text: str) -> int:
    """How many characters of a text no font has."""
    return sum(part.count(MISSING) for _, part in runs(visual(text), bold=False)) - text.count(MISSING)


def _drawn(letter: str, font: str) -> tuple[str, str]:
    """A letter with the font that has it: our own, the Arabic one, or one of the machine; a box where none has."""
    if ord(letter) in _glyphs(font) or letter in " \n":
        return font, letter
    if ord(letter) in _glyphs(ARABIC):
        return ARABIC, letter
    found = typefaces.having(letter)
    return (found, letter) if found else (font, MISSING)
