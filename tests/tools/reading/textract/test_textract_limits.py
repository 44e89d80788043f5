"""Which files are for Textract, and the table of limits that the documentation shows."""

from pathlib import Path

import pytest

from tools.reading.textract.limits import JPEG, PDF, PNG, TIFF, table, taken

DOCS = Path(__file__).resolve().parents[4] / "docs" / "reading-on-aws.md"


def test_the_documentation_shows_the_limits_that_hold() -> None:
    assert table() in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", PDF),
        (b"\n\n%PDF-1.4", PDF),
        (b"II*\x00", TIFF),
        (b"MM\x00*", TIFF),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"\xff\xd8\xff\xe0", JPEG),
        (b"GIF89a", ""),
        (b"RIFF....WEBP", ""),
        (b"PK\x03\x04", ""),
        (b"", ""),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert taken(head) == kind
