"""Where Textract gets scanned pages alone: text layers cost nothing, and every page stays at its number."""

import hashlib
import io
from collections.abc import AsyncIterator

import pytest

from switchboard.testing.aws import Found
from switchboard.testing.aws.textract_blocks import blocks
from tests.aws import World
from tests.tools.reading.textract.amazon import WANTED, Amazon, amazon
from tools.reading.backend import Block, Document, Page, ReadingLimits
from tools.reading.pool import ReadingPool
from tools.reading.textract.limits import PDF
from tools.reading.textract.reader import Notify, TextractReader
from tools.reading.textract.records import File, Request, Wanted

HERE = "conversation:here"
SCANS = Wanted(features=WANTED.features, pages="scans")
TYPED = "What was typed stays as it is."


def paper(*pages: str | int) -> bytes:
    """A PDF: for a text a page with it, for a number a scan of so many points in width."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas, picture = Canvas(out), ImageReader(Image.new("L", (60, 80), 200))
    for page in pages:
        canvas.setPageSize((page if isinstance(page, int) else 595, 800))
        if isinstance(page, int):
            canvas.drawImage(picture, 0, 0, page, 800)
        else:
            canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def widths(data: bytes) -> Found:
    """What Textract would find: on each page how wide it is."""
    import pypdfium2

    sizes = [round(page.get_width()) for page in pypdfium2.PdfDocument(data)]
    pages = tuple(
        Page(number=number, blocks=(Block(kind="text", text=f"{width} wide"),)) for number, width in enumerate(sizes, 1)
    )
    document = Document(name="a", title="a", media_type=PDF, digest="d", pages=pages)
    return Found(blocks=blocks(document), pages=len(pages))


@pytest.fixture
async def there(world: World) -> AsyncIterator[Amazon]:
    async with amazon(world, finds=widths) as there:
        yield there


@pytest.fixture
async def reader(there: Amazon) -> AsyncIterator[TextractReader]:
    layers = ReadingPool(workers=1, limits=ReadingLimits(recognise=False))
    reader = there.reader(ReadingPool(workers=1), wanted=SCANS, layers=layers)
    yield reader
    await reader.close()


async def test_scans_are_recognised_text_is_read_here_and_numbers_stay(there: Amazon, reader: TextractReader) -> None:
    told: list[tuple[int, int]] = []
    data = paper(TYPED, 500, TYPED, 300, 400)
    document = await reader.read(data, name="a.pdf", owner=HERE, progress=lambda *now: told.append(now))
    texts = [(page.number, page.method, page.text) for page in document.pages]
    assert texts == [
        (1, "text", TYPED),
        (2, "ocr", "500 wide"),
        (3, "text", TYPED),
        (4, "ocr", "300 wide"),
        (5, "ocr", "400 wide"),
    ]
    assert (document.missing, document.warnings, document.paged) == ((), (), True)
    assert told[-1] == (5, 5)
    assert all(done <= total == 5 for done, total in told)
    assert await reader.read(data, name="a.pdf", owner=HERE) == document
    assert (there.textract.started, [name.rpartition("/")[2] for name in there.names()]) == (1, ["document"])


async def test_a_file_without_scans_costs_nothing(there: Amazon, reader: TextractReader) -> None:
    document = await reader.read(paper(TYPED, TYPED), name="a.pdf", owner=HERE)
    assert ([page.text for page in document.pages], there.textract.calls) == ([TYPED, TYPED], [])


async def test_one_scan_among_many_pages_is_asked_for_at_once(there: Amazon, reader: TextractReader) -> None:
    document = await reader.read(paper(TYPED, TYPED, 350), name="a.pdf", owner=HERE)
    assert document.pages[2].text == "350 wide"
    assert [call.operation for call in there.textract.calls] == ["AnalyzeDocument"]


async def test_a_file_of_scans_goes_as_it_is(there: Amazon, reader: TextractReader) -> None:
    data = paper(500, 300)
    await there.attach(data, owner=HERE)
    document = await reader.read(data, name="a.pdf", owner=HERE)
    assert [page.text for page in document.pages] == ["500 wide", "300 wide"]
    (asked,) = there.textract.called("StartDocumentAnalysis")
    assert asked["DocumentLocation"]["S3Object"]["Name"].startswith("blobs/")


async def test_a_scan_that_textract_could_not_read_is_told_by_its_own_number(world: World) -> None:
    warned = [{"ErrorCode": "PAGE_CHARACTERS_EXCEEDED", "Pages": [2]}]

    def finds(data: bytes) -> Found:
        whole = widths(data)
        return Found(
            blocks=[one for one in whole.blocks if one["Page"] != 2],
            pages=whole.pages,
            status="PARTIAL_SUCCESS",
            warnings=warned,
        )

    async with amazon(world, finds=finds) as there:
        layers = ReadingPool(workers=1, limits=ReadingLimits(recognise=False))
        reader = there.reader(ReadingPool(workers=1), wanted=SCANS, layers=layers)
        document = await reader.read(paper(TYPED, 500, TYPED, 300), name="a.pdf")
        await reader.close()
    assert (document.missing, document.warnings) == ((4,), ("Page 4 could not be read and was left out",))
    assert [page.text for page in document.pages] == [TYPED, "500 wide", TYPED, ""]


async def test_nothing_is_read_ahead_of_a_file_that_has_to_be_looked_into(
    there: Amazon, reader: TextractReader
) -> None:
    file = File(name="a.pdf", digest="0" * 64, media_type=PDF, owner=HERE)
    assert await reader.begin(file, size=100, notify=Notify(topic="arn:topic", role="arn:role")) is False
    assert there.textract.calls == []


async def test_pages_that_were_sent_by_another_version_of_ours_are_sent_again(
    there: Amazon, reader: TextractReader
) -> None:
    data = paper(TYPED, 500, 300)
    file = File(name="a.pdf", digest=hashlib.sha256(data).hexdigest(), media_type=PDF, owner=HERE)
    before = Request(bucket=there.bucket, key="other", wanted=SCANS, pages=(1, 2), staged=True, job="j" * 64)
    await reader._records.claim(file, before)
    document = await reader.read(data, name="a.pdf", owner=HERE)
    assert [page.text for page in document.pages] == [TYPED, "500 wide", "300 wide"]
