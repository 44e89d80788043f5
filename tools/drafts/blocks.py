"""What a document is made of, whether Word or PDF is to show it: a few kinds of blocks with plain text in them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Text in one type face. It is plain: nothing in it is markup; a line break is a line break."""

    text: str
    bold: bool = False


Text: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 is the document's title. ``number`` is a clause's, empty where there is none."""

    text: Text
    level: int
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph, numbered as a part of a clause if ``number`` is not empty."""

    text: Text
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    items: tuple[Text, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines that stand close together, as in an address."""

    lines: tuple[Text, ...]
    align: Align = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Names with their values: the facts of a document, or the totals below a table, the last of which counts most."""

    pairs: tuple[tuple[Text, Text], ...]
    totals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Two blocks side by side."""

    left: "Block | None"
    right: "Block | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose header is repeated on each page."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    aligns: tuple[Align, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Places to sign, side by side: a name for each, and above it a line for what the label says, if there is one."""

    names: tuple[Text, ...]
    label: Text = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture, PNG or JPEG."""

    data: bytes


Block: TypeAlias = Heading | Paragraph | Items | Lines | Pairs | Columns | Table | Signatures | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands around the blocks.

    Attributes:
        title: For the file's properties.
        language: An ISO 639 code.
        footer: On every page, at the left.
        pages: How the page is counted, with ``{page}`` and ``{pages}`` in it, at the right.
        letter: Whether the paper is US Letter; A4 otherwise.
        template: Name and version of the template, for the file's properties.
        logo: The sender's logo, PNG, at the top of each page.
        firm: Who the sender is, in one line above the footer.
    """

    title: str
    language: str
    footer: str
    pages: str
    letter: bool
    template: str
    logo: bytes | None = None
    firm: str = ""


def plain(text: Text) -> str:
    """The text without its type faces."""
    return "".join(run.text for run in text)
