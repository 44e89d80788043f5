"""Which files are for Textract, and the table of limits that the documentation shows."""

from pathlib import Path

import pytest

from switchboard import Unreadable
from tools.reading.textract.limits import JPEG, LARGEST, PDF, PNG, TIFF, check_size, table, taken

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


@pytest.mark.parametrize(
    ("kind", "own", "advice"), [(PNG, 10**9, "make it smaller"), (PDF, 10**9, "split it"), (PNG, 5, "split it")]
)
def test_a_file_of_one_byte_too_many_is_refused_with_what_to_do(kind: str, own: int, advice: str) -> None:
    most = min(own, LARGEST[kind])
    check_size("a", kind, most, own=own)
    with pytest.raises(Unreadable, match=advice):
        check_size("a", kind, most + 1, own=own)
