"""A page from Textract's words alone, put in order as words are that were recognised here. Pure geometry."""

from dataclasses import replace

from tools.reading import flow
from tools.reading.language import language
from tools.reading.layout import Frame, Words, lines
from tools.reading.sheet import Sheet
from tools.reading.textract.items import Sighting
from tools.reading.textract.pages import confidence

WIDTH, HEIGHT = 595.0, 842.0
"""Points of A4: the service gives fractions of a page, and does not say how large it is."""
TYPE = 0.75
"""Of the height of a word's box that the size of its type is, about."""


def sheet(seen: Sighting) -> Sheet:
    """A page of which everything is there, to be put together with the others of its document."""
    import numpy as np

    found = [word for word in seen.all("WORD") if word.text]
    if not found:
        return Sheet(method="ocr")
    ends = np.cumsum([len(word.text) + 1 for word in found])
    lefts, tops, rights, bottoms = np.array([word.box for word in found]).T
    boxes = np.column_stack((lefts * WIDTH, (1 - bottoms) * HEIGHT, rights * WIDTH, (1 - tops) * HEIGHT))
    words = Words(
        text=" ".join(word.text for word in found),
        spans=np.column_stack((ends - [len(word.text) + 1 for word in found], ends - 1)),
        boxes=boxes,
        sizes=(boxes[:, 3] - boxes[:, 1]) * TYPE,
        bold=np.zeros(len(found), bool),
    )
    parts = tuple(flow.parts(lines(words), Frame(width=WIDTH, height=HEIGHT)))
    made = Sheet(parts=parts, method="ocr", confidence=confidence(seen))
    return replace(made, language=language(made.sample))
