"""PDF: pages with a text layer by what stands there, pages that are pictures by recognising it."""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from switchboard import Unreadable
from tools.reading import pdf_forms, pdf_text, pictures
from tools.reading.backend import Page
from tools.reading.budget import Budget
from tools.reading.flow import Flow
from tools.reading.language import language
from tools.reading.parts import Parts, Piece
from tools.reading.reasons import attached, faults, unreadable
from tools.reading.sheet import Sheet
from tools.reading.words import one_line

_METADATA = ("Title", "Author", "Subject", "Keywords", "CreationDate", "ModDate")
_FEWEST = 20
"""Characters: a page with fewer and with a picture is taken for a scan."""

_FEW = 250
"""Characters: a page with fewer that a picture mostly covers is a scan with a stamp, a header or a number on it."""

_MOSTLY = 0.5
_MOST_ATTACHMENTS = 20


class Pdf:
    """An open PDF; see `Opened`.

    Raises:
        Unreadable: It is damaged, protected or has too many pages.
    """

    def __init__(self, source: Path | bytes, *, name: str, budget: Budget) -> None:
        import pypdfium2

        self._name, self._budget = name, budget
        try:
            self._document = pypdfium2.PdfDocument(source)
        except pypdfium2.PdfiumError as error:
            protected = error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)
            raise unreadable(name, "protected" if protected else "damaged") from error
        if self._document.get_formtype() != pypdfium2.raw.FORMTYPE_NONE:
            self._document.init_forms()
        self.count = len(self._document)
        self.patience = budget.patience
        try:
            budget.check_pages(self.count)
        except Unreadable:
            self.close()
            raise

    def read(self, index: int) -> Piece:
        """Read a page; one that pdfium can't make sense of costs that page."""
        import pypdfium2

        try:
            page = self._document[index]
        except pypdfium2.PdfiumError:
            return Sheet(fault="failed")
        try:
            label = one_line(self._document.get_page_label(index) or "")
            sheet = self._sheet(page)
        finally:
            page.close()
        self._budget.take_text(sheet.characters)
        return replace(sheet, label=label if label != str(index + 1) else "")

    def together(self, pieces: Sequence[Piece]) -> Parts:
        """Pages without text are kept, so that page numbers stay right; what went wrong is told."""
        sheets = [piece for piece in pieces if isinstance(piece, Sheet)]
        if sheets and all(sheet.fault == "failed" for sheet in sheets):
            raise unreadable(self._name, "damaged")
        pages = assembled(sheets, self._budget)
        found = self._document.get_metadata_dict(skip_empty=True).items()
        metadata = {key.lower(): value for key, value in found if key in _METADATA}
        warnings, missing = faults(sheets)
        warnings += attached(self._attachments())
        title = metadata.pop("title", "")
        return Parts(pages=pages, title=title, paged=True, metadata=metadata, warnings=warnings, missing=missing)

    def _attachments(self) -> list[str]:
        """The names of the files that it holds, of many the first."""
        import pypdfium2

        count = min(self._document.count_attachments(), _MOST_ATTACHMENTS)
        with suppress(pypdfium2.PdfiumError):
            return [self._document.get_attachment(index).get_name() for index in range(count)]
        return []

    def extract(self, indices: Sequence[int]) -> bytes:
        """Some of the pages as a PDF of their own."""
        import pypdfium2

        whole, part = io.BytesIO(), pypdfium2.PdfDocument.new()
        try:
            part.import_pages(self._document, list(indices))
            part.save(whole)
        except pypdfium2.PdfiumError as error:
            raise unreadable(self._name, "damaged") from error
        finally:
            part.close()
        return whole.getvalue()

    def close(self) -> None:
        """Let go of the file."""
        self._document.close()

    def _sheet(self, page: Any) -> Sheet:
        parts = pdf_text.parts(page, pdf_forms.written(self._document, page))
        sheet = Sheet(parts=parts)
        few = sheet.characters
        if few >= _FEW or not (covered := _covered(page)) or (few >= _FEWEST and covered < _MOSTLY):
            return replace(sheet, language=language(sheet.sample))
        if not self._budget.limits.recognise:
            return replace(sheet, method="ocr", confidence=0.0, fault="left")
        recognised = pictures.recognised_page(page, self._budget)
        if recognised.fault and few:  # What stands on the scan is better than nothing, and the rest is told.
            return replace(sheet, fault=recognised.fault)
        return recognised if recognised.characters > few or recognised.fault else sheet


def assembled(sheets: Sequence[Sheet], budget: Budget) -> tuple[Page, ...]:
    """The pages of a file from its sheets."""
    budget.check_text(sum(sheet.characters for sheet in sheets))
    flow = Flow(sheets)
    pages = []
    for number, sheet in enumerate(sheets, start=1):
        budget.check_time()
        pages.append(
            Page(
                number=number,
                blocks=tuple(flow.blocks(sheet)),
                method=sheet.method,
                label=sheet.label,
                confidence=sheet.confidence,
                language=sheet.language,
            )
        )
    return tuple(pages)


def _covered(page: Any) -> float:
    """How much of the page its largest picture covers, from 0 (there is none) to 1."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        covered = max(covered, (right - left) * (top - bottom) / (width * height), 1e-6)
    return min(covered, 1.0)
