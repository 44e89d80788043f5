"""Textract's blocks, each cut down to what a page is made of, and collected until all of a page is there. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.reading.backend import Box
from tools.reading.words import one_line

CHILD, MERGED, VALUE, ANSWER = "CHILD", "MERGED_CELL", "VALUE", "ANSWER"
_OF_TEXT = ("PAGE", "LINE", "WORD", "TABLE", "CELL", "MERGED_CELL", "SELECTION_ELEMENT")
_OF_FORMS = ("KEY_VALUE_SET", "QUERY", "QUERY_RESULT", "SIGNATURE")
_USED = frozenset((*_OF_TEXT, *_OF_FORMS))
"""And all that begin with ``LAYOUT_``."""
TICKED, UNTICKED = "[x]", "[ ]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A block.

    Attributes:
        kind: As Textract calls it: ``LINE``, ``LAYOUT_TEXT``.
        text: Of a line, a word or an answer; of a tick box whether it is ticked; of a question its name.
        confidence: From 0 to 1.
        children: Ids of the blocks that it is made of, in order.
        others: Ids of what it refers to besides, by how: a table to its merged cells, a label to what is filled in, a
            question to its answers.
        turn: Quarter turns with the clock by which its text stands off from upright.
        at: Of a cell, row and column, from 1.
        span: Of a cell, how many rows and columns it takes.
    """

    id: str
    kind: str
    box: Box
    text: str = ""
    confidence: float = 0.0
    children: tuple[str, ...] = ()
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    turn: int = 0
    at: tuple[int, int] = (1, 1)
    span: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """All items of a page, by id."""

    number: int
    items: Mapping[str, Item]
    page: Item

    def of(self, item: Item, *kinds: str) -> Iterator[Item]:
        """The children of an item that are there, of these kinds or of any."""
        for child in item.children:
            found = self.items.get(child)
            if found is not None and (not kinds or found.kind in kinds):
                yield found

    def beside(self, item: Item, how: str) -> Iterator[Item]:
        """What an item refers to in this way, as far as it is there."""
        return filter(None, map(self.items.get, item.others.get(how, ())))

    def all(self, kind: str) -> list[Item]:
        """All items of a kind, in the order in which they came."""
        return [item for item in self.items.values() if item.kind == kind]


@dataclass(slots=True)
class Collector:
    """Takes blocks as they come, in pieces that end anywhere, and gives out pages as soon as they are whole."""

    _items: dict[int, dict[str, Item]] = field(default_factory=dict)
    _pages: dict[int, Item] = field(default_factory=dict)
    _seen: dict[int, set[str]] = field(default_factory=dict)

    def add(self, blocks: Sequence[Mapping[str, Any]]) -> list[Sighting]:
        """Take some more. Returns the pages that are whole now: a later one has begun, and nothing of them lacks."""
        for block in blocks:
            number = int(block.get("Page") or 1)
            self._seen.setdefault(number, set()).add(str(block.get("Id", "")))
            if _is_used(block):
                item = _item(block)
                self._items.setdefault(number, {})[item.id] = item
                if item.kind == "PAGE":
                    self._pages[number] = item
        latest = max(self._pages, default=0)
        whole = [number for number in sorted(self._pages) if number < latest and self._is_whole(number)]
        return [self._taken(number) for number in whole]

    def rest(self) -> list[Sighting]:
        """The pages that are left when everything has come."""
        return [self._taken(number) for number in sorted(self._pages)]

    def _taken(self, number: int) -> Sighting:
        self._seen.pop(number, None)
        return Sighting(number=number, items=self._items.pop(number), page=self._pages.pop(number))

    def _is_whole(self, number: int) -> bool:
        seen = self._seen[number]
        return all(child in seen for item in self._items[number].values() for child in item.children)


def _is_used(block: Mapping[str, Any]) -> bool:
    kind = str(block.get("BlockType", ""))
    return bool(block.get("Id")) and (kind in _USED or kind.startswith("LAYOUT_"))


def _item(block: Mapping[str, Any]) -> Item:
    related: dict[str, tuple[str, ...]] = {}
    for relation in block.get("Relationships") or ():
        related[relation["Type"]] = (*related.get(relation["Type"], ()), *relation["Ids"])
    children = related.pop(CHILD, ())
    return Item(
        id=str(block["Id"]),
        kind=str(block["BlockType"]),
        box=_box(block),
        text=one_line(_text(block)),
        confidence=min(max(float(block.get("Confidence") or 0.0) / 100, 0.0), 1.0),
        children=children,
        others=related,
        turn=_turn(block),
        at=(int(block.get("RowIndex") or 1), int(block.get("ColumnIndex") or 1)),
        span=(int(block.get("RowSpan") or 1), int(block.get("ColumnSpan") or 1)),
    )


def _text(block: Mapping[str, Any]) -> str:
    if block["BlockType"] == "SELECTION_ELEMENT":
        return TICKED if block.get("SelectionStatus") == "SELECTED" else UNTICKED
    if question := block.get("Query"):
        return str(question.get("Alias") or question.get("Text") or "")
    return str(block.get("Text") or "")


def _box(block: Mapping[str, Any]) -> Box:
    place = (block.get("Geometry") or {}).get("BoundingBox") or {}
    left, top = float(place.get("Left", 0.0)), float(place.get("Top", 0.0))
    right, bottom = left + float(place.get("Width", 0.0)), top + float(place.get("Height", 0.0))
    return _fraction(left), _fraction(top), _fraction(right), _fraction(bottom)


def _turn(block: Mapping[str, Any]) -> int:
    """The corners begin where the text's upper left one is, however it stands on the page."""
    corners = (block.get("Geometry") or {}).get("Polygon") or ()
    if len(corners) < 2:
        return 0
    across, down = _way(corners, "X"), _way(corners, "Y")
    if abs(across) >= abs(down):
        return 0 if across >= 0 else 2
    return 1 if down > 0 else 3


def _way(corners: Sequence[Mapping[str, Any]], name: str) -> float:
    """How far it is from the first corner to the second."""
    return float(corners[1].get(name) or 0.0) - float(corners[0].get(name) or 0.0)


def _fraction(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)
