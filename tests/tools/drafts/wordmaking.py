"""Word files for tests, made as people make them: text, tables, headers and footers with Jinja in them."""

import io
from pathlib import Path

import docx
from PIL import Image

LETTER = (
    "{{ date }}",
    "{{ customer.name }}\n{{ customer.address }}",
    "In the matter {{ matter }} our fee is {{ hourly_fee }} an hour, payable by {{ due }}.",
    "{%p if special_terms %}",
    "Special terms: {{ special_terms }}",
    "{%p endif %}",
    "{%p for clause in clauses %}",
    "{{ clause }}",
    "{%p endfor %}",
    "Net {{ net }}, total {{ total }}",
)
ROW = ("{{ line.description }}", "{{ line.quantity }} {{ line.unit }}", "{{ line.price }}", "{{ line.amount }}")


def picture(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 20), colour).save(out, format="PNG")
    return out.getvalue()


def word_file(
    path: Path, paragraphs: tuple[str, ...] = LETTER, *, row: tuple[str, ...] = ROW, language: str = "en-GB"
) -> Path:
    """A letter of a law firm: a logo in its header, the client in its footer, and a table if there is a row of it."""
    made = docx.Document()
    for mark in made.styles.element.iter("{*}lang"):
        mark.set(next(name for name in mark.attrib if name.endswith("}val")), language)
    section = made.sections[0]
    section.header.paragraphs[0].add_run().add_picture(io.BytesIO(picture()))
    if row:
        section.footer.paragraphs[0].text = "For {{ customer.name }} only"
    for text in paragraphs:
        made.add_paragraph(text)
    if row:
        table = made.add_table(3, len(row))
        table.rows[0].cells[0].text = "{%tr for line in lines %}"
        for cell, text in zip(table.rows[1].cells, row, strict=True):
            cell.text = text
        table.rows[2].cells[0].text = "{%tr endfor %}"
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path))
    return path


def repacked(path: Path, **parts: bytes) -> Path:
    """The same file with some parts changed or added; in their names ``__`` stands for ``/`` and ``_`` for ``.``."""
    import zipfile

    with zipfile.ZipFile(path) as source:
        held = {name: source.read(name) for name in source.namelist()}
    held |= {name.replace("__", "/").replace("_", "."): data for name, data in parts.items()}
    with zipfile.ZipFile(path, "w") as target:
        for name, data in held.items():
            target.writestr(name, data)
    return path
