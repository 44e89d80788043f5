"""A document from what Textract has found, page by page as it comes. Pure."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from switchboard import Unreadable
from tools.reading.backend import Document, Field, Page, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.pdf import assembled
from tools.reading.reasons import faults, unreadable
from tools.reading.sheet import Sheet
from tools.reading.textract import forms, pages, words
from tools.reading.textract.items import Collector, Sighting
from tools.reading.textract.limits import PDF, TIFF
from tools.reading.textract.records import File
from tools.reading.textract.service import Batch
from tools.reading.words import one_line

_log = logging.getLogger(__name__)
_LONGEST_TITLE = 200
_GAVE_UP = "the service that recognises text gave up on it; the file may be damaged"


class Failed(Unreadable):
    """The service could not read the file this time; what it could read, and found nothing in, is no such case."""


@dataclass(slots=True, kw_only=True)
class Assembly:
    """Takes batches; in the end gives the document.

    Attributes:
        laid_out: Whether the service was asked for its layout; otherwise words are put in order here.
        base: What was read here, where the service has only some pages of the file.
        numbers: Of those pages; empty where it has all.
        total: How many pages the service has, once that is known.
    """

    file: File
    laid_out: bool
    limits: ReadingLimits
    base: Document | None = None
    numbers: tuple[int, ...] = ()
    total: int = 0
    _collector: Collector = field(default_factory=Collector)
    _pages: dict[int, Page] = field(default_factory=dict)
    _sheets: dict[int, Sheet] = field(default_factory=dict)
    _fields: dict[int, tuple[Field, ...]] = field(default_factory=dict)
    _missing: set[int] = field(default_factory=set)

    @property
    def progress(self) -> tuple[int, int]:
        """How many pages are there, and of how many."""
        before = len(self.base.pages) - len(self.numbers) if self.base else 0
        return before + len(self._sheets), before + self.total

    def add(self, batch: Batch) -> None:
        """Take a batch.

        Raises:
            Failed: The service failed.
        """
        if batch.status == "FAILED":
            _log.warning("Textract failed: %s", batch.message)
            raise Failed(name=self.file.name, reason=_GAVE_UP, code="crashed")
        self.total = max(self.total, batch.pages)
        self._missing |= set(batch.missing)
        self._see(self._collector.add(batch.blocks))

    def document(self) -> Document:
        """The document, when all batches were taken.

        Raises:
            Unreadable: There is no text in it, or too much.
        """
        self._see(self._collector.rest())
        numbers = range(1, max(self.total, *self._sheets, 0) + 1)
        gone = {number for number in numbers if number not in self._sheets or number in self._missing}
        lost = Sheet(method="ocr", confidence=0.0, fault="failed")
        sheets = [lost if number in gone else self._sheets[number] for number in numbers]
        found = self._all(sheets)
        if self.base is not None:
            return merged(self.base, dict(zip(self.numbers, zip(found, sheets, strict=True), strict=False)))
        if not any(page.blocks for page in found):
            raise unreadable(self.file.name, "empty", "there is no text in it")
        told, missing = faults(sheets)
        return Document(
            name=self.file.name,
            title=_title(found),
            media_type=self.file.media_type,
            digest=self.file.digest,
            pages=found,
            paged=self.file.media_type in (PDF, TIFF),
            warnings=told,
            missing=missing,
        )

    def _see(self, seen: Sequence[Sighting]) -> None:
        for one in seen:
            self._fields[one.number] = forms.fields(one)
            if self.laid_out:
                page = self._pages[one.number] = pages.page(one)
                self._sheets[one.number] = Sheet(method="ocr", confidence=page.confidence)
            else:
                self._sheets[one.number] = words.sheet(one)

    def _all(self, sheets: Sequence[Sheet]) -> tuple[Page, ...]:
        return tuple(
            page if sheet.fault else forms.told(page, self._fields.get(page.number, ()))
            for page, sheet in zip(self._bare(sheets), sheets, strict=True)
        )

    def _bare(self, sheets: Sequence[Sheet]) -> tuple[Page, ...]:
        """The pages without what only forms say."""
        budget = Budget(self.file.name, self.limits)
        if not self.laid_out:
            return assembled(sheets, budget)
        budget.check_text(sum(len(page.text) for page in self._pages.values()))
        return tuple(
            Page(number=number, blocks=(), method="ocr", confidence=0.0) if sheet.fault else self._pages[number]
            for number, sheet in enumerate(sheets, start=1)
        )


def merged(base: Document, found: Mapping[int, tuple[Page, Sheet]]) -> Document:
    """A document whose scanned pages were recognised elsewhere, by their numbers; what failed stays as it was."""
    whole = [found[page.number][1] if page.number in found else Sheet() for page in base.pages]
    told, missing = faults(whole)
    pages = tuple(
        replace(found[page.number][0], number=page.number, label=page.label)
        if page.number in found and not found[page.number][1].fault
        else page
        for page in base.pages
    )
    lost = sorted({*missing, *(number for number in base.missing if number not in found)})
    return replace(base, pages=pages, warnings=(*base.warnings, *told), missing=tuple(lost))


def _title(found: Sequence[Page]) -> str:
    """The highest heading of the first page with text; empty if it has none."""
    first = next(page for page in found if page.blocks)
    headings = [block for block in first.blocks if block.kind == "heading"]
    return one_line(min(headings, key=lambda block: block.level).text)[:_LONGEST_TITLE] if headings else ""
