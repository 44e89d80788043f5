"""What a reader is: bytes in, pages of text out."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

BlockKind = Literal["heading", "text", "list", "table"]
Method = Literal["text", "ocr"]
FieldKind = Literal["form", "answer", "signature"]

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom as fractions of the page as it is seen, from its upper left corner."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told ``done`` and ``total`` pages while a file is read, at least every two seconds; ``total`` may still grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a page in reading order.

    Attributes:
        text: Plain text; a table is one row a line, cells parted by `` | ``.
        level: For a heading 1 (the largest) to 6; otherwise 0.
        box: Where it stands, in files whose pages have a fixed form (PDF, scans); otherwise ``None``.
    """

    kind: BlockKind
    text: str
    level: int = 0
    box: Box | None = None

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells of a table; of any other block none."""
        if self.kind != "table":
            return ()
        return tuple(tuple(cell.replace("\\|", "|") for cell in row.split(" | ")) for row in self.text.split("\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a form says in one place; it stands among the page's blocks as well, as a person would read it.

    Attributes:
        kind: What is filled in beside a label, the answer to a question from the settings, or a signature.
        name: The label, or the question's name; empty for a signature.
        value: ``[x]`` and ``[ ]`` for a box to tick; empty for what was not filled in, and for a signature.
        confidence: From 0 to 1.
        box: Of the value; ``None`` where that is not told.
    """

    kind: FieldKind
    name: str = ""
    value: str = ""
    confidence: float = 1.0
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, slide or sheet; a file without pages has one.

    Attributes:
        number: From 1.
        method: How it was read: by its text layer, or recognised from a picture.
        label: What the file calls it, such as a sheet's name; otherwise empty.
        confidence: From 0 to 1, as the recognition judges itself; 1 for text that need not be recognised.
        language: As ISO 639-1, such as ``de``; empty where there is too little text to tell.
        fields: Of a form, where the reader was asked for them.
    """

    number: int
    blocks: tuple[Block, ...]
    method: Method = "text"
    label: str = ""
    confidence: float = 1.0
    language: str = ""
    fields: tuple[Field, ...] = ()

    @property
    def text(self) -> str:
        """All blocks, parted by blank lines."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def marker(self) -> str:
        """A line that says which page follows, for texts that hold several."""
        return f"[page {self.number}: {self.label}]" if self.label else f"[page {self.number}]"

    @property
    def tables(self) -> tuple[Block, ...]:
        """The blocks that are tables."""
        return tuple(block for block in self.blocks if block.kind == "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as it was read.

    Attributes:
        title: From the file's metadata or first heading; otherwise made from its name.
        media_type: As found by looking at the bytes, not as claimed.
        digest: SHA-256 of the file, in hexadecimal.
        paged: Whether page numbers mean something to a person (PDF, slides, sheets).
        metadata: What the file says of itself (author, created, ...), strings only, untrusted.
        warnings: What could not be read, or not well, in words for people ("page 7 has no text").
        missing: Numbers of pages that were not read, though they may hold text: the document is partial.
    """

    name: str
    title: str
    media_type: str
    digest: str
    pages: tuple[Page, ...]
    paged: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    missing: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The text of all pages, each after its marker where pages mean something."""
        texts = (f"{page.marker}\n\n{page.text}" if self.paged else page.text for page in self.pages)
        return "\n\n".join(texts)

    @property
    def language(self) -> str:
        """The language of most of the text, as ISO 639-1; empty if unknown."""
        counts: Counter[str] = Counter()
        for page in self.pages:
            counts[page.language] += len(page.text)
        return max(counts, key=counts.__getitem__, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """What a file may cost. Over a limit it is refused before the work, never cut in silence.

    Attributes:
        size: Bytes of the file.
        pages: Pages, slides or sheets.
        unpacked: Bytes that an archive (ZIP, DOCX, PPTX, XLSX) may unpack to.
        ratio: How many times larger than the archive that may be.
        depth: How deep files may stand in files: a mail in an archive in a mail is three deep.
        files: Files in an archive or mail.
        pixels: Of one picture; a page of 30 by 20 cm scanned at 600 dots per inch has 33 million.
        characters: Characters of text in all.
        seconds: Time for the whole file; each page that has to be recognised adds ``page_seconds``.
        page_seconds: Time for one such page; after that it is left out, and told as missing.
        recognise: Whether pages that are pictures are recognised. Otherwise a PDF's have ``ocr`` as their method, what
            stands on them by other means, and are missing.
    """

    size: int = 200_000_000
    pages: int = 5_000
    unpacked: int = 500_000_000
    ratio: float = 200.0
    depth: int = 3
    files: int = 200
    pixels: int = 100_000_000
    characters: int = 20_000_000
    seconds: float = 120.0
    page_seconds: float = 30.0
    recognise: bool = True


class Reader(Protocol):
    """Turns a file into pages of text: the backend ``reader``, which settings choose."""

    @property
    def workers(self) -> int:
        """How many files it is worth to give it at the same time."""
        ...

    async def read(
        self, source: Path | bytes, *, name: str, progress: Progress | None = None, owner: str = ""
    ) -> Document:
        """Read a file.

        Args:
            source: The file or its bytes.
            name: For people, and for its ending where the bytes don't tell; never used as a path.
            owner: On whose behalf it may be kept what was read, so that it need not be read again and reading can go
                on where it stopped: a conversation's key. Without an owner nothing is kept.

        Raises:
            Unreadable: It is empty, damaged, protected, over a limit or of an unknown kind; says which.
            BackendError: The service that reads did not answer.
        """
        ...

    async def forget(self, owner: str) -> int:
        """Remove what is kept on behalf of an owner and of nobody else.

        Returns:
            Of how many files.
        """
        ...

    async def close(self) -> None:
        """Let go of processes and connections."""
        ...
