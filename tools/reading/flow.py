"""From lines to blocks: headings, paragraphs, lists and tables, judged by size, weight and spacing. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tools.reading import tables
from tools.reading.backend import Block
from tools.reading.layout import Line
from tools.reading.words import clean, whole_lists

_BULLET = re.compile(r"^(?:[•‣▪●◦■]|[-–*](?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s))\s*")
_SYMBOL = re.compile(r"[•‣▪●◦■\-–*]\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+)-$")
_LARGER = 1.15
_MOST_HEADING = 120


class Flow:
    """Turns the lines of one document into blocks; knows its usual size of type, its headings' sizes and its words."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        sizes: Counter[float] = Counter()
        for line in _all(pages):
            sizes[_rounded(line.size)] += len(line.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        large = sorted({_rounded(line.size) for line in _all(pages) if self._is_large(line)}, reverse=True)
        self._levels = {size: min(level, 5) for level, size in enumerate(large, start=1)}
        self._words = {word.lower() for line in _all(pages) for word in _WORD.findall(line.text)}

    def blocks(self, lines: Sequence[Line]) -> list[Block]:
        """The blocks of one page."""
        blocks: list[Block] = []
        position = 0
        for start, end in [*tables.spans(lines), (len(lines), len(lines))]:
            blocks += self._prose(lines[position:start])
            if start < end:
                blocks.append(Block(kind="table", text=tables.text(lines[start:end])))
            position = end
        return [block for block in blocks if block.text]

    def _prose(self, lines: Sequence[Line]) -> list[Block]:
        blocks: list[Block] = []
        group: list[Line] = []
        right = max((line.right for line in lines), default=0.0)
        for line in lines:
            if group and not self._continues(group[-1], line, right):
                blocks.append(self._block(group))
                group = []
            group.append(line)
        if group:
            blocks.append(self._block(group))
        return whole_lists(blocks)

    def _block(self, lines: Sequence[Line]) -> Block:
        text = clean(self._joined([line.text for line in lines]))
        level = self._level(lines)
        if level:
            return Block(kind="heading", text=text, level=level)
        if _BULLET.match(lines[0].text):
            return Block(kind="list", text=text)
        return Block(kind="text", text=text)

    def _level(self, lines: Sequence[Line]) -> int:
        """The heading level of a group of lines, or 0."""
        first, text = lines[0], " ".join(line.text for line in lines)
        if len(text) > _MOST_HEADING or len(lines) > 3 or not any(char.isalpha() for char in text):
            return 0
        if _SYMBOL.match(text):
            return 0
        if self._is_large(first):
            return self._levels[_rounded(first.size)]
        emphatic = all(line.bold for line in lines) or (text.isupper() and len(text) > 6)
        if emphatic and not text.endswith((".", ",", ";")):
            return min(len(self._levels) + 1, 6)
        return 0

    def _is_large(self, line: Line) -> bool:
        return line.size >= self._body * _LARGER and len(line.text) <= _MOST_HEADING

    def _continues(self, above: Line, line: Line, right: float) -> bool:
        """Whether a line goes on with the paragraph, list item or heading of the line above it."""
        drop = above.bottom - line.bottom
        if not 0 < drop < 1.75 * max(above.size, line.size) or abs(above.size - line.size) > 0.15 * above.size:
            return False
        if above.bold != line.bold or _BULLET.match(line.text):
            return False
        ended = above.text.endswith((".", ":", "?", "!")) and above.right < right - 0.15 * (right - above.left)
        return not ended

    def _joined(self, texts: Sequence[str]) -> str:
        whole = ""
        for text in texts:
            broken = _BROKEN.search(whole)
            if broken and text[:1].islower():
                whole = (whole if self._keeps_hyphen(broken[1], text) else whole[:-1]) + text
            else:
                whole = f"{whole} {text}" if whole else text
        return whole

    def _keeps_hyphen(self, first: str, rest: str) -> bool:
        """Whether a hyphen at a line's end belongs to the word: not if the word stands elsewhere without."""
        second = _WORD.match(rest)
        return second is None or f"{first}{second[0]}".lower() not in self._words


def _all(pages: Sequence[Sequence[Line]]) -> Iterable[Line]:
    return (line for lines in pages for line in lines)


def _rounded(size: float) -> float:
    return round(size * 2) / 2
