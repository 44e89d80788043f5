"""Fonts for letters that ours don't have, such as Chinese: those of the machine, found by fontconfig.

Only letters that are drawn one beside the other are taken from them. Scripts whose letters join or change places, such
as Devanagari and Thai, would come out wrong without a shaping engine: those stay boxes, and the Word file has them.
"""

import logging
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

log = logging.getLogger("switchboard.tools")

SECONDS = 5.0
_TRIED = 8
_SHAPED = re.compile(
    "[\u0700-\u08ff\u0900-\u109f\u1700-\u18af\u1900-\u1aff\u1b00-\u1c7f\ua800-\uabff\U00010a00-\U0001ffff]"
)
"""Scripts that need shaping, and pictures in colour."""
_PREFERRED = ("Regular", "Book", "Medium")


def glyphs(name: str, file: Path, index: int = 0) -> frozenset[int]:
    """Make a font known to ReportLab; the characters that it has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    made = TTFont(name, str(file), subfontIndex=index)
    pdfmetrics.registerFont(made)
    return frozenset(made.face.charToGlyph)


def having(letter: str) -> str | None:
    """The name of a font of this machine that has a letter; ``None`` if there is none that can be used."""
    code = ord(letter)
    for name, has in _known.items():
        if code in has:
            return name
    return None if _SHAPED.match(letter) else _searched(code)


_known: dict[str, frozenset[int]] = {}
"""The machine's fonts that were needed so far, with their characters."""


@cache
def _searched(code: int) -> str | None:
    from reportlab.pdfbase.ttfonts import TTFError

    for file, index in _installed(code)[:_TRIED]:
        name = f"{file.stem}-{index}"
        try:
            has = glyphs(name, file, index)
        except (TTFError, OSError, ValueError, KeyError, IndexError):  # outlines of another kind, mostly
            log.debug("the font %s can't be used", file.name)
            continue
        if code in has:
            _known[name] = has
            return name
    return None


def _installed(code: int) -> list[tuple[Path, int]]:
    """The files that have a character, those of usual weight first."""
    program = shutil.which("fc-list")
    if program is None:
        return []
    command = [program, f":charset={code:x}:scalable=true", "--format=%{file}\t%{index}\t%{style}\n"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return []
    rows = [parts for line in listed.splitlines() if len(parts := line.split("\t")) == 3]
    rows.sort(key=lambda row: (not row[2].startswith(_PREFERRED), row[0], row[1]))
    usable = [row for row in rows if row[0].lower().endswith((".ttf", ".ttc")) and row[1].isdigit()]
    return [(Path(file), int(index)) for file, index, _ in usable if int(index) < 1 << 16]
