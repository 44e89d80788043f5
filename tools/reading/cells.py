"""The cells of a line: signs are joined to their figures and list markers to their text. Pure geometry."""

import re
from typing import NamedTuple

from tools.reading.layout import Line, Run

_FIGURE = re.compile(
    r"[($€£¥+\-–—−]*\s*(?:[$€£¥]\s*)?(?:\d[\d,.'’ ]*\d|\d)?\s*(?:[)%]|bps|pts|x)*"  # the figure with its signs
    r"\s*(?:\(\w{1,2}\)|[*†‡])?"  # the mark of a footnote
)
_HAS_DIGIT = re.compile(r"\d")
_DASHES = frozenset("—–-−")
_OPENERS = frozenset({"$", "€", "£", "¥", "(", "$(", "€("})
_CLOSERS = frozenset({")", "%", ")%", "%)"})
_MARKER = re.compile(
    r"[•‣▪●◦■➢✓❖□–\-*o]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]|(?:Item|Note|Section|Part|Article)\s+\w{1,5}[.:]?",
    re.I,
)
_LEADERS = " .·…_"
_FEWEST_LEADERS = 3


class Cell(NamedTuple):
    """A cell's text and where it stands from left to right. A tuple, as there are very many.

    Attributes:
        is_figure: Whether it is a number, an amount, a share or a dash standing for none.
    """

    text: str
    left: float
    right: float
    is_figure: bool


def cells(line: Line) -> list[Cell]:
    """The cells of a line: signs joined to their figures, list markers to their text, dot leaders dropped."""
    found: list[Cell] = []
    for run in line.runs:
        text = run.text
        if (text[0] in _LEADERS or text[-1] in _LEADERS) and not (text := _without_leaders(text)):
            continue
        last = found[-1] if found else None
        number = is_figure(text)
        if last is not None and (last.text in _OPENERS or text in _CLOSERS):
            space = "" if text in _CLOSERS or last.text not in "$€£¥" else " "
            found[-1] = _joined(last, text, space, run)
        elif last is not None and len(found) == 1 and not number and _MARKER.fullmatch(last.text):
            found[-1] = _joined(last, text, " ", run)
        else:
            found.append(Cell(text=text, left=run.left, right=run.right, is_figure=number))
    return found


def _joined(cell: Cell, text: str, space: str, run: Run) -> Cell:
    whole = f"{cell.text}{space}{text}"
    return Cell(text=whole, left=cell.left, right=run.right, is_figure=is_figure(whole))


def is_figure(text: str) -> bool:
    """Whether a cell is a number, an amount, a share or a dash standing for none."""
    return text in _DASHES or bool(_FIGURE.fullmatch(text) and _HAS_DIGIT.search(text))


def _without_leaders(text: str) -> str:
    """The text without the dots that lead from an entry to its page or figure."""
    stripped = text.rstrip(_LEADERS)
    if len(text[len(stripped) :].replace(" ", "")) >= _FEWEST_LEADERS:
        text = stripped
    stripped = text.lstrip(_LEADERS)
    return stripped if len(text[: len(text) - len(stripped)].replace(" ", "")) >= _FEWEST_LEADERS else text
