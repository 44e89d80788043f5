"""What every reader must do, as tests that one of your own inherits.

class TestMine(ReaderContract):
    @pytest.fixture
    async def reader(self) -> AsyncIterator[Reader]:
        ...

Files are made here, so that none has to be at hand.
"""
# ruff: noqa: D102 - a test's name is its description

import hashlib
import io
from pathlib import Path

import pytest

from switchboard.errors import Unreadable
from tools.reading.backend import Reader

OWNER, NOBODY = "conversation:here", "conversation:nobody"
FIRST, SECOND = "The travel allowance is forty euros a day.", "Receipts are handed in within thirty days."


def pdf(*texts: str, password: str = "") -> bytes:
    """A PDF with a page for each text."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), encrypt=StandardEncryption(password) if password else None)
    for text in texts:
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


UNREADABLE = (
    (b"", "empty"),
    (b"%PDF-1.7\n and no more", "damaged"),
    (pdf(FIRST, password="secret"), "protected"),  # noqa: S106 - it protects nothing
    (b"\x89PNG\r\n\x1a\n and no more", "damaged"),
    (b"\x00\x01\x02\x03 of no kind", "unknown"),
)
"""Files that nobody can read, and why."""


class ReaderContract:
    """What tools rely on. Needs a fixture ``reader``: a fresh one, that keeps what it reads for owners."""

    @pytest.mark.asyncio
    async def test_a_document_has_its_pages_in_order_each_with_its_text(self, reader: Reader) -> None:
        document = await reader.read(pdf(FIRST, SECOND), name="a.pdf")
        assert [(page.number, page.text) for page in document.pages] == [(1, FIRST), (2, SECOND)]
        assert (document.paged, document.missing, document.warnings) == (True, (), ())

    @pytest.mark.asyncio
    async def test_a_block_of_a_pdf_says_where_it_stands(self, reader: Reader) -> None:
        (block,) = (await reader.read(pdf(FIRST), name="a.pdf")).pages[0].blocks
        assert block.box is not None
        left, top, right, bottom = block.box
        assert 0 < left < right < 1
        assert 0 < top < bottom < 0.5

    @pytest.mark.asyncio
    async def test_what_a_file_is_stands_in_its_bytes_and_not_in_its_name(self, reader: Reader) -> None:
        data = pdf(FIRST)
        document = await reader.read(data, name="a.txt")
        assert (document.media_type, document.digest) == ("application/pdf", hashlib.sha256(data).hexdigest())

    @pytest.mark.asyncio
    async def test_a_file_of_a_kind_without_pages_is_read_too(self, reader: Reader) -> None:
        document = await reader.read(FIRST.encode(), name="a.txt")
        assert (document.text, document.paged) == (FIRST, False)

    @pytest.mark.asyncio
    async def test_a_file_is_read_from_its_path_as_from_its_bytes(self, reader: Reader, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(pdf(FIRST))
        assert (await reader.read(path, name="a.pdf")).text == (await reader.read(pdf(FIRST), name="a.pdf")).text

    @pytest.mark.asyncio
    async def test_a_name_is_for_people_and_leads_nowhere(self, reader: Reader) -> None:
        document = await reader.read(pdf(FIRST), name="../../travel_policy-2026.pdf")
        assert (document.name, document.title) == ("travel_policy-2026.pdf", "travel policy 2026")

    @pytest.mark.asyncio
    async def test_progress_ends_with_all_pages(self, reader: Reader) -> None:
        told: list[tuple[int, int]] = []
        await reader.read(pdf(FIRST, SECOND), name="a.pdf", progress=lambda *now: told.append(now))
        assert told[-1] == (2, 2)

    @pytest.mark.asyncio
    async def test_the_same_file_of_an_owner_is_the_same_document_under_its_new_name(self, reader: Reader) -> None:
        first = await reader.read(pdf(FIRST, SECOND), name="a.pdf", owner=OWNER)
        again = await reader.read(pdf(FIRST, SECOND), name="b.pdf", owner=OWNER)
        assert (again.pages, again.name) == (first.pages, "b.pdf")

    @pytest.mark.asyncio
    async def test_what_is_kept_for_an_owner_is_forgotten_with_it(self, reader: Reader) -> None:
        await reader.read(pdf(FIRST, SECOND), name="a.pdf", owner=OWNER)
        assert [await reader.forget(owner) for owner in (NOBODY, OWNER, OWNER)] == [0, 1, 0]

    @pytest.mark.asyncio
    async def test_what_can_not_be_read_says_why(self, reader: Reader) -> None:
        for data, code in UNREADABLE:
            with pytest.raises(Unreadable) as raised:
                await reader.read(data, name="a.bin")
            assert (raised.value.code, raised.value.name) == (code, "a.bin")

    @pytest.mark.asyncio
    async def test_a_file_that_is_not_there_says_so(self, reader: Reader, tmp_path: Path) -> None:
        with pytest.raises(Unreadable) as raised:
            await reader.read(tmp_path / "none.pdf", name="none.pdf")
        assert raised.value.code == "missing"

    @pytest.mark.asyncio
    async def test_there_is_something_to_be_done_at_the_same_time(self, reader: Reader) -> None:
        assert reader.workers >= 1
