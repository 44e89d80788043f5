"""The reader without a service: finds out what a file is and asks the reader of that format."""

import hashlib
import re
from pathlib import Path

from tools.reading.backend import Document, Page, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.parts import Parts
from tools.reading.reasons import unreadable
from tools.reading.sniff import MEDIA_TYPES, Kind, sniff
from tools.reading.words import display_name, one_line, title_from_name

_MOST_TITLE = 200
_TEMPLATE_TITLES = frozenset(
    ("untitled", "powerpoint presentation", "pptx presentation", "word document", "document1", "book1")
)
_FILE_NAME = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|html?|indd|qxd|tex|rtf|odt)$")


class EmbeddedReader:
    """Reads PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, plain text and e-mail with packaged libraries."""

    def read(self, source: Path | bytes, *, name: str, limits: ReadingLimits) -> Document:
        """Read a file. Blocking and heavy on the CPU: `ReadingPool` has it done in other processes.

        Raises:
            Unreadable: See `Reader.read`.
        """
        shown = display_name(name)
        budget = Budget(shown, limits)
        data = _load(source, budget)
        kind = sniff(data, name=shown)
        try:
            parts = _read(kind, data, shown, budget)
        except RecursionError as error:
            raise unreadable(shown, "damaged") from error
        except MemoryError as error:
            raise unreadable(shown, "crashed") from error
        if not any(page.blocks for page in parts.pages) and not parts.warnings:
            raise unreadable(shown, "empty", "there is no text in it")
        return Document(
            name=shown,
            title=_title(parts, shown),
            media_type=MEDIA_TYPES[kind],
            digest=hashlib.sha256(data).hexdigest(),
            pages=parts.pages,
            paged=parts.paged,
            metadata={key: one_line(value) for key, value in parts.metadata.items()},
            warnings=parts.warnings,
        )


def _load(source: Path | bytes, budget: Budget) -> bytes:
    if isinstance(source, bytes):
        budget.check_size(len(source))
        return source
    try:
        budget.check_size(source.stat().st_size)
        return source.read_bytes()
    except OSError as error:
        raise unreadable(budget.name, "missing") from error


def _read(kind: Kind, data: bytes, name: str, budget: Budget) -> Parts:
    """Ask the format's reader. Each is imported when it is first needed, as their libraries are heavy."""
    match kind:
        case "pdf":
            from tools.reading import pdf

            return pdf.read(data, name=name, budget=budget)
        case "docx":
            from tools.reading import word

            return word.read(data, name=name, budget=budget)
        case "pptx":
            from tools.reading import slides

            return slides.read(data, name=name, budget=budget)
        case "xlsx":
            from tools.reading import sheets

            return sheets.read(data, name=name, budget=budget)
        case "mail":
            from tools.reading import mail

            return mail.read(data, name=name, budget=budget, read_part=lambda part, at: _read_part(part, at, budget))
        case _:
            return _read_text(kind, data, name, budget)


def _read_text(kind: Kind, data: bytes, name: str, budget: Budget) -> Parts:
    from tools.reading import delimited, html, markdown, text

    readers = {"html": html.read, "markdown": markdown.read, "delimited": delimited.read, "text": text.read}
    return readers[kind](data, name=name, budget=budget)


def _read_part(data: bytes, name: str, budget: Budget) -> Parts:
    """An attachment: paid from the mail's budget; of a mail in it the attachments are only listed."""
    kind = sniff(data, name=name)
    if kind == "mail":
        from tools.reading import mail

        return mail.read(data, name=name, budget=budget)
    return _read(kind, data, name, budget)


def _title(parts: Parts, name: str) -> str:
    """What the file calls itself, unless a program put that there; its first large heading; or its name."""
    claimed = one_line(parts.title)
    if _is_title(claimed):
        return claimed[:_MOST_TITLE]
    first = next((page for page in parts.pages if page.blocks), None)
    return (_heading(first)[:_MOST_TITLE] if first else "") or title_from_name(name)


def _is_title(claimed: str) -> bool:
    """Not a program's placeholder, a file name or a number."""
    text = claimed.lower()
    named = text in _TEMPLATE_TITLES or text.startswith("microsoft word - ") or _FILE_NAME.search(text)
    return not named and sum(map(str.isalpha, text)) >= 3


def _heading(page: Page) -> str:
    headings = [block for block in page.blocks if block.kind == "heading" and block.text]
    return min(headings, key=lambda block: block.level).text if headings else ""
