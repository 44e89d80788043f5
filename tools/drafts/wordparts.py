"""Word's smaller parts: runs, bare tables, borders, gaps; with properties in the order that Word wants."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from tools.drafts.blocks import Align, Text, plain
from tools.drafts.typesetting import leftward

_EPOCH = (1980, 1, 1, 0, 0, 0)


_BEHIND_BIDI = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")


def write(paragraph: Any, text: Text, *, align: Align = "left", bold: bool = False) -> None:
    """Put text into a paragraph; it is text whatever stands in it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    turned = leftward(plain(text))
    for run in text:
        made = paragraph.add_run()
        made.bold = True if run.bold or bold else None
        made.font.rtl = True if turned else None
        made.font.cs_bold = made.bold if turned else None
        for at, line in enumerate(run.text.split("\n")):
            if at:
                made.add_break()
            made.add_text(line)
    if turned:
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(
            element("w:bidi"), *_BEHIND_BIDI
        )  # from here on left and right are turned, too
    elif align != "left":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if align == "right" else WD_ALIGN_PARAGRAPH.CENTER


def hang(paragraph: Any, number: str) -> None:
    """Put a clause's number before its text, which is indented behind it."""
    from docx.shared import Cm

    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Cm(1.1), Cm(-1.1)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(1.1))
    paragraph.add_run(f"{number}\t")


def bare_table(place: Any, rows: int, widths: Sequence[float]) -> Any:
    """A table without lines, whose columns have these widths in centimetres, in Word as in other programs."""
    from docx.shared import Cm

    table = place.add_table(rows, len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    return table


def into(
    cell: Any, text: Text, *, align: Align = "left", bold: bool = False, shade: str = "", rule: bool = False
) -> None:
    """Put text into a cell of a table: shaded, or with a line above it to write on."""
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2.5)
    paragraph.paragraph_format.line_spacing = 1.05
    write(paragraph, text, align=align, bold=bold)
    if rule:
        rule_above(paragraph)
    if shade:
        add(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=shade)


def gap(place: Any, points: float = 4) -> None:
    """An empty paragraph of so many points: Word wants one behind a table."""
    from docx.shared import Pt

    paragraph = place.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(points)


def add(parent: Any, name: str, **attributes: str) -> None:
    """Append a property to what it is of."""
    parent.append(element(name, **attributes))


def element(name: str, **attributes: str) -> Any:
    """An element of Word's XML with attributes of its namespace."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def put_picture(paragraph: Any, data: bytes, width: int, height: int | None = None) -> None:
    """Put a picture at the very edge of a paragraph: without these marks other programs leave a gap around it."""
    made = paragraph.add_run().add_picture(io.BytesIO(data), width=width, height=height)
    for side in ("distT", "distB", "distL", "distR"):
        made._inline.set(side, "0")


def whole(row: Any) -> None:
    """A row is not parted over two pages."""
    add(row._tr.get_or_add_trPr(), "w:cantSplit")


def repeat(row: Any) -> None:
    """A row is shown again on each page that its table reaches."""
    add(row._tr.get_or_add_trPr(), "w:tblHeader")


def to_the_right(table: Any) -> None:
    """Let a table stand at the right margin."""
    from docx.enum.table import WD_TABLE_ALIGNMENT

    table.alignment = WD_TABLE_ALIGNMENT.RIGHT


def line_above(row: Any, *, light: bool = False) -> None:
    """Draw a line above a row, thin and grey if it is a light one."""
    borders(row, "w:top", light=light)


def line_below(row: Any) -> None:
    """Draw a line below a row."""
    borders(row, "w:bottom", light=False)


def borders(row: Any, side: str, *, light: bool) -> None:
    """Draw a line at a side of each cell of a row."""
    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = next(iter(properties.xpath("w:tcBorders")), None)
        if borders is None:
            borders = element("w:tcBorders")
            properties.insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
        add(borders, side, val="single", sz="4" if light else "8", space="0", color="D0D4DA" if light else "404040")


def rule_above(paragraph: Any) -> None:
    """Draw a line above a paragraph."""
    borders = element("w:pBdr")
    behind = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")  # Word wants its properties in order
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *behind)
    add(borders, "w:top", val="single", sz="4", space="3", color="404040")


def timeless(data: bytes) -> bytes:
    """The archive with all times set to one: files of the same content are the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return out.getvalue()
