"""A page from Textract's words alone, put in order as words are that were recognised here. Pure geometry."""

from collections.abc import Sequence
from dataclasses import replace

from tools.reading import flow
from tools.reading.language import language
from tools.reading.layout import Frame, Words, lines
from tools.reading.pdf_text import upright
from tools.reading.sheet import Part, Sheet
from tools.reading.textract.items import Item, Sighting
from tools.reading.textract.pages import confidence

WIDTH, HEIGHT = 595.0, 842.0
"""Points of A4: the service gives fractions of a page, and does not say how large it is."""
TYPE = 0.75
"""Of the height of a word's box that the size of its type is, about."""


def sheet(seen: Sighting) -> Sheet:
    """A page of which everything is there, to be put together with the others of its document.

    Words that stand at an angle, such as a stamp in the margin, are read after the others.
    """
    by_turn: dict[int, list[Item]] = {}
    for word in seen.all("WORD"):
        if word.text:
            by_turn.setdefault(word.turn, []).append(word)
    parts: list[Part] = []
    for turn, found in sorted(by_turn.items(), key=lambda group: -len(group[1])):
        parts += flow.parts(lines(_upright(found, turn)), Frame(width=WIDTH, height=HEIGHT, turn=turn))
    made = Sheet(parts=tuple(parts), method="ocr", confidence=confidence(seen))
    return replace(made, language=language(made.sample))


def _upright(found: Sequence[Item], turn: int) -> Words:
    """Words that stand at one angle, as if the page were turned so that they are upright."""
    import numpy as np

    ends = np.cumsum([len(word.text) + 1 for word in found])
    lefts, tops, rights, bottoms = np.array([word.box for word in found]).T
    words = Words(
        text=" ".join(word.text for word in found),
        spans=np.column_stack((ends - [len(word.text) + 1 for word in found], ends - 1)),
        boxes=np.column_stack((lefts * WIDTH, (1 - bottoms) * HEIGHT, rights * WIDTH, (1 - tops) * HEIGHT)),
        sizes=np.zeros(len(found)),
        bold=np.zeros(len(found), bool),
    )
    seen = upright(words, turn)
    return replace(seen, sizes=(seen.boxes[:, 3] - seen.boxes[:, 1]) * TYPE)
