"""Makes the PDF, Office and e-mail files of the sample library from the plain texts in ``scripts/samples``.

Run as ``python scripts/make_samples.py [FOLDER]``; without a folder they are written to ``samples``. The same texts
give the same bytes, so that a change of a sample shows as a change of its text.
"""

import csv
import io
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tools.reading.backend import Block, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.markdown import read as read_markdown
from tools.reading.parts import Parts

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "scripts" / "samples"
COMPANY = "Kestrel & Finch Cycles Ltd"
_WHEN = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
_STAMP = (2026, 4, 1, 9, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_NUMBER = re.compile(r"\(?[£€]?[\d,]+(?:\.\d+)?\)?(?: (?:pence|days|years|weeks))?")


def make(folder: Path) -> list[Path]:
    """Write all files into ``folder`` and return them."""
    made: dict[str, Callable[[], bytes]] = {
        "travel-and-expenses.pdf": lambda: pdf(text("travel-and-expenses")),
        "supplier-agreement-brightwater.pdf": lambda: pdf(text("supplier-agreement-brightwater")),
        "quarterly-report-2025-q4.pdf": lambda: pdf(text("quarterly-report-2025-q4")),
        "heron-product-sheet.pdf": lambda: pdf(text("heron-product-sheet")),
        "management-minutes-2026-02.docx": lambda: docx(text("management-minutes-2026-02")),
        "employee-handbook.docx": lambda: docx(text("employee-handbook")),
        "price-list-2026.xlsx": lambda: xlsx((TEXTS / "price-list-2026.csv").read_text()),
        "spring-all-hands.pptx": lambda: pptx(text("spring-all-hands"), (TEXTS / "spring-all-hands.md").read_text()),
        "welcome-jonas-weber.eml": lambda: mail((TEXTS / "welcome.txt").read_text(), TEXTS / "first-week.md"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (folder / name).write_bytes(content())
    return [folder / name for name in made]


def text(name: str) -> Parts:
    """One of the texts, as blocks."""
    source = TEXTS / f"{name}.md"
    return read_markdown(source.read_bytes(), name=source.name, budget=Budget(source.name, ReadingLimits()))


def pdf(parts: Parts) -> bytes:
    """An A4 document with numbered pages."""
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    def foot(canvas: Any, template: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(25 * mm, 12 * mm, f"{COMPANY}  ·  {parts.title}")
        canvas.drawRightString(185 * mm, 12 * mm, f"Page {canvas.getPageNumber()}")

    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=(210 * mm, 297 * mm),
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=22 * mm,
        bottomMargin=22 * mm,
        title=parts.title,
        author=parts.metadata.get("author", COMPANY),
        subject=parts.metadata.get("version", ""),
        invariant=1,
    )
    following = [*blocks(parts)[1:], Block(kind="text", text="")]
    flowables = [
        flowable
        for block, after in zip(blocks(parts), following, strict=True)
        for flowable in _flowables(block, needs=80 * mm if after.kind == "table" else 25 * mm)
    ]
    template.build(flowables, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def docx(parts: Parts) -> bytes:
    """A Word document with real headings, lists and tables."""
    from docx import Document

    document = Document()
    properties = document.core_properties
    properties.title, properties.author = parts.title, parts.metadata.get("author", COMPANY)
    for block in blocks(parts):
        if block.kind == "heading":
            document.add_heading(block.text, 0 if block.level == 1 else block.level - 1)
        elif block.kind == "table":
            rows = cells(block)
            table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
            for row, values in zip(table.rows, rows, strict=True):
                for cell, value in zip(row.cells, values, strict=True):
                    cell.text = value
        elif block.kind == "list":
            for marker, item in items(block):
                document.add_paragraph(item, style="List Bullet" if marker == "-" else "List Number")
        else:
            document.add_paragraph(block.text)
    out = io.BytesIO()
    document.save(out)
    return unchanging(out.getvalue())


def xlsx(source: str) -> bytes:
    """A workbook with a sheet for each ``#`` line of the source."""
    from openpyxl import Workbook

    header, *rows = csv.reader(io.StringIO(source))
    workbook = Workbook()
    workbook.properties.title, workbook.properties.creator = "Price List 2026", COMPANY
    workbook.remove(workbook.worksheets[0])
    for row in rows:
        if row[0].startswith("#"):
            sheet = workbook.create_sheet(row[0].lstrip("# "))
            sheet.append([f"Price list 2026: {sheet.title.lower()}, valid from 1 January to 31 December 2026"])
            sheet.append([])
            sheet.append(header)
            continue
        sheet.append([float(value) if _NUMBER.fullmatch(value) else value for value in row])
    out = io.BytesIO()
    workbook.save(out)
    return unchanging(out.getvalue())


def pptx(parts: Parts, source: str) -> bytes:
    """A presentation with a slide for each heading; what stands in a quotation becomes the speaker's notes."""
    from pptx import Presentation
    from pptx.util import Cm

    presentation = Presentation()
    presentation.core_properties.title, presentation.core_properties.author = parts.title, parts.metadata["author"]
    notes = {line.removeprefix("> ").strip() for line in source.splitlines() if line.startswith(">")}
    for block in blocks(parts):
        if block.kind == "heading":
            slide = presentation.slides.add_slide(presentation.slide_layouts[1])
            slide.shapes.title.text = block.text
        elif block.kind == "table":
            rows = cells(block)
            body = slide.placeholders[1]
            body._element.getparent().remove(body._element)
            table = slide.shapes.add_table(len(rows), len(rows[0]), Cm(2), Cm(5), Cm(20), Cm(6)).table
            for y, row in enumerate(rows):
                for x, value in enumerate(row):
                    table.cell(y, x).text = value
        elif block.text in notes:
            slide.notes_slide.notes_text_frame.text = block.text
        else:
            slide.placeholders[1].text = "\n".join(item for _, item in items(block))
    out = io.BytesIO()
    presentation.save(out)
    return unchanging(out.getvalue())


def mail(body: str, attachment: Path) -> bytes:
    """An e-mail with one attachment."""
    message = EmailMessage()
    message["From"] = "Priya Nair <priya.nair@kestrelandfinch.example>"
    message["To"] = "Jonas Weber <jonas.weber@mail.example>"
    message["Date"] = "Mon, 16 Feb 2026 10:12:00 +0000"
    message["Subject"] = "Welcome to Kestrel & Finch: your first day and your first week"
    message["Message-ID"] = "<20260216101200.welcome@kestrelandfinch.example>"
    message.set_content(body, cte="quoted-printable")
    message.add_attachment(attachment.read_bytes(), maintype="text", subtype="markdown", filename=attachment.name)
    message.set_boundary("=_kestrel_and_finch_")
    return message.as_bytes()


def blocks(parts: Parts) -> Sequence[Block]:
    """The blocks of a text."""
    return parts.pages[0].blocks


def cells(table: Block) -> list[list[str]]:
    """The cells of a table, each row as wide as the widest."""
    rows = [[cell.strip() for cell in row.split(" | ")] for row in table.text.split("\n")]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def items(block: Block) -> list[tuple[str, str]]:
    """The items of a list with their markers."""
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in block.text.split("\n")]


def unchanging(data: bytes) -> bytes:
    """An Office file without the time at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + _WHEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            new.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _flowables(block: Block, *, needs: float) -> list[object]:
    """A block as it is printed; a heading goes to the next page unless there is ``needs`` points of room."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, Spacer

    styles = getSampleStyleSheet()
    if block.kind == "heading":
        return [CondPageBreak(needs), Paragraph(_escaped(block.text), styles[f"Heading{min(block.level, 4)}"])]
    if block.kind == "table":
        return [KeepTogether([_table(block), Spacer(1, 10)])]
    body = styles["BodyText"]
    body.leading, body.spaceAfter = 13.5, 6
    if block.kind == "list":
        indented = body.clone("item", leftIndent=14, bulletIndent=2, spaceAfter=3)
        return [
            Paragraph(_escaped(item), indented, bulletText="•" if marker == "-" else marker)
            for marker, item in items(block)
        ]
    return [Paragraph(_escaped(block.text), body)]


def _table(block: Block) -> object:
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, Table, TableStyle

    rows = cells(block)
    cell = getSampleStyleSheet()["BodyText"].clone("cell", fontSize=9, leading=11, spaceBefore=0)
    figures = [all(_NUMBER.fullmatch(row[x]) or not row[x] for row in rows[1:]) for x in range(len(rows[0]))]
    looks = [cell.clone("figure", alignment=2) if figure else cell for figure in figures]
    widths = [1.0 if figure else 2.0 for figure in figures]
    table = Table(
        [[Paragraph(_escaped(value), look) for value, look in zip(row, looks, strict=True)] for row in rows],
        colWidths=[450 * width / sum(widths) for width in widths],
        repeatRows=1,
    )
    lines = ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey)
    table.setStyle(TableStyle([lines, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 2)]))
    return table


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")


if __name__ == "__main__":
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "samples"):
        sys.stdout.write(f"{path}\n")
