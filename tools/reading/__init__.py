"""Any file as pages of text. Nothing heavy is imported before a file is read."""

from typing import TYPE_CHECKING

from switchboard.plugins import Setup
from tools.reading.backend import Block, Box, Document, Page, Progress, Reader, ReadingLimits
from tools.reading.embedded import EmbeddedReader
from tools.reading.pool import ReadingPool

if TYPE_CHECKING:
    from tools.reading.textract.reader import TextractReader

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
    "textract_reader",
]


def embedded_reader(setup: Setup, name: str) -> ReadingPool:
    """The backend ``reader.embedded``: worker processes that start with the first file, within the settings' limits."""
    return _pool(setup, recognise=True)


def textract_reader(setup: Setup, name: str) -> "TextractReader":
    """The backend ``reader.textract``: PDF, TIFF, PNG and JPEG by Amazon Textract, other files as ``embedded``.

    It needs the bucket of ``aws.bucket``, and finds files there that the blob store ``s3`` has put there.
    """
    from stores import reading_shelf, s3_blobs, textract_client
    from stores.s3 import S3BlobStore
    from tools.reading.textract.reader import TextractReader
    from tools.reading.textract.records import Records
    from tools.reading.textract.service import Textract
    from tools.reading.textract.settings import textract_settings

    wanted = textract_settings(setup.settings).wanted
    files = s3_blobs(setup, "s3")
    assert isinstance(files, S3BlobStore)
    return TextractReader(
        Textract(textract_client(setup)),
        files,
        Records(reading_shelf(setup), wanted=wanted),
        _pool(setup, recognise=True),
        layers=_pool(setup, recognise=False) if wanted.pages == "scans" else None,
        wanted=wanted,
    )


def _pool(setup: Setup, *, recognise: bool) -> ReadingPool:
    from tools.reading.keeping import FILE, Kept

    own = setup.settings.limits
    limits = ReadingLimits(
        size=own.document_bytes, pages=own.document_pages, seconds=own.reading_seconds, recognise=recognise
    )
    return ReadingPool(limits=limits, kept=Kept(setup.settings.data_dir / FILE))
