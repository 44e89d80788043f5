"""The first page of a PDF as a picture."""

import io
import threading

_ONE_AT_A_TIME = threading.Lock()
"""PDFium may not be used by two threads."""
WIDTH = 900
"""Pixels; enough to read by, and small enough to be sent to a chat."""


def first_page(pdf: bytes) -> bytes:
    """The first page as PNG, `WIDTH` pixels wide."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        opened = pypdfium2.PdfDocument(pdf)
        try:
            page = opened[0]
            picture = page.render(scale=WIDTH / page.get_width()).to_pil()
        finally:
            opened.close()
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()
