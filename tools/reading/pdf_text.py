"""The text of a PDF's page as parts: its words, with what is filled in and typed on, as they are seen."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tools.reading import flow, pdf_words
from tools.reading.layout import Frame, Words, lines
from tools.reading.pdf_calls import Characters
from tools.reading.pdf_forms import Written
from tools.reading.sheet import Part

_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")
_USUAL = 10.0  # points: the size of type on a page that says nothing of it


def parts(page: Any, written: Sequence[Written] = ()) -> tuple[Part, ...]:
    """The parts of a page. Text that stands at an angle, such as a stamp in the margin, is read after the others.

    Args:
        written: What stands on it besides its text.
    """
    textpage = page.get_textpage()
    try:
        found = pdf_words.words(Characters(textpage))
    finally:
        textpage.close()
    rotation, (width, height) = page.get_rotation() // 90, page.get_size()
    groups = sorted(found.items(), key=lambda group: -len(group[1].spans))
    if written:
        groups = _with(written, groups, -rotation % 4)
    whole: list[Part] = []
    for turn, words in groups:
        turn_seen = (turn + rotation) % 4
        seen = upright(_visible(_as_seen(words, page, rotation), width, height), turn_seen)
        mirrored = _is_right_to_left(words)
        frame = Frame(width=width, height=height, turn=turn_seen, mirrored=mirrored)
        whole += flow.parts(lines(_mirrored(seen) if mirrored else seen), frame)
    return tuple(whole)


def upright(words: Words, turn: int) -> Words:
    """The words as they stand when the page is turned so that they are upright; they stood ``turn`` quarters off."""
    import numpy as np

    left, bottom, right, top = words.boxes.T
    match turn:
        case 1:
            columns = (-top, left, -bottom, right)
        case 2:
            columns = (-right, -top, -left, -bottom)
        case 3:
            columns = (bottom, -right, top, -left)
        case _:
            return words
    return replace(words, boxes=np.column_stack(columns))


def _as_seen(words: Words, page: Any, rotation: int) -> Words:
    """The words on the page as it is shown: its lower left corner is the origin, and it is turned."""
    import numpy as np

    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    moved = replace(words, boxes=words.boxes - np.array((left, bottom, left, bottom)))
    if not rotation:
        return moved
    across, up = ((0.0, width), (width, height), (height, 0.0))[rotation - 1]
    turned = upright(moved, 4 - rotation)
    return replace(turned, boxes=turned.boxes + np.array((across, up, across, up)))


def _visible(words: Words, width: float, height: float) -> Words:
    """The words without those that stand beside the page: whoever looks at it does not see them."""
    left, bottom, right, top = words.boxes.T
    here = (right > 0) & (left < width) & (top > 0) & (bottom < height)
    return words if here.all() else words.at(here)


def _is_right_to_left(words: Words) -> bool:
    """Whether most of the letters are Hebrew or Arabic."""
    if words.text.isascii():
        return False
    found = len(_RIGHT_TO_LEFT.findall(words.text))
    return found > 0 and 2 * found > sum(map(str.isalpha, words.text))


def _mirrored(words: Words) -> Words:
    """The words as in a mirror: what begins at the right begins at the left, as everything does that follows."""
    import numpy as np

    left, bottom, right, top = words.boxes.T
    return replace(words, boxes=np.column_stack((-right, bottom, -left, top)))


def _with(written: Sequence[Written], groups: list[tuple[int, Words]], turn: int) -> list[tuple[int, Words]]:
    """The words with what else is written, in their usual size of type; remarks come last."""
    import numpy as np

    found = dict(groups)
    size = float(np.median(groups[0][1].sizes)) if groups else _USUAL
    if filled := [one for one in written if not one.remark]:
        found[turn] = _joined(found[turn], _set(filled, size)) if turn in found else _set(filled, size)
    remarks = [one for one in written if one.remark]
    return [*found.items(), *([(turn, _set(remarks, size))] if remarks else [])]


def _set(written: Sequence[Written], size: float) -> Words:
    import numpy as np

    lengths = np.array([len(one.text) for one in written], np.intp)
    ends = np.cumsum(lengths + 1) - 1
    return Words(
        text="\n".join(one.text for one in written),
        spans=np.column_stack((ends - lengths, ends)),
        counts=np.array([len(one.text.split()) for one in written], np.intp),
        boxes=np.array([one.box for one in written]),
        sizes=np.full(len(written), size),
        bold=np.zeros(len(written), bool),
    )


def _joined(words: Words, others: Words) -> Words:
    import numpy as np

    moved = replace(others, spans=others.spans + len(words.text))
    columns = ("spans", "counts", "boxes", "sizes", "bold")
    joined = {name: np.concatenate((getattr(words, name), getattr(moved, name))) for name in columns}
    return Words(text=words.text + others.text, **joined)
