"""What Textract takes, by its documentation: kept before anything is sent, and shown in docs/reading-on-aws.md."""

from dataclasses import dataclass
from typing import Literal

from tools.reading.reasons import too_large, too_many_pages, unreadable
from tools.reading.sniff import picture

Keeper = Literal["here", "Textract"]
"""Who refuses: we do, before anything is sent, or the service, whose refusal is translated."""

PDF, TIFF, PNG, JPEG = "application/pdf", "image/tiff", "image/png", "image/jpeg"
MEBIBYTE = 1 << 20
LARGEST = {PDF: 500 * MEBIBYTE, TIFF: 500 * MEBIBYTE, PNG: 10 * MEBIBYTE, JPEG: 10 * MEBIBYTE}
"""Bytes of a file, for asynchronous operations."""
LARGEST_AT_ONCE = 10 * MEBIBYTE
"""Bytes of a file of one page that need not wait for a job."""
MOST_PAGES = 3_000
HEAD = 1_024
"""Bytes by which it can be told whether a file is for Textract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A line of the table in the documentation."""

    what: str
    most: str
    held_by: Keeper


LIMITS = (
    Limit(what="PDF, TIFF", most="500 MB, 3,000 pages", held_by="here"),
    Limit(what="PNG, JPEG", most="10 MB", held_by="here"),
    Limit(what="PDF with a password", most="refused", held_by="here"),
    Limit(what="side of a picture", most="10,000 pixels", held_by="Textract"),
    Limit(what="side of a PDF's page", most="40 inches", held_by="Textract"),
    Limit(what="results", most="kept for 7 days", held_by="Textract"),
)


def table() -> str:
    """The limits as a table in Markdown."""
    rows = [f"| {limit.what} | {limit.most} | {limit.held_by} |" for limit in LIMITS]
    return "\n".join(["| what | most | held by |", "|---|---|---|", *rows])


def taken(head: bytes) -> str:
    """The media type of a file that Textract takes, from its first bytes; empty for any other."""
    kind = PDF if b"%PDF-" in head[:HEAD] else picture(head)
    return kind if kind in LARGEST else ""


def check_size(name: str, media_type: str, size: int, *, own: int) -> None:
    """Refuse a file that is larger than Textract takes, or than the settings allow.

    Raises:
        Unreadable: It is.
    """
    if size > min(own, LARGEST[media_type]):
        if media_type in (PNG, JPEG) and size <= own:
            raise unreadable(name, "too_large", "at most 10 MB of a picture can be recognised; make it smaller")
        raise too_large(name, size=size, limit=min(own, LARGEST[media_type]))


def check_pages(name: str, pages: int, *, own: int) -> None:
    """Refuse a file of more pages than Textract takes, or than the settings allow.

    Raises:
        Unreadable: It has more.
    """
    most = min(own, MOST_PAGES)
    if pages > most:
        raise too_many_pages(name, pages=pages, limit=most)
