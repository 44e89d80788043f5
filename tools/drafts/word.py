"""Blocks as a Word file."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tools.drafts.blocks import (
    Block,
    Columns,
    Heading,
    Items,
    Lines,
    Page,
    Pairs,
    Paragraph,
    Picture,
    Signatures,
    Table,
)
from tools.drafts.layout import HEAD, fitted
from tools.drafts.layout import widths as column_widths
from tools.drafts.wordparts import (
    add,
    bare_table,
    element,
    gap,
    hang,
    into,
    line_above,
    line_below,
    put_picture,
    repeat,
    timeless,
    to_the_right,
    whole,
    write,
)

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Arial"
_WIDTHS = {False: (21.0, 29.7), True: (21.59, 27.94)}
"""Width and height in centimetres, of A4 and of US Letter."""
_MARGIN = 2.5
_GREY = "808080"
_SHADE = "F0F2F5"
_BETWEEN = 0.8
"""Centimetres between two places to sign."""


def document(blocks: Sequence[Block], page: Page) -> bytes:
    """The DOCX file; the same blocks give the same bytes."""
    import docx

    made = docx.Document()
    _set_up(made, page)
    writer = _Writer(made, _WIDTHS[page.letter][0] - 2 * _MARGIN)
    for block in blocks:
        writer.add(block, made)
    out = io.BytesIO()
    made.save(out)
    return timeless(out.getvalue())


def _set_up(made: "Document", page: Page) -> None:
    from docx.shared import Cm, Pt, RGBColor

    section = made.sections[0]
    section.page_width, section.page_height = (Cm(side) for side in _WIDTHS[page.letter])
    section.left_margin = section.right_margin = Cm(_MARGIN)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.2)
    for name, size, before, after in (
        ("Normal", 10.5, 0, 6),
        ("Title", 20, 0, 14),
        ("Heading 1", 20, 0, 14),
        ("Heading 2", 11.5, 12, 4),
        ("Heading 3", 10.5, 8, 3),
    ):
        style: Any = made.styles[name]
        _typeface(style, page.language)
        style.font.size, style.font.bold = Pt(size), name != "Normal"
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = name != "Normal"
        style.paragraph_format.widow_control = True
    made.styles["Normal"].paragraph_format.line_spacing = 1.15
    properties = made.core_properties
    properties.title, properties.language, properties.author = page.title, page.language, ""
    properties.comments, properties.subject, properties.category = "", page.footer, page.template
    properties.created = properties.modified = datetime(2000, 1, 1, tzinfo=UTC)
    _header(section, page)
    _footer(section, page)


def _typeface(style: Any, language: str) -> None:
    from docx.oxml.ns import qn

    style.font.name = FONT
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "Theme" in name:
            del fonts.attrib[name]
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    for old in properties.xpath("w:lang"):
        properties.remove(old)
    add(properties, "w:lang", val=language)


def _header(section: Any, page: Page) -> None:
    """The logo above the text."""
    if page.logo is None:
        return
    from docx.shared import Cm, Pt

    section.top_margin, section.header_distance = Cm(HEAD), Cm(1.0)
    paragraph = section.header.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    width, height = fitted(page.logo)
    put_picture(paragraph, page.logo, Cm(width), Cm(height))


def _footer(section: Any, page: Page) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm, Pt, RGBColor

    paragraph = section.footer.paragraphs[0]
    if page.firm:
        firm = paragraph.insert_paragraph_before(page.firm)
        firm.paragraph_format.space_after = Pt(2)
        for run in firm.runs:
            run.font.size, run.font.color.rgb = Pt(8), RGBColor.from_string(_GREY)
    paragraph.style.paragraph_format.tab_stops.clear_all()
    width = _WIDTHS[page.letter][0] - 2 * _MARGIN
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(width), WD_TAB_ALIGNMENT.RIGHT)
    before, _, rest = page.pages.partition("{page}")
    between, _, behind = rest.partition("{pages}")
    for text, counter in ((f"{page.footer}\t{before}", "PAGE"), (between, "NUMPAGES"), (behind, "")):
        paragraph.add_run(text)
        if counter:
            _counter(paragraph, counter)
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(8), RGBColor.from_string(_GREY)


def _counter(paragraph: Any, kind: str) -> None:
    """A field that Word fills in: the page's number, or how many there are."""
    told, first = element("w:instrText"), element("w:t")
    told.text, first.text = f" {kind} ", "1"
    begin, separate, end = (element("w:fldChar", fldCharType=mark) for mark in ("begin", "separate", "end"))
    for part in (begin, told, separate, first, end):
        paragraph.add_run()._r.append(part)


class _Writer:
    def __init__(self, made: "Document", width: float) -> None:
        self._made = made
        self._width = width

    def add(self, block: Block, place: Any) -> None:
        """Write a block into the document, or into a cell of a table."""
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._paragraph(block, place)
            case Items():
                for at, text in enumerate(block.items, start=1):
                    paragraph = place.add_paragraph(style=None if block.ordered else "List Bullet")
                    if block.ordered:
                        hang(paragraph, f"{at}.")
                    write(paragraph, text)
            case Lines():
                self._lines(block, place)
            case Pairs():
                self._pairs(block, place)
            case Columns():
                self._columns(block)
            case Table():
                self._table(block)
            case Signatures():
                self._signatures(block)
            case Picture():
                from docx.shared import Cm

                put_picture(self._made.add_paragraph(), block.data, Cm(self._width * 0.6))

    def _heading(self, block: Heading) -> None:
        paragraph = self._made.add_paragraph(style=f"Heading {min(block.level, 3)}")
        if block.number:
            hang(paragraph, block.number)
        write(paragraph, block.text)

    def _paragraph(self, block: Paragraph, place: Any) -> None:
        paragraph = place.add_paragraph()
        if block.number:
            hang(paragraph, block.number)
        write(paragraph, block.text)

    def _lines(self, block: Lines, place: Any) -> None:
        from docx.shared import Pt

        for at, text in enumerate(block.lines):
            paragraph = place.add_paragraph()
            write(paragraph, text, align=block.align)
            paragraph.paragraph_format.space_after = Pt(10 if at == len(block.lines) - 1 else 0)
            paragraph.paragraph_format.line_spacing = 1.1

    def _pairs(self, block: Pairs, place: Any) -> None:
        width = self._width * (0.5 if block.totals or place is not self._made else 1)
        shares = (0.6, 0.4) if block.totals else (0.4, 0.6) if place is self._made else (0.46, 0.54)
        table = bare_table(place, len(block.pairs), [width * share for share in shares])
        if block.totals:
            to_the_right(table)
        for at, (row, (name, value)) in enumerate(zip(table.rows, block.pairs, strict=True), start=1):
            last = block.totals and at == len(block.pairs)
            whole(row)
            into(row.cells[0], name, bold=last)
            into(row.cells[1], value, align="right" if block.totals else "left", bold=last)
        if block.totals and table.rows:
            line_above(table.rows[-1])
        if place is self._made:
            gap(place)

    def _columns(self, block: Columns) -> None:
        table = bare_table(self._made, 1, [self._width / 2] * 2)
        for cell, half in zip(table.rows[0].cells, (block.left, block.right), strict=True):
            first = cell.paragraphs[0]
            if half is not None:
                self.add(half, cell)
                first._p.getparent().remove(first._p)
                if isinstance(half, Pairs):
                    gap(cell)
        gap(self._made)

    def _table(self, block: Table) -> None:
        table = bare_table(self._made, 1 + len(block.rows), column_widths(block, self._width))
        repeat(table.rows[0])
        for at, (row, texts) in enumerate(zip(table.rows, (block.header, *block.rows), strict=True)):
            whole(row)
            for cell, text, align in zip(row.cells, texts, block.aligns, strict=True):
                into(cell, text, align=align, bold=at == 0, shade=_SHADE if at == 0 else "")
            line_above(row, light=at > 0)
        line_below(table.rows[-1])
        gap(self._made)

    def _signatures(self, block: Signatures) -> None:
        from docx.shared import Pt

        gap(self._made, 18)
        kinds = [[block.label] * len(block.names)] if block.label else []
        columns = 2 * max(len(block.names), 2) - 1
        width = (self._width - _BETWEEN * (columns // 2)) / (columns // 2 + 1)
        widths = [width if at % 2 == 0 else _BETWEEN for at in range(columns)]
        table = bare_table(self._made, len(kinds) + 1, widths)
        for at, (row, texts) in enumerate(zip(table.rows, [*kinds, block.names], strict=True)):
            whole(row)
            for place, cell in enumerate(row.cells):
                named = place % 2 == 0 and place // 2 < len(texts)
                text = texts[place // 2] if named else ()
                into(cell, text, rule=named)
                cell.paragraphs[0].paragraph_format.space_before = Pt(34)
                cell.paragraphs[0].paragraph_format.keep_with_next = at < len(kinds)
