"""Cutting documents: into units, which are found, and passages within them, which are quoted.

A unit is a page where the document has pages, and otherwise a section or a part of one: large enough that a question's
words meet in it. A passage is a paragraph or a few, or some rows of a table: small enough to be read at a glance.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tools.reading.backend import Block, Document, Page

UNIT = 2400
"""Characters from which on a section of a document without pages is cut."""

PAGE = 12_000
"""Characters from which on a page is cut: more than a printed page holds, less than a long spreadsheet."""

PASSAGE = 900
"""Characters that a passage should not exceed."""

HEAD = 300
"""Characters at the top of a page that say what it is about, headings or not."""

_BREAK = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A passage as a part of its unit's text, from ``start`` to ``end``, under ``headings`` (outermost first)."""

    start: int
    end: int
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is searched as one.

    Attributes:
        page: From 1; 0 where pages mean nothing.
        head: What the unit says that it is about: headings, a sheet's name, the top of a page.
    """

    page: int
    head: str
    text: str
    pieces: tuple[Piece, ...]

    @property
    def figures(self) -> float:
        """How full of figures the text is: 1 when a quarter of its characters or more are digits, as in a table."""
        return min(1.0, 4 * sum(map(str.isdigit, self.text)) / max(len(self.text), 1))


def units(document: Document) -> list[Unit]:
    """The document's units in reading order; blank pages have none."""
    found: list[Unit] = []
    path: list[tuple[int, str]] = []
    for page in document.pages:
        for group in _groups(page, paged=document.paged):
            unit = _unit(group, path, page=page, paged=document.paged)
            if unit is not None:
                found.append(unit)
    return found


def _groups(page: Page, *, paged: bool) -> Iterator[list[Block]]:
    """The blocks of each unit: all of a page, or from heading to heading, as long as they fit."""
    limit = PAGE if paged else UNIT
    group: list[Block] = []
    size = 0
    for block in _cut_blocks(page.blocks, limit):
        starts_section = not paged and block.kind == "heading" and any(other.kind != "heading" for other in group)
        if group and (size + len(block.text) > limit or (starts_section and size > UNIT / 8)):
            yield group
            group, size = [], 0
        group.append(block)
        size += len(block.text)
    if group:
        yield group


def _cut_blocks(blocks: Sequence[Block], limit: int) -> Iterator[Block]:
    """The blocks, those over the limit in parts; each part of a table begins with the table's first row."""
    for block in blocks:
        if len(block.text) <= limit:
            yield block
            continue
        first_row = block.text.split("\n", 1)[0] if block.kind == "table" else ""
        repeated = f"{first_row}\n" if 0 < len(first_row) <= PASSAGE / 2 else ""
        for number, (start, end) in enumerate(_spans(block.text, limit - len(repeated))):
            text = block.text[start:end]
            yield Block(kind=block.kind, text=repeated + text if number else text, level=block.level)


def _unit(group: Sequence[Block], path: list[tuple[int, str]], *, page: Page, paged: bool) -> Unit | None:
    """Join the blocks of a unit; ``path`` is the headings above, and is moved on."""
    text = ""
    pieces: list[tuple[Piece, bool]] = []
    heads = [printable(page.label), *(title for _, title in path)]
    for block in group:
        content = printable(block.text)
        if not content.strip():
            continue
        text += "\n\n" if text else ""
        start = len(text)
        text += content
        is_heading = block.kind == "heading"
        if is_heading:
            _descend(path, block.level, " ".join(content.split()))
            heads.append(content)
        headings = tuple(title for _, title in path)
        spans = _spans(content, PASSAGE)
        pieces += ((Piece(start=start + a, end=start + b, headings=headings), is_heading) for a, b in spans)
    if not text:
        return None
    if paged:
        heads.append(text[:HEAD])
    merged = tuple(_merged(pieces))
    return Unit(page=page.number if paged else 0, head="\n".join(filter(None, heads)), text=text, pieces=merged)


def _descend(path: list[tuple[int, str]], level: int, title: str) -> None:
    while path and path[-1][0] >= level:
        path.pop()
    path.append((level, title))


def _merged(pieces: Sequence[tuple[Piece, bool]]) -> Iterator[Piece]:
    """Neighbours of one section joined up to the size of a passage; a heading (marked) joins whatever follows it."""
    current: Piece | None = None
    bare = False
    for piece, is_heading in pieces:
        if current is None:
            current, bare = piece, is_heading
        elif piece.end - current.start <= PASSAGE and (bare or (piece.headings == current.headings)):
            current, bare = replace(piece, start=current.start), bare and is_heading
        else:
            yield current
            current, bare = piece, is_heading
    if current is not None:
        yield current


def _spans(text: str, size: int) -> list[tuple[int, int]]:
    """Cut at blank lines, else at line ends, else at sentences, else anywhere, into spans of at most ``size``."""
    if len(text) <= size:
        return [(0, len(text))]
    cuts: list[int] = []
    start = 0
    while len(text) - start > size:
        window = text[start : start + size]
        start += _cut(window)
        cuts.append(start)
    return list(zip([0, *cuts], [*cuts, len(text)], strict=True))


def _cut(window: str) -> int:
    """Where to cut: after the last good break in the window's second half."""
    half = len(window) // 2
    for pattern in (_BREAK, re.compile("\n"), _SENTENCE, re.compile(r"\s")):
        ends = [match.end() for match in pattern.finditer(window, half)]
        if ends:
            return ends[-1]
    return len(window)


def printable(text: str) -> str:
    """Without NULs and lone surrogates, which SQLite's text functions can't take."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
