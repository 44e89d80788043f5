"""Makers of files for the reading tests: everything, hostile files included, is made here in code."""

import io
import zipfile
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from tools.reading import Document, EmbeddedReader, ReadingLimits


class Read(Protocol):
    def __call__(self, data: bytes, name: str = "file", **limits: Any) -> Document: ...


Draw = Callable[[Any], None]


@pytest.fixture
def read() -> Read:
    def call(data: bytes, name: str = "file", **limits: Any) -> Document:
        return EmbeddedReader().read(data, name=name, limits=ReadingLimits(**limits))

    return call


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    """A PDF with a page for each drawing function; they get reportlab's canvas, A4, origin at the bottom left."""

    def call(*pages: Draw, **options: Any) -> bytes:
        from reportlab.pdfgen.canvas import Canvas

        out = io.BytesIO()
        canvas = Canvas(out, pagesize=(595, 842), **options)
        for draw in pages:
            draw(canvas)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    return call


@pytest.fixture
def make_docx() -> Callable[[Draw], bytes]:
    def call(fill: Draw) -> bytes:
        import docx

        document = docx.Document()
        fill(document)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return call


@pytest.fixture
def make_xlsx() -> Callable[[Draw], bytes]:
    def call(fill: Draw) -> bytes:
        from openpyxl import Workbook

        workbook = Workbook()
        fill(workbook)
        out = io.BytesIO()
        workbook.save(out)
        return out.getvalue()

    return call


@pytest.fixture
def make_pptx() -> Callable[[Draw], bytes]:
    def call(fill: Draw) -> bytes:
        from pptx import Presentation

        presentation = Presentation()
        fill(presentation)
        out = io.BytesIO()
        presentation.save(out)
        return out.getvalue()

    return call


@pytest.fixture
def make_zip() -> Callable[[dict[str, bytes]], bytes]:
    def call(members: dict[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return out.getvalue()

    return call


@pytest.fixture
def repack() -> Callable[[bytes, dict[str, bytes]], bytes]:
    """The archive with some members replaced or added."""

    def call(data: bytes, members: dict[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                if name not in members:
                    new.writestr(name, old.read(name))
            for name, content in members.items():
                new.writestr(name, content)
        return out.getvalue()

    return call
