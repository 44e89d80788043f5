"""Files that can't be read, made here in code."""

import io
import zipfile
from collections.abc import Callable
from typing import Any


def pdf(**options: Any) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, **options)
    canvas.drawString(72, 700, "The rent of the office is 900 euros.")
    canvas.save()
    return out.getvalue()


def locked() -> bytes:
    """A PDF that opens with a password only."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    return pdf(encrypt=StandardEncryption("secret"))


def damaged() -> bytes:
    """The beginning of a PDF."""
    return pdf()[:200]


def blank() -> bytes:
    """A PDF whose one page is empty."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def bomb() -> bytes:
    """A Word file of some kilobytes that unpacks to sixty megabytes."""
    import docx

    plain, out = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            filling = b" " * 60_000_000 if name == "word/document.xml" else b""
            new.writestr(name, old.read(name) + filling)
    return out.getvalue()


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "locked.pdf": (locked, "protected by a password"),
    "damaged.pdf": (damaged, "damaged or incomplete"),
    "blank.pdf": (blank, "no text"),
    "bomb.docx": (bomb, "unpacks to far more"),
}
"""By name: how to make it, and what its refusal says."""
