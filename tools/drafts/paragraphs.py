"""Paragraphs of a PDF: text in fonts that have its letters, and broken into lines before it is turned."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from tools.drafts import typesetting
from tools.drafts.blocks import Align, Text, plain
from tools.drafts.typesetting import BOLD, PLAIN

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

_ALIGNS: dict[Align, int] = {"left": 0, "center": 1, "right": 2}
_HANG = 1.1 * 72 / 2.54


def paragraph(
    text: Text,
    *,
    number: str = "",
    align: Align = "left",
    bold: bool = False,
    size: float = 10.5,
    before: float = 0,
    after: float = 6,
    leading: float = 14.5,
    colour: str = "#000000",
) -> Any:
    """A paragraph as ReportLab sets it; measures are in points."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph as Set

    whole = plain(text)
    leftward = typesetting.leftward(whole)
    style = ParagraphStyle(
        "body",
        fontName=PLAIN,
        fontSize=size,
        textColor=colour,
        leading=leading,
        spaceBefore=before,
        spaceAfter=after,
        alignment=_ALIGNS["right" if leftward and align == "left" else align],
        leftIndent=_HANG if number else 0,
        bulletFontName=BOLD if bold else PLAIN,
        bulletFontSize=size,
        splitLongWords=1,
        allowWidows=0,
        allowOrphans=0,
    )
    if not typesetting.turned(whole):
        return Set(_markup(text, bold=bold), style, bulletText=number or None)

    class Turned(Set):  # type: ignore[misc]
        """A paragraph whose lines are known once its width is: each is turned by itself."""

        def wrap(self, width: float, height: float) -> tuple[float, float]:
            every = bold or all(run.bold for run in text)
            lines = typesetting.broken(whole, width - style.leftIndent, size=size, bold=every)
            self._made = Set(_faces(lines, bold=every), style, bulletText=number or None)
            made: tuple[float, float] = self._made.wrap(width, height)
            self.width, self.height = made
            return made

        def split(self, width: float, height: float) -> "list[Flowable]":
            self.wrap(width, height)
            return list(self._made.split(width, height))

        def draw(self) -> None:
            self._made.canv = self.canv
            self._made.draw()

    return Turned("", style)


def _faces(lines: Sequence[str], *, bold: bool) -> str:
    """ReportLab's own markup for lines that are in the order in which they are drawn."""
    marked = (
        "".join(
            f'<font name="{font}">{escape(part, quote=False)}</font>'
            for font, part in typesetting.runs(line, bold=bold)
        )
        for line in lines
    )
    return "<br/>".join(marked)


def _markup(text: Text, *, bold: bool) -> str:
    """ReportLab's own markup for the text; what is in the text itself is escaped."""
    return "".join(
        _faces([typesetting.visual(line) for line in run.text.split("\n")], bold=run.bold or bold) for run in text
    )
