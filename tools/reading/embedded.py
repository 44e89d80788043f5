"""The reader without a service: finds out what a file is and asks the reader of that format."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from tools.reading.backend import Document, Page, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.language import language
from tools.reading.parts import Extractable, Opened, Parts, Piece, Whole
from tools.reading.reasons import too_deep, unreadable
from tools.reading.sniff import Kind, media_type, sniff
from tools.reading.words import display_name, one_line, title_from_name

VERSION = 3
"""Of what reading gives; kept results of another version are read again."""

_MOST_TITLE = 200
_TEMPLATE_TITLES = frozenset(
    ("untitled", "powerpoint presentation", "pptx presentation", "word document", "document1", "book1")
)
_NUMBERED = re.compile(r"(?:exhibit|annex|appendix|schedule|attachment|anlage|annexe) ?[\w.()-]{0,8}", re.I)
"""A heading that says which part of another document this is, and not what it is."""
_FILE_NAME = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|html?|indd|qxd|tex|rtf|odt)$")


class EmbeddedReader:
    """Reads PDF, pictures, DOCX, PPTX, XLSX, CSV, HTML, Markdown, text, e-mail and ZIP with packaged libraries."""

    def read(self, source: Path | bytes, *, name: str, limits: ReadingLimits) -> Document:
        """Read a file. Blocking and heavy on the CPU: `ReadingPool` has it done in other processes.

        Raises:
            Unreadable: See `Reader.read`.
        """
        file = OpenFile(source, name=name, limits=limits)
        try:
            document = file.document([file.read(index) for index in range(file.count)])
            return replace(document, title=document.title or title_from_name(document.name))
        finally:
            file.close()


class OpenFile:
    """A file of any kind, open, to be read piece by piece.

    Attributes:
        count: How many pieces it has; see `Opened`.

    Raises:
        Unreadable: It can't be opened, and why. So do the methods.
    """

    def __init__(self, source: Path | bytes, *, name: str, limits: ReadingLimits) -> None:
        self._name = display_name(name)
        self._budget = Budget(self._name, limits)
        data = _load(source, self._budget)
        self.digest = hashlib.sha256(data).hexdigest()
        with _faults(self._name):
            kind = sniff(data, name=self._name)
            self._media_type = media_type(kind, data)
            self._opened = _opened(kind, data, self._name, self._budget, depth=0)
        self.count = self._opened.count
        self.patience = self._opened.patience

    def read(self, index: int) -> Piece:
        """Read a piece."""
        with _faults(self._name):
            return self._opened.read(index)

    def document(self, pieces: Sequence[Piece]) -> Document:
        """The document that all of its pieces make; without a title where only the name could give one."""
        with _faults(self._name):
            parts = self._opened.together(pieces)
        if not any(page.blocks for page in parts.pages) and not parts.warnings and not parts.missing:
            raise unreadable(self._name, "empty", "there is no text in it")
        return Document(
            name=self._name,
            title=_title(parts),
            media_type=self._media_type,
            digest=self.digest,
            pages=parts.pages,
            paged=parts.paged,
            metadata={key: one_line(value) for key, value in parts.metadata.items()},
            warnings=parts.warnings,
            missing=parts.missing,
        )

    def extract(self, indices: Sequence[int]) -> bytes:
        """Some of the pages of a PDF as a file of their own."""
        if not isinstance(self._opened, Extractable):
            raise unreadable(self._name, "unknown")
        with _faults(self._name):
            return self._opened.extract(indices)

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()


@contextmanager
def _faults(name: str) -> Iterator[None]:
    """What a file does to the interpreter becomes a reason."""
    try:
        yield
    except RecursionError as error:
        raise unreadable(name, "damaged") from error
    except MemoryError as error:
        raise unreadable(name, "crashed") from error


def _load(source: Path | bytes, budget: Budget) -> bytes:
    if isinstance(source, bytes):
        budget.check_size(len(source))
        return source
    try:
        budget.check_size(source.stat().st_size)
        return source.read_bytes()
    except OSError as error:
        raise unreadable(budget.name, "missing") from error


def _opened(kind: Kind, data: bytes, name: str, budget: Budget, *, depth: int) -> Opened:
    """Ask the format's reader. Each is imported when it is first needed, as their libraries are heavy."""
    match kind:
        case "pdf":
            from tools.reading.pdf import Pdf

            return Pdf(data, name=name, budget=budget)
        case "image":
            from tools.reading.images import Images

            return Images(data, name=name, budget=budget)
        case "zip" | "mail":
            from tools.reading import mail, zipped

            if depth >= budget.limits.depth:
                raise too_deep(name, limit=budget.limits.depth)
            opened = zipped.opened if kind == "zip" else mail.opened
            inside = partial(_opened_inside, budget=budget, depth=depth + 1)
            return opened(data, name=name, budget=budget, open_member=inside)
        case _:
            return Whole(name=name, reading=partial(_read, kind, data, name, budget))


def _opened_inside(data: bytes, name: str, *, budget: Budget, depth: int) -> Opened:
    return _opened(sniff(data, name=name), data, name, budget, depth=depth)


def _read(kind: Kind, data: bytes, name: str, budget: Budget) -> Parts:
    """Read a file that is read at once."""
    from tools.reading import delimited, html, markdown, sheets, slides, text, word

    readers = {
        "docx": word.read,
        "pptx": slides.read,
        "xlsx": sheets.read,
        "html": html.read,
        "markdown": markdown.read,
        "delimited": delimited.read,
        "text": text.read,
    }
    parts = readers[kind](data, name=name, budget=budget)
    return replace(parts, pages=tuple(replace(page, language=language(page.text)) for page in parts.pages))


def _title(parts: Parts) -> str:
    """What the file calls itself, unless a program put that there; or its first large heading."""
    claimed = one_line(parts.title)
    if _is_title(claimed):
        return claimed[:_MOST_TITLE]
    first = next((page for page in parts.pages if page.blocks), None)
    return _heading(first)[:_MOST_TITLE] if first else ""


def _is_title(claimed: str) -> bool:
    """Not a program's placeholder, a file name or a number."""
    text = claimed.lower()
    named = text in _TEMPLATE_TITLES or text.startswith("microsoft word - ") or _FILE_NAME.search(text)
    return not named and sum(map(str.isalpha, text)) >= 3


def _heading(page: Page) -> str:
    headings = [block for block in page.blocks if block.kind == "heading" and block.text]
    named = [block for block in headings if not _NUMBERED.fullmatch(block.text)]
    return min(named or headings, key=lambda block: block.level).text if headings else ""
