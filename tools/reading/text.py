"""Plain text: the encoding is found, paragraphs are parted by blank lines, form feeds part pages."""

import re

from tools.reading.backend import Block, Page
from tools.reading.budget import Budget
from tools.reading.parts import Parts
from tools.reading.reasons import unreadable
from tools.reading.words import clean

_BLANK = re.compile(r"\n[ \t]*\n+")
_BULLET = re.compile(r"(?:[-*+•‣▪●◦–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_TRUSTED = ("utf", "shift", "euc", "big5", "gb", "cp93", "cp94", "koi8")
_MOST_CONTROL = 0.02
_SAMPLE = 65_536


def decode(data: bytes, *, name: str, declared: str = "") -> str:
    """Bytes as text: by their mark, as declared, as UTF-8, by a detector's judgement, as Windows-1252, in this order.

    Raises:
        Unreadable: It is not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in (declared, "utf-8"):
        try:
            return _checked(data.decode(encoding), name) if encoding else _undeclared()
        except (UnicodeDecodeError, LookupError):
            continue
    return _checked(_detected(data), name)


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read plain text."""
    sheets = [sheet for sheet in decode(data, name=name).split("\f") if sheet.strip()]
    budget.check_pages(len(sheets))
    pages = tuple(
        Page(number=number, blocks=tuple(paragraphs(sheet, budget))) for number, sheet in enumerate(sheets, start=1)
    )
    return Parts(pages=pages, paged=len(pages) > 1)


def paragraphs(text: str, budget: Budget) -> list[Block]:
    """The paragraphs of a text; one whose every line is a list item is a list."""
    blocks = []
    for paragraph in _BLANK.split(clean(text)):
        lines = [line for line in paragraph.split("\n") if line]
        if lines:
            listed = len(lines) > 1 and all(_BULLET.match(line) for line in lines)
            blocks.append(budget.take(Block(kind="list" if listed else "text", text="\n".join(lines))))
    return blocks


def _undeclared() -> str:
    raise LookupError


def _detected(data: bytes) -> str:
    """The detector judges a sample; it is only believed where it is not a guess among single-byte alphabets."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    encoding = best.encoding if best and best.encoding.startswith(_TRUSTED) else "cp1252"
    return data.decode(encoding, "replace")


def _checked(text: str, name: str) -> str:
    """Refuse what decodes but is not text: executables, pictures, streams."""
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > len(sample) * _MOST_CONTROL:
        raise unreadable(name, "unknown")
    return text
