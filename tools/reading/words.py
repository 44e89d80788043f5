"""Text as every reader hands it on: no control characters, even spaces, names without paths."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import PurePosixPath

from tools.reading.backend import Block

_DROPPED = dict.fromkeys((*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0xFEFF, 0xFFFE, 0xFFFF))
_SYMBOLS = {0xF076: "❖", 0xF0A7: "▪", 0xF0B7: "•", 0xF0D8: "➢", 0xF0FC: "✓"}  # of fonts that only have such
_EVENED = {0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0xA0: " ", 0x2007: " ", 0x202F: " ", 0x2028: "\n", 0x2029: "\n"}
_TABLE = _DROPPED | _EVENED | _SYMBOLS
_SPACES = re.compile(r"[^\S\n]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ODD = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u1680\u2000-\u200b\u2028-\u202f\u205f\u3000\ud800-\udfff"
    r"\uf076\uf0a7\uf0b7\uf0d8\uf0fc\ufeff\ufffe\uffff]|  "
)
"""What `clean` has to change; most texts have none of it."""

_MOST_NAME = 200


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, runs of spaces as one, lines trimmed."""
    if text.isascii() and text.isprintable() and "  " not in text:  # as most are: quicker than to search
        return text.strip()
    if not _ODD.search(text):
        return text.strip() if "\n" not in text else _trimmed(text)
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _trimmed(_SPACES.sub(" ", text.replace("\r\n", "\n").translate(_TABLE)))


def _trimmed(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).strip("\n")


def one_line(text: str) -> str:
    """The cleaned text with line breaks as spaces: a heading, a cell, a title."""
    return " ".join(clean(text).split())


def table_block(rows: Iterable[Sequence[str]]) -> Block | None:
    """Rows of cells as a block, without empty rows and without columns that are empty at the end of a row."""
    lines = []
    for row in rows:
        cells = [cell_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append(" | ".join(cells))
    return Block(kind="table", text="\n".join(lines)) if lines else None


def cell_text(text: str) -> str:
    """A cell on one line, where a bar between spaces is marked, as it would part two cells."""
    return barred(one_line(text))


def barred(cell: str) -> str:
    """The same for a cell that is on one line already."""
    return cell.replace("|", "\\|") if "|" in cell and "|" in cell.split(" ") else cell


def whole_lists(blocks: Iterable[Block]) -> list[Block]:
    """The blocks with neighbouring items taken together as one list."""
    whole: list[Block] = []
    for listed, neighbours in groupby(blocks, key=lambda block: block.kind == "list"):
        group = list(neighbours)
        whole += [_joined(group)] if listed else group
    return whole


def _joined(items: Sequence[Block]) -> Block:
    boxes = [item.box for item in items if item.box]
    left, top, right, bottom = zip(*boxes, strict=True) if boxes else ((), (), (), ())
    box = (min(left), min(top), max(right), max(bottom)) if boxes else None
    return Block(kind="list", text="\n".join(item.text for item in items), box=box)


def display_name(name: str) -> str:
    """The last part of a file name as people may see it: no folders, no characters that steer a screen."""
    last = PurePosixPath(name.replace("\\", "/")).name
    visible = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    visible = " ".join(visible.split())
    if len(visible) > _MOST_NAME:
        visible = f"{visible[: _MOST_NAME - 20]}…{visible[-19:]}"  # The ending tells what it is.
    return visible if visible.strip(".") else "file"


def title_from_name(name: str) -> str:
    """``price_list-2026.xlsx`` as ``price list 2026``."""
    stem = PurePosixPath(display_name(name)).stem
    return " ".join(stem.replace("_", " ").replace("-", " ").split()) or display_name(name)
