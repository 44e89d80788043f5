"""Blocks as a PDF, by ReportLab: the same document as the Word file, without a word processor to make it."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.drafts import typesetting
from tools.drafts.blocks import (
    Align,
    Block,
    Columns,
    Heading,
    Items,
    Lines,
    Page,
    Pairs,
    Paragraph,
    Picture,
    Run,
    Signatures,
    Table,
    plain,
)
from tools.drafts.layout import HEAD, fitted
from tools.drafts.layout import widths as column_widths
from tools.drafts.paragraphs import paragraph
from tools.drafts.typesetting import PLAIN

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

_CM = 72 / 2.54
_MARGIN = 2.5 * _CM
_GREY, _LIGHT, _DARK, _SHADE = "#808080", "#D0D4DA", "#404040", "#F0F2F5"
_FOOT = 2.2
"""Centimetres below the text."""
_FITS = 800
"""Characters of a cell that fit on a page in any column; a row with more is parted, and ReportLab heads its parts."""


def document(blocks: Sequence[Block], page: Page) -> bytes:
    """The PDF file; the same blocks give the same bytes."""
    from reportlab.lib.pagesizes import A4, LETTER
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    typesetting.set_up()
    size = LETTER if page.letter else A4
    out = io.BytesIO()
    made = BaseDocTemplate(
        out,
        pagesize=size,
        title=page.title,
        subject=page.footer,
        keywords=page.template,
        author="",
        creator="Switchboard",
        lang=page.language,
        invariant=1,
        allowSplitting=1,
    )
    top = HEAD if page.logo else 2.0
    high = size[1] - (top + _FOOT) * _CM
    frame = Frame(_MARGIN, _FOOT * _CM, size[0] - 2 * _MARGIN, high, leftPadding=0, rightPadding=0, topPadding=0)
    made.addPageTemplates(PageTemplate(frames=[frame]))
    writer = _Writer(size[0] - 2 * _MARGIN)
    story = [flowable for block in blocks for flowable in writer.flowables(block, writer.width)]
    made.build(story or writer.flowables(Paragraph(text=()), writer.width), canvasmaker=_numbering(page))
    return out.getvalue()


def _numbering(page: Page) -> Any:
    """A canvas that writes the footers once it knows how many pages there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbering(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            kept = self._kept
            for number, state in enumerate(kept, start=1):
                self.__dict__.update(state)
                _around(self, page, page.pages.format(page=number, pages=len(kept)))
                super().showPage()
            super().save()

    return Numbering


def _around(canvas: Any, page: Page, counted: str) -> None:
    """Logo, line and footer of a page."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.utils import ImageReader

    width, height = canvas._pagesize
    canvas.setFillColor(HexColor(_GREY))
    canvas.setFont(PLAIN, 8)
    canvas.drawString(_MARGIN, 1.1 * _CM, page.footer)
    canvas.drawRightString(width - _MARGIN, 1.1 * _CM, counted)
    if page.firm:
        firm = paragraph((Run(text=page.firm),), size=8, leading=9, colour=_GREY)
        _, high = firm.wrap(width - 2 * _MARGIN, 2 * _CM)
        firm.drawOn(canvas, _MARGIN, 1.45 * _CM)
    if page.logo is not None:
        wide, high = (side * _CM for side in fitted(page.logo))
        logo = ImageReader(io.BytesIO(page.logo))
        canvas.drawImage(logo, _MARGIN, height - 1.0 * _CM - high, wide, high, mask="auto")


class _Writer:
    def __init__(self, width: float) -> None:
        self.width = width

    def flowables(self, block: Block, width: float) -> "list[Flowable]":
        """A block as what ReportLab sets into pages."""
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph():
                return [paragraph(block.text, number=block.number)]
            case Items():
                numbers = (f"{at}." if block.ordered else "•" for at in range(1, len(block.items) + 1))
                return [
                    paragraph(text, number=number, after=3) for text, number in zip(block.items, numbers, strict=True)
                ]
            case Lines():
                lines = [paragraph(text, align=block.align, after=0, leading=13.5) for text in block.lines]
                return [*lines, _gap(10)]
            case Pairs():
                return [self._pairs(block, width), _gap(10)]
            case Columns():
                return [self._columns(block), _gap(8)]
            case Table():
                return [self._table(block), _gap(8)]
            case Signatures():
                return self._signatures(block)
            case Picture():
                return [_picture(block.data, self.width * 0.6), _gap(8)]

    def _heading(self, block: Heading) -> "list[Flowable]":
        size, before, after = {1: (20, 0, 16), 2: (11.5, 12, 5)}.get(block.level, (10.5, 8, 3))
        made = paragraph(
            block.text, number=block.number, bold=True, size=size, before=before, after=after, leading=size * 1.2
        )
        made.keepWithNext = True
        return [made]

    def _pairs(self, block: Pairs, width: float) -> "Flowable":
        inner = width * (0.5 if block.totals and width == self.width else 1)
        shares = (0.6, 0.4) if block.totals else (0.4, 0.6) if width == self.width else (0.46, 0.54)
        rows, last = [], len(block.pairs) - 1
        for at, (name, value) in enumerate(block.pairs):
            bold = block.totals and at == last
            align: Align = "right" if block.totals else "left"
            rows.append([paragraph(name, bold=bold, after=0), paragraph(value, bold=bold, after=0, align=align)])
        style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
        if block.totals:
            style += [
                ("LINEABOVE", (0, last), (-1, last), 0.8, _DARK),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        made = _grid(rows, [inner * share for share in shares], style, flush=not block.totals)
        made.hAlign = "RIGHT" if block.totals else "LEFT"
        if block.totals:
            from reportlab.platypus import KeepTogether

            return KeepTogether([made])
        return made

    def _columns(self, block: Columns) -> "Flowable":
        half = self.width / 2
        cells = [self.flowables(each, half - 8) if each is not None else "" for each in (block.left, block.right)]
        return _grid([cells], [half, half], [("VALIGN", (0, 0), (-1, -1), "TOP")], flush=True)

    def _table(self, block: Table) -> "Flowable":
        widths = [width * _CM for width in column_widths(block, self.width / _CM)]
        rows = [
            [
                paragraph(text, align=align, bold=at == 0, after=0, leading=13)
                for text, align in zip(row, block.aligns, strict=True)
            ]
            for at, row in enumerate((block.header, *block.rows))
        ]
        style = [
            ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
            ("LINEABOVE", (0, 0), (-1, 0), 0.8, _DARK),
            ("LINEBELOW", (0, -1), (-1, -1), 0.8, _DARK),
            ("LINEABOVE", (0, 1), (-1, -1), 0.4, _LIGHT),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
        return _grid(rows, widths, style, repeated=1, parted=_tallest(block) > _FITS)

    def _signatures(self, block: Signatures) -> "list[Flowable]":
        from reportlab.platypus import KeepTogether

        labels = [[block.label] * len(block.names)] if block.label else []
        gap, count = 24.0, 2 * max(len(block.names), 2) - 1
        width = (self.width - gap * (count // 2)) / (count // 2 + 1)
        rows: list[list[Any]] = []
        for texts in [*labels, block.names]:
            cells = [paragraph(text, after=0, size=9 if texts is not block.names else 10.5) for text in texts]
            rows.append([cells[at // 2] if at % 2 == 0 and at // 2 < len(cells) else "" for at in range(count)])
        lines = [
            ("LINEABOVE", (2 * at, row), (2 * at, row), 0.5, _DARK)
            for at in range(len(block.names))
            for row in range(len(rows))
        ]
        style: list[tuple[Any, ...]] = [*lines, ("VALIGN", (0, 0), (-1, -1), "TOP")]
        if labels:
            style.append(("BOTTOMPADDING", (0, 0), (-1, 0), 40))
        widths = [width if at % 2 == 0 else gap for at in range(count)]
        made = _grid(rows, widths, style, flush=True)
        made.hAlign = "LEFT"
        return [KeepTogether([_gap(44), made])]


def _tallest(table: Table) -> int:
    """Characters of the longest cell."""
    return max((len(plain(cell)) for row in table.rows for cell in row), default=0)


def _grid(
    rows: list[list[Any]],
    widths: list[float],
    style: Sequence[tuple[Any, ...]],
    *,
    repeated: int = 0,
    flush: bool = False,
    parted: bool = True,
) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable, TableStyle

    pad = 0 if flush else 4
    usual = [
        ("LEFTPADDING", (0, 0), (-1, -1), pad),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2 if flush else 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2 if flush else 4),
    ]
    coloured = [tuple(HexColor(part) if str(part).startswith("#") else part for part in each) for each in style]
    whole_style = TableStyle([*usual, *coloured])
    return LongTable(rows, colWidths=widths, style=whole_style, repeatRows=repeated, splitInRow=parted)


def _gap(points: float) -> Any:
    from reportlab.platypus import Spacer

    return Spacer(1, points)


def _picture(data: bytes, width: float) -> Any:
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image

    wide, high = ImageReader(io.BytesIO(data)).getSize()
    height = min(width * high / wide, 12 * _CM)
    return Image(io.BytesIO(data), width=height * wide / high, height=height)
