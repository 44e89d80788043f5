"""What goes wrong at Textract: limits, tokens, files and answers that are gone; it costs waiting and no second job."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from stores.aws import AwsError
from switchboard import BackendError, Unreadable
from switchboard.testing.aws import Found, Trouble
from switchboard.testing.aws.textract import MOST_BLOCKS, read
from switchboard.testing.aws.textract_blocks import blocks
from switchboard.testing.reader import pdf
from tests.aws import World
from tests.tools.reading.textract.amazon import Amazon, amazon
from tests.tools.reading.textract.test_textract_reader import DATA, HERE, TOPIC, Counting
from tools.reading.backend import Block, Document, Page
from tools.reading.textract.limits import PDF, PNG
from tools.reading.textract.reader import TextractReader
from tools.reading.textract.records import File, Wanted
from tools.reading.textract.service import TRIES

PICTURE = b"\x89PNG\r\n\x1a\n and what is on it"
ONE = read(pdf("What is on the picture."))


@pytest.fixture
async def reader(there: Amazon) -> AsyncIterator[TextractReader]:
    reader = there.reader(Counting())
    yield reader
    await reader.close()


async def test_a_file_for_which_there_is_no_room_waits_until_there_is(world: World) -> None:
    async with amazon(world, most_jobs=1, polls=2) as there:
        reader = there.reader(Counting())
        files = [pdf("The first of two."), pdf("The second of two.")]
        documents = await asyncio.gather(*(reader.read(data, name="a.pdf") for data in files))
        await reader.close()
    assert (len(documents), there.textract.started) == (2, 2)
    assert len(there.textract.called("StartDocumentAnalysis")) > 2


async def test_a_token_that_is_spent_on_other_words_is_left_for_another(there: Amazon, reader: TextractReader) -> None:
    there.textract.trouble("StartDocumentAnalysis", Trouble(code="IdempotentParameterMismatchException"))
    document = await reader.read(DATA, name="a.pdf", owner=HERE)
    tokens = [asked["ClientRequestToken"] for asked in there.textract.called("StartDocumentAnalysis")]
    assert (len(document.pages), len(set(tokens)), there.textract.started) == (2, 1, 1)
    await there.reader(Counting()).read(DATA, name="a.pdf", owner=HERE)
    assert there.textract.started == 1


async def test_a_file_that_went_from_the_bucket_is_put_where_it_can_be_read(
    there: Amazon, reader: TextractReader
) -> None:
    await there.attach(DATA, owner=HERE)
    there.textract.trouble("StartDocumentAnalysis", Trouble(code="InvalidS3ObjectException"))
    assert len((await reader.read(DATA, name="a.pdf", owner=HERE)).pages) == 2
    (asked,) = there.textract.called("StartDocumentAnalysis")
    assert asked["DocumentLocation"]["S3Object"]["Name"].startswith("reading/")
    assert not [name for name in there.names() if name.endswith("/file")]


async def test_a_bucket_that_textract_may_not_read_is_our_fault_and_not_the_files(
    there: Amazon, reader: TextractReader
) -> None:
    there.textract.trouble("StartDocumentAnalysis", *[Trouble(code="InvalidS3ObjectException")] * 2)
    with pytest.raises(AwsError) as raised:
        await reader.read(DATA, name="a.pdf", owner=HERE)
    assert not raised.value.retryable


async def test_results_of_many_parts_are_put_together_though_each_part_is_throttled(world: World) -> None:
    pages = tuple(
        Page(number=number, blocks=tuple(Block(kind="text", text=f"Line {number} {line} of it.") for line in range(45)))
        for number in range(1, 9)
    )
    many = blocks(Document(name="a", title="a", media_type=PDF, digest="d", pages=pages))
    assert len(many) > 2 * MOST_BLOCKS
    async with amazon(world, finds=lambda data: Found(blocks=many, pages=8)) as there:
        reader = there.reader(Counting(pages=8))
        there.textract.trouble("GetDocumentAnalysis", *[Trouble(code="ProvisionedThroughputExceededException")] * 3)
        document = await reader.read(DATA, name="a.pdf")
        await reader.close()
    assert [len(page.blocks) for page in document.pages] == [45] * 8
    assert document.pages[7].blocks[44].text == "Line 8 44 of it."


async def test_a_part_that_can_not_be_had_leaves_the_job_for_the_next_who_asks(world: World) -> None:
    async with amazon(world, polls=0) as there:
        reader = there.reader(Counting())
        there.textract.trouble("GetDocumentAnalysis", *[Trouble(code="ThrottlingException")] * TRIES)
        with pytest.raises(BackendError) as raised:
            await reader.read(DATA, name="a.pdf", owner=HERE)
        assert raised.value.retryable
        assert len((await reader.read(DATA, name="a.pdf", owner=HERE)).pages) == 2
        await reader.close()
    assert there.textract.started == 1


async def test_a_notice_before_the_start_was_written_down_costs_no_second_job(there: Amazon) -> None:
    blob = await there.attach(DATA, owner=HERE)
    file = File(name="a.pdf", digest=blob.digest, media_type=PDF, owner=HERE)
    reader = there.reader(Counting())

    async def crash(*arguments: Any) -> None:
        raise OSError("the function is gone")

    started, reader._records.started = reader._records.started, crash  # type: ignore[method-assign]
    with pytest.raises(OSError, match="gone"):
        await reader.begin(file, size=blob.size, notify=TOPIC)
    reader._records.started = started  # type: ignore[method-assign]
    assert await reader.finish(file) is False
    assert len((await reader.read(DATA, name="a.pdf", owner=HERE)).pages) == 2
    assert there.textract.started == 1
    await reader.close()


@pytest.mark.parametrize(
    ("wanted", "operation"),
    [(Wanted(), "DetectDocumentText"), (Wanted(features=("LAYOUT", "TABLES")), "AnalyzeDocument")],
    ids=["words alone", "with the layout"],
)
async def test_a_picture_is_read_at_once_and_paid_for_once(world: World, wanted: Wanted, operation: str) -> None:
    async with amazon(world, finds=lambda data: ONE) as there:
        reader = there.reader(Counting(pages=1), wanted=wanted)
        for _ in range(2):
            document = await reader.read(PICTURE, name="a.png", owner=HERE)
            assert (document.text, document.media_type, document.paged) == ("What is on the picture.", PNG, False)
        assert [call.operation for call in there.textract.calls] == [operation]
        assert there.textract.calls[0].parameters["Document"]["Bytes"] == PICTURE
        await reader.close()


async def test_a_page_that_is_too_large_to_be_read_at_once_is_a_job(world: World) -> None:
    async with amazon(world, finds=lambda data: ONE) as there:
        reader = there.reader(Counting(pages=1))
        await reader.read(pdf("a") + bytes(10 << 20), name="a.pdf")
        await reader.close()
    assert there.textract.started == 1


async def test_a_page_that_is_being_read_for_somebody_is_waited_for(world: World) -> None:
    async with amazon(world, finds=lambda data: ONE) as there:
        blob = await there.attach(PICTURE, owner=HERE)
        file = File(name="a.png", digest=blob.digest, media_type=PNG, owner=HERE)
        reader = there.reader(Counting(pages=1))
        await reader.begin(file, size=blob.size, notify=TOPIC)
        await reader.read(PICTURE, name="a.png", owner=HERE)
        await reader.close()
    assert (there.textract.started, there.textract.called("AnalyzeDocument")) == (1, [])


@pytest.mark.parametrize(
    ("code", "expected"), [("BadDocumentException", "damaged"), ("DocumentTooLargeException", "too_large")]
)
async def test_a_refusal_at_once_is_told_as_one(there: Amazon, code: str, expected: str) -> None:
    reader = there.reader(Counting(pages=1))
    there.textract.trouble("AnalyzeDocument", Trouble(code=code))
    with pytest.raises(Unreadable) as raised:
        await reader.read(PICTURE, name="a.png")
    assert raised.value.code == expected
    await reader.close()


@pytest.mark.parametrize("pages", [1, 2])
async def test_every_page_is_asked_the_questions_of_the_settings(world: World, pages: int) -> None:
    whole = read(DATA)
    found = Found(
        blocks=[one for one in whole.blocks if one["Page"] <= pages],
        pages=pages,
        answers={"What is the total?": "48.20"},
    )
    wanted = Wanted(features=("LAYOUT",), questions=(("total", "What is the total?"), ("who", "Who signed?")))
    async with amazon(world, finds=lambda data: found) as there:
        reader = there.reader(Counting(pages=pages), wanted=wanted)
        document = await reader.read(DATA, name="a.pdf", owner=HERE)
        assert await reader.read(DATA, name="a.pdf", owner=HERE) == document
        await reader.close()
    assert [[(one.name, one.value) for one in page.fields] for page in document.pages] == [[("total", "48.20")]] * pages
    assert document.pages[-1].blocks[-1].text == "- total: 48.20"
