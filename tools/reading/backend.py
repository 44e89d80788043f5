"""What a reader is: bytes in, pages of text out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

BlockKind = Literal["heading", "text", "list", "table"]
Method = Literal["text", "ocr"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a page in reading order.

    Attributes:
        text: Plain text; a table is one row a line, cells parted by `` | ``.
        level: For a heading 1 (the largest) to 6; otherwise 0.
    """

    kind: BlockKind
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, slide or sheet; a file without pages has one.

    Attributes:
        number: From 1.
        method: How it was read.
        label: What the file calls it, such as a sheet's name; otherwise empty.
        confidence: 1 for a text layer, less for OCR.
    """

    number: int
    blocks: tuple[Block, ...]
    method: Method = "text"
    label: str = ""
    confidence: float = 1.0

    @property
    def text(self) -> str:
        """All blocks, parted by blank lines."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as it was read.

    Attributes:
        title: From the file's metadata or first heading; otherwise made from its name.
        media_type: As found by looking at the bytes, not as claimed.
        paged: Whether page numbers mean something to a person (PDF, slides, sheets).
        metadata: What the file says of itself (author, created, ...), strings only, untrusted.
        warnings: What could not be read, in words for people ("page 7 has no text").
    """

    name: str
    title: str
    media_type: str
    digest: str
    pages: tuple[Page, ...]
    paged: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """What a file may cost. Over a limit it is refused before the work, never cut in silence.

    Attributes:
        size: Bytes of the file.
        pages: Pages, slides or sheets.
        unpacked: Bytes that an archive (DOCX, PPTX, XLSX) may unpack to.
        ratio: How many times larger than the archive that may be.
        characters: Characters of text in all.
        seconds: Time for the whole file.
    """

    size: int = 200_000_000
    pages: int = 5_000
    unpacked: int = 500_000_000
    ratio: float = 200.0
    characters: int = 20_000_000
    seconds: float = 120.0


class Reader(Protocol):
    """Turns a file into pages of text."""

    def read(self, source: Path | bytes, *, name: str, limits: ReadingLimits) -> Document:
        """Read a file; blocking and heavy on the CPU, so the caller runs it in another process.

        Args:
            source: The file or its bytes.
            name: For people, and for its ending where the bytes don't tell; never used as a path.

        Raises:
            Unreadable: It is empty, damaged, protected, over a limit or of an unknown kind; says which.
        """
        ...
