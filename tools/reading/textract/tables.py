"""A table from Textract's cells: what was merged stands once, where it begins. Pure."""

from tools.reading.backend import Block
from tools.reading.textract.items import MERGED, Item, Sighting
from tools.reading.words import table_block

_MOST_CELLS = 200_000
"""That a table's indices may span; what says to be larger is no table."""


def table(item: Item, seen: Sighting) -> Block | None:
    """A table as a block; ``None`` if there is nothing in it."""
    texts = {cell.id: _text(cell, seen) for cell in seen.of(item, "CELL")}
    places = {cell.id: cell.at for cell in seen.of(item, "CELL")}
    for merged in seen.beside(item, MERGED):
        texts[merged.id] = " ".join(filter(None, [texts.pop(child, "") for child in merged.children]))
        places[merged.id] = merged.at
    placed: dict[tuple[int, int], str] = {}
    for name, text in texts.items():
        if text:
            placed[places[name]] = f"{placed.get(places[name], '')} {text}".strip()
    rows = _grid(placed)
    block = table_block(rows)
    return Block(kind="table", text=block.text, box=item.box) if block else None


def _grid(texts: dict[tuple[int, int], str]) -> list[list[str]]:
    height, width = max((row for row, _ in texts), default=0), max((column for _, column in texts), default=0)
    if height * width > _MOST_CELLS or any(row < 1 or column < 1 for row, column in texts):
        return [[text] for _, text in sorted(texts.items())]
    return [[texts.get((row, column), "") for column in range(1, width + 1)] for row in range(1, height + 1)]


def _text(cell: Item, seen: Sighting) -> str:
    return " ".join(child.text for child in seen.of(cell, "WORD", "SELECTION_ELEMENT") if child.text)
