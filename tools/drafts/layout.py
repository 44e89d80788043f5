"""How wide a table's columns and a logo are, for both kinds of files: figures are never broken, texts get the rest."""

import io

from tools.drafts.blocks import Table, plain

LETTER = 0.205
"""Centimetres that a character takes at the size of the text, on the average and with some to spare."""
PADDING = 0.55
LEAST = 1.4


HEAD = 3.4
"""Centimetres above the text of a page with a logo."""
_LOGO = (6.0, 1.8)
"""Centimetres that a logo may be wide and high."""


def fitted(logo: bytes) -> tuple[float, float]:
    """How wide and high a logo is printed, in centimetres."""
    from PIL import Image

    with Image.open(io.BytesIO(logo)) as opened:
        wide, high = opened.size
    scale = min(_LOGO[0] / wide, _LOGO[1] / high)
    return wide * scale, high * scale


def widths(table: Table, whole: float) -> list[float]:
    """The columns' widths in centimetres; they add up to ``whole``.

    A column that stands at the right holds figures and gets the room of its longest cell, any other that of its longest
    word at least. What is left over goes to the column with the longest texts.
    """
    columns = [[plain(row[at]) for row in (table.header, *table.rows)] for at in range(len(table.header))]
    needed = [
        max(LEAST, PADDING + LETTER * max(_length(cell, whole=align == "right") for cell in cells))
        for cells, align in zip(columns, table.aligns, strict=True)
    ]
    texts = [at for at, align in enumerate(table.aligns) if align != "right"] or list(range(len(needed)))
    main = max(texts, key=lambda at: max(map(len, columns[at])))
    others = sum(width for at, width in enumerate(needed) if at != main)
    if others > (most := 0.75 * whole):
        needed = [width * most / others for width in needed]
        others = most
    needed[main] = whole - others
    return needed


def _length(cell: str, *, whole: bool) -> int:
    """How many characters have to stand in one line."""
    return len(cell) if whole else max((min(len(word), 20) for word in cell.split(" ")), default=0)
