"""What the reader of one format hands back; the dispatcher makes the `Document` of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.reading.backend import Block, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A file's pages and what it says of itself. An empty title is made from the first heading or the name."""

    pages: tuple[Page, ...]
    title: str = ""
    paged: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def single(blocks: list[Block], *, title: str = "", metadata: Mapping[str, str] | None = None) -> Parts:
    """A file without pages."""
    return Parts(pages=(Page(number=1, blocks=tuple(blocks)),), title=title, metadata=metadata or {})
