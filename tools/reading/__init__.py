"""Any file as pages of text. Nothing heavy is imported before a file is read."""

from tools.reading.backend import Block, Document, Page, Reader, ReadingLimits
from tools.reading.embedded import EmbeddedReader
from tools.reading.pool import ReadingPool

__all__ = ["Block", "Document", "EmbeddedReader", "Page", "Reader", "ReadingLimits", "ReadingPool"]
