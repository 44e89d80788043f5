"""What the readers of formats hand back: pieces of a file, each read on its own, and what becomes of them together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

from switchboard.wire import from_json, to_json
from tools.reading import sheet
from tools.reading.backend import Block, Page
from tools.reading.reasons import unreadable
from tools.reading.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A file's pages and what it says of itself. An empty title is made from the first heading or the name."""

    pages: tuple[Page, ...]
    title: str = ""
    paged: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    missing: tuple[int, ...] = ()


Piece: TypeAlias = Sheet | Parts
"""A page whose form the whole document decides, or something that is complete in itself."""


class Opened(Protocol):
    """A file that is open. Its pieces can be read in any order and in several processes."""

    @property
    def count(self) -> int:
        """How many pieces there are."""
        ...

    @property
    def patience(self) -> float | None:
        """Seconds after which a piece is given up; ``None`` where only the whole file is limited."""
        ...

    def read(self, index: int) -> Piece:
        """Read a piece; this is the work.

        Raises:
            Unreadable: The whole file can't be read.
        """
        ...

    def together(self, pieces: Sequence[Piece]) -> Parts:
        """The whole file from all of its pieces; a piece that was lost is a sheet with a fault. Quick.

        Raises:
            Unreadable: Too much is missing.
        """
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@runtime_checkable
class Extractable(Protocol):
    """A file of which some pages can be given to somebody else."""

    def extract(self, indices: Sequence[int]) -> bytes:
        """These pages as a file of the same kind, in this order.

        Raises:
            Unreadable: It is damaged.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A file that is read at once, such as a text."""

    name: str
    reading: Callable[[], Parts]
    count: int = 1
    patience: float | None = None

    def read(self, index: int) -> Piece:
        """Read it; see `Opened`."""
        return self.reading()

    def together(self, pieces: Sequence[Piece]) -> Parts:
        """What was read; see `Opened`."""
        (piece,) = pieces
        if isinstance(piece, Parts):
            return piece
        raise unreadable(self.name, "too_slow" if piece.fault == "too_slow" else "crashed")

    def close(self) -> None:
        """There is nothing to let go of."""


def single(blocks: list[Block], *, title: str = "", metadata: Mapping[str, str] | None = None) -> Parts:
    """A file without pages."""
    return Parts(pages=(Page(number=1, blocks=tuple(blocks)),), title=title, metadata=metadata or {})


def piece_to_json(piece: Piece) -> dict[str, Any]:
    """A piece as it is sent and kept."""
    return {"sheet": sheet.to_json(piece)} if isinstance(piece, Sheet) else {"parts": to_json(piece, compact=True)}


def piece_from_json(data: dict[str, Any]) -> Piece:
    """A piece as it was.

    Raises:
        BadInput, ValueError, TypeError, KeyError: It is none.
    """
    if "sheet" in data:
        return sheet.from_json(data["sheet"])
    found = data["parts"]
    return Parts(
        pages=tuple(from_json(Page, page) for page in found["pages"]),
        title=str(found.get("title", "")),
        paged=bool(found.get("paged")),
        metadata={str(key): str(value) for key, value in found.get("metadata", {}).items()},
        warnings=tuple(map(str, found.get("warnings", ()))),
        missing=tuple(map(int, found.get("missing", ()))),
    )
