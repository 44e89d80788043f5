"""The cells of a line: signs are joined to their figures and list markers to their text. Pure geometry."""

import re
from dataclasses import dataclass

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
    r"[•‣▪●◦■□–\-*o]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]|(?:Item|Note|Section|Part|Article)\s+\w{1,5}[.:]?", re.I
)
_LEADERS = " .·…_"
_FEWEST_LEADERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell's text and where it stands from left to right."""

    text: str
    left: float
    right: float

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, an amount, a share or a dash standing for none."""
        text = self.text.strip()
        return text in _DASHES or bool(_HAS_DIGIT.search(text) and _FIGURE.fullmatch(text))


def cells(line: Line) -> list[Cell]:
    """The cells of a line: signs joined to their figures, list markers to their text, dot leaders dropped."""
    found: list[Cell] = []
    for run in line.runs:
        text = _without_leaders(run.text)
        if not text:
            continue
        last = found[-1] if found else None
        if last is not None and (last.text in _OPENERS or text in _CLOSERS):
            space = "" if text in _CLOSERS or last.text not in "$€£¥" else " "
            found[-1] = _joined(last, text, space, run)
        elif last is not None and len(found) == 1 and _MARKER.fullmatch(last.text) and not _is_number(text):
            found[-1] = _joined(last, text, " ", run)
        else:
            found.append(Cell(text=text, left=run.left, right=run.right))
    return found


def _joined(cell: Cell, text: str, space: str, run: Run) -> Cell:
    return Cell(text=f"{cell.text}{space}{text}", left=cell.left, right=run.right)


def _is_number(text: str) -> bool:
    return bool(_HAS_DIGIT.search(text)) and _FIGURE.fullmatch(text) is not None


def _without_leaders(text: str) -> str:
    """The text without the dots that lead from an entry to its page or figure."""
    if text[0] not in _LEADERS and text[-1] not in _LEADERS:
        return text
    stripped = text.rstrip(_LEADERS)
    if len(text[len(stripped) :].replace(" ", "")) >= _FEWEST_LEADERS:
        text = stripped
    stripped = text.lstrip(_LEADERS)
    return stripped if len(text[: len(text) - len(stripped)].replace(" ", "")) >= _FEWEST_LEADERS else text
