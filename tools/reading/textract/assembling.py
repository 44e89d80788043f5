"""A document from what Textract has found, page by page as it comes. Pure."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from switchboard import Unreadable
from tools.reading.backend import Document, Page, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.pdf import assembled
from tools.reading.reasons import faults, unreadable
from tools.reading.sheet import Sheet
from tools.reading.textract import pages, words
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
        total: How many pages there are, once that is known.
    """

    file: File
    laid_out: bool
    limits: ReadingLimits
    total: int = 0
    _collector: Collector = field(default_factory=Collector)
    _pages: dict[int, Page] = field(default_factory=dict)
    _sheets: dict[int, Sheet] = field(default_factory=dict)
    _missing: set[int] = field(default_factory=set)

    @property
    def done(self) -> int:
        """How many pages are there."""
        return len(self._sheets)

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
        told, missing = faults(sheets)
        found = self._all(sheets)
        if not any(page.blocks for page in found):
            raise unreadable(self.file.name, "empty", "there is no text in it")
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
            if self.laid_out:
                page = self._pages[one.number] = pages.page(one)
                self._sheets[one.number] = Sheet(method="ocr", confidence=page.confidence)
            else:
                self._sheets[one.number] = words.sheet(one)

    def _all(self, sheets: Sequence[Sheet]) -> tuple[Page, ...]:
        budget = Budget(self.file.name, self.limits)
        if not self.laid_out:
            return assembled(sheets, budget)
        budget.check_text(sum(len(page.text) for page in self._pages.values()))
        return tuple(
            Page(number=number, blocks=(), method="ocr", confidence=0.0) if sheet.fault else self._pages[number]
            for number, sheet in enumerate(sheets, start=1)
        )


def _title(found: Sequence[Page]) -> str:
    """The highest heading of the first page with text; empty if it has none."""
    first = next(page for page in found if page.blocks)
    headings = [block for block in first.blocks if block.kind == "heading"]
    return one_line(min(headings, key=lambda block: block.level).text)[:_LONGEST_TITLE] if headings else ""
