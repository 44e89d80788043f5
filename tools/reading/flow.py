"""From lines to parts of a page, and from the parts of all pages to blocks, by size, weight and spacing. Pure."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from tools.reading.backend import Block
from tools.reading.layout import Frame, Line
from tools.reading.sheet import Part, Sheet
from tools.reading.tables import tables
from tools.reading.words import clean, whole_lists

_BULLET = re.compile(r"^(?:[•‣▪●◦■➢✓❖]|[-–*](?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s))\s*")
_SYMBOL = re.compile(r"[•‣▪●◦■➢✓❖\-–*]\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SOLID = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff9f]")  # scripts without spaces
_BROKEN = re.compile(r"([^\W\d_]+)-$")
_AROUND = string.punctuation + string.digits + "«»„“”‘’–—…•"
_MOST_INDENT = 8  # sizes of type: how much farther in or out the next line of a paragraph may begin
_LARGER = 1.15
_MOST_HEADING = 120


def parts(lines: Sequence[Line], frame: Frame) -> Iterator[Part]:
    """The parts of a page, or of what stands on it at one angle."""
    position = 0
    for start, end, rows in tables(lines):
        yield from (_part(group, frame) for group in _groups(lines[position:start]))
        yield Part(texts=rows, box=frame.box(lines[start:end]), size=lines[start].size, table=True)
        position = end
    yield from (_part(group, frame) for group in _groups(lines[position:]))


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of each paragraph, list item or heading."""
    group: list[Line] = []
    right = max((line.right for line in lines), default=0.0)
    for line in lines:
        if group and (not _continues(group[-1], line, right) or (len(group) == 1 and _is_over(group[0], line, right))):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _continues(above: Line, line: Line, right: float) -> bool:
    """Whether a line goes on with the paragraph, list item or heading of the line above it."""
    drop = above.bottom - line.bottom
    if not 0 < drop < 1.75 * max(above.size, line.size) or abs(above.size - line.size) > 0.15 * above.size:
        return False
    if above.bold != line.bold or _BULLET.match(line.text):
        return False
    off_centre = abs(above.left + above.right - line.left - line.right) > 2 * line.size
    if off_centre and abs(above.left - line.left) > _MOST_INDENT * line.size:
        return False
    ended = above.text.endswith((".", ":", "?", "!")) and above.right < right - 0.15 * (right - above.left)
    return not ended


def _is_over(above: Line, line: Line, right: float) -> bool:
    """Whether a short line stands over a paragraph, set in the same type: the words that follow would have fitted."""
    width = right - above.left
    full = line.right > right - 0.1 * width and above.right < right - 0.5 * width
    return full and abs(above.left - line.left) < 1 and above.text[0].isupper() and line.text[0].isupper()


def _part(lines: Sequence[Line], frame: Frame) -> Part:
    texts = tuple(line.text for line in lines)
    return Part(texts=texts, box=frame.box(lines), size=lines[0].size, bold=all(line.bold for line in lines))


class Flow:
    """Turns the parts of one document into blocks; knows its usual size of type, its headings' sizes and its words."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets
        sizes: Counter[float] = Counter()
        for part in self._parts():
            sizes[_rounded(part.size)] += sum(map(len, part.texts))
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        large = sorted({_rounded(part.size) for part in self._parts() if self._is_large(part)}, reverse=True)
        self._levels = {size: min(level, 5) for level, size in enumerate(large, start=1)}

    def blocks(self, sheet: Sheet) -> list[Block]:
        """The blocks of one page."""
        blocks = (self._block(part) for part in sheet.parts)
        return whole_lists(block for block in blocks if block.text)

    def _block(self, part: Part) -> Block:
        if part.table:
            return Block(kind="table", text="\n".join(part.texts), box=part.box)
        text, level = clean(self._joined(part.texts)), self._level(part)
        if level:
            return Block(kind="heading", text=text, level=level, box=part.box)
        return Block(kind="list" if _BULLET.match(part.texts[0]) else "text", text=text, box=part.box)

    def _level(self, part: Part) -> int:
        """The heading level of a part, or 0."""
        if len(part.texts) > 3 or sum(map(len, part.texts)) + len(part.texts) - 1 > _MOST_HEADING:
            return 0
        text = " ".join(part.texts)
        if not any(char.isalpha() for char in text) or _SYMBOL.match(text):
            return 0
        if self._is_large(part):
            return self._levels[_rounded(part.size)]
        emphatic = part.bold or (text.isupper() and len(text) > 6)
        if emphatic and not text.endswith((".", ",", ";")):
            return min(len(self._levels) + 1, 6)
        return 0

    def _is_large(self, part: Part) -> bool:
        return not part.table and part.size >= self._body * _LARGER and len(part.texts[0]) <= _MOST_HEADING

    def _joined(self, texts: Sequence[str]) -> str:
        """Lines as one, without the hyphens at which words were broken."""
        simply = " ".join(texts)
        if simply.isascii() and "- " not in simply:
            return simply
        whole = texts[0]
        for text in texts[1:]:
            broken = _BROKEN.search(whole) if whole.endswith("-") and text[:1].islower() else None
            if broken:
                whole = (whole if self._keeps_hyphen(broken[1], text) else whole[:-1]) + text
            else:
                whole += text if _SOLID.match(whole[-1:]) and _SOLID.match(text) else f" {text}"
        return whole

    def _keeps_hyphen(self, first: str, rest: str) -> bool:
        """Whether a hyphen at a line's end belongs to the word: not if the word stands elsewhere without."""
        second = _WORD.match(rest)
        return second is None or f"{first}{second[0]}".lower() not in self._words

    @cached_property
    def _words(self) -> frozenset[str]:
        """The document's words; needed only where words are broken."""
        texts = " ".join(text for part in self._parts() for text in part.texts)
        return frozenset(word.strip(_AROUND) for word in set(texts.lower().split()))

    def _parts(self) -> Iterator[Part]:
        return (part for sheet in self._sheets for part in sheet.parts)


def _rounded(size: float) -> float:
    return round(size * 2) / 2
