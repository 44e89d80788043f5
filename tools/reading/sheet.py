"""A page as parts: what a worker hands on when it has read a page, and what is kept to go on from.

A part is settled but for what only the whole document tells: which sizes of type are headings, and which hyphens stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from tools.reading.backend import Box, Method

Fault = Literal["", "no_engine", "too_slow", "too_large", "failed", "faint", "left"]
"""Why a page that may hold text has none, or none to rely on; ``left`` where another is to recognise it."""


_SAMPLE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A paragraph, list item, heading or table.

    Attributes:
        texts: Its lines; a table's rows, with cells parted by `` | ``.
        size: Of type, in points.
        bold: Whether all of it is.
    """

    texts: tuple[str, ...]
    box: Box
    size: float
    bold: bool = False
    table: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page that was read.

    Attributes:
        confidence: From 0 to 1.
        fault: Why there is no text, or none to rely on; otherwise empty.
    """

    parts: tuple[Part, ...] = ()
    method: Method = "text"
    label: str = ""
    language: str = ""
    confidence: float = 1.0
    fault: Fault = ""

    @property
    def characters(self) -> int:
        """How much text there is."""
        return sum(len(text) for part in self.parts for text in part.texts)

    @property
    def sample(self) -> str:
        """Enough of the text to tell its language."""
        pieces: list[str] = []
        size = 0
        for part in self.parts:
            if size < _SAMPLE:
                pieces += part.texts
                size += sum(map(len, part.texts))
        return " ".join(pieces)


def to_json(sheet: Sheet) -> dict[str, Any]:
    """A sheet as JSON; parts are short arrays, as there are many."""
    return {
        "how": [sheet.method, sheet.label, sheet.language, round(sheet.confidence, 3), sheet.fault],
        "parts": [[part.texts, part.box, round(part.size, 2), int(part.bold), int(part.table)] for part in sheet.parts],
    }


def from_json(data: dict[str, Any]) -> Sheet:
    """A sheet as it was.

    Raises:
        ValueError, TypeError, KeyError: It is none.
    """
    method, label, language, confidence, fault = data["how"]
    if method not in get_args(Method) or fault not in get_args(Fault):
        raise ValueError("an unknown method or fault")
    return Sheet(
        parts=tuple(_part(*part) for part in data["parts"]),
        method=cast("Method", method),
        label=str(label),
        language=str(language),
        confidence=float(confidence),
        fault=cast("Fault", fault),
    )


def _part(texts: Sequence[str], box: Sequence[float], size: float, bold: int, table: int) -> Part:
    left, top, right, bottom = box
    return Part(texts=tuple(texts), box=(left, top, right, bottom), size=size, bold=bool(bold), table=bool(table))
