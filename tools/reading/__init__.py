"""Any file as pages of text. Nothing heavy is imported before a file is read."""

from switchboard.plugins import Setup
from tools.reading.backend import Block, Box, Document, Page, Progress, Reader, ReadingLimits
from tools.reading.embedded import EmbeddedReader
from tools.reading.pool import ReadingPool

__all__ = [
    "Block",
    "Box",
    "Document",
    "EmbeddedReader",
    "Page",
    "Progress",
    "Reader",
    "ReadingLimits",
    "ReadingPool",
    "embedded_reader",
]


def embedded_reader(setup: Setup, name: str) -> ReadingPool:
    """The backend ``reader.embedded``: worker processes that start with the first file, within the settings' limits."""
    from tools.reading.keeping import FILE, Kept

    limits = setup.settings.limits
    return ReadingPool(
        limits=ReadingLimits(size=limits.document_bytes, pages=limits.document_pages, seconds=limits.reading_seconds),
        kept=Kept(setup.settings.data_dir / FILE),
    )
