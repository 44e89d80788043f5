"""A page from Textract's layout, which is in reading order; tables take the place of the lines that they hold. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tools.reading.backend import Block, BlockKind, Page
from tools.reading.language import language
from tools.reading.textract.forms import joined, place
from tools.reading.textract.items import Item, Sighting
from tools.reading.textract.tables import table

_LEVELS = {"LAYOUT_TITLE": 1, "LAYOUT_SECTION_HEADER": 2}
_FLOWING = frozenset({"LAYOUT_TEXT", *_LEVELS})
"""Whose lines go on into each other; elsewhere, each line says something of its own."""
_LEFT_OUT = frozenset({"LAYOUT_PAGE_NUMBER"})
_BROKEN = re.compile(r"[^\W\d_]-$")
_ITEM = re.compile(r"[•‣▪●◦■–*-]\s|\(?(?:\d{1,3}|[a-z])[.)]\s")


def page(seen: Sighting) -> Page:
    """A page of which everything is there."""
    blocks = tuple(_Writing(joined(seen)).blocks())
    return Page(
        number=seen.number,
        blocks=blocks,
        method="ocr",
        confidence=confidence(seen),
        language=language(" ".join(block.text for block in blocks)),
    )


def confidence(seen: Sighting) -> float:
    """How sure the service is of the page's text: of each line as much as it is long; 1 where there is none."""
    lines = seen.all("LINE")
    letters = sum(len(line.text) for line in lines)
    return round(sum(line.confidence * len(line.text) for line in lines) / letters, 3) if letters else 1.0


@dataclass
class _Writing:
    """Writes a page down, every line of it once: in a block, or in the table that has most of its words."""

    seen: Sighting
    _tables: dict[str, Block] = field(default_factory=dict)
    _table_of: dict[str, str] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for item in self.seen.all("TABLE"):
            if made := table(item, self.seen):
                self._tables[item.id] = made
                words = (word.id for cell in self.seen.of(item, "CELL") for word in self.seen.of(cell, "WORD"))
                self._table_of |= dict.fromkeys(words, item.id)

    def blocks(self) -> list[Block]:
        """The blocks of the page."""
        layouts = [item for item in self.seen.items.values() if item.kind.startswith("LAYOUT_")]
        listed = {child for item in layouts if item.kind == "LAYOUT_LIST" for child in item.children}
        found = [block for item in layouts if item.id not in listed for block in self._of(item)]
        return self._with_strays([*found, *self._tables.values()])

    def _of(self, layout: Item) -> Iterator[Block]:
        """The table that a layout is part of, if it is the first to say so; otherwise its lines."""
        lines = list(self._lines(layout))
        tabled = [line for line in lines if self._table(line)]
        for name in dict.fromkeys(map(self._table, tabled)):
            if name in self._tables:
                yield self._tables.pop(name)
        if not tabled:
            self._told |= {line.id for line in lines}
            if layout.kind not in _LEFT_OUT and (block := self._block(layout)):
                yield block

    def _table(self, line: Item) -> str:
        """The table that has most of a line's words, if one has."""
        counts = Counter(self._table_of.get(word, "") for word in line.children)
        return counts.most_common(1)[0][0] if counts else ""

    def _lines(self, layout: Item) -> Iterator[Item]:
        for child in self.seen.of(layout):
            if child.kind == "LINE":
                yield child
            else:
                yield from self.seen.of(child, "LINE")

    def _block(self, layout: Item) -> Block | None:
        kind: BlockKind = "heading" if layout.kind in _LEVELS else "text"
        lines = [line.text for line in self.seen.of(layout, "LINE") if line.text]
        if layout.kind == "LAYOUT_LIST":
            kind = "list"
            parts = [[line.text for line in self._lines(part)] or [part.text] for part in self.seen.of(layout)]
            lines = [_marked(text) for part in parts if (text := _flowing(part))]
        text = _flowing(lines) if layout.kind in _FLOWING else "\n".join(lines)
        return Block(kind=kind, text=text, level=_LEVELS.get(layout.kind, 0), box=layout.box) if text else None

    def _with_strays(self, blocks: list[Block]) -> list[Block]:
        """The blocks, with lines that are in none of them where they stand."""
        for line in self.seen.all("LINE"):
            if text := self._untold(line):
                place(Block(kind="text", text=text, box=line.box), blocks)
        return blocks

    def _untold(self, line: Item) -> str:
        """What is in no block yet of a line: all of it, or the words that are in no cell of its table."""
        if not self._table(line):
            return "" if line.id in self._told else line.text
        return " ".join(word.text for word in self.seen.of(line, "WORD") if word.id not in self._table_of)


def _marked(text: str) -> str:
    return text if _ITEM.match(text) else f"- {text}"


def _flowing(lines: Sequence[str]) -> str:
    """Lines as one, without the hyphens at which words were broken."""
    whole = ""
    for line in lines:
        if _BROKEN.search(whole) and line[:1].islower():
            whole = whole[:-1] + line
        else:
            whole = f"{whole} {line}" if whole else line
    return whole
