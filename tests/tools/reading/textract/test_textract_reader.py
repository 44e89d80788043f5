"""Reading by Textract: paid for once, whatever happens in between, and what is missing is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from stores.aws import AwsError
from switchboard import BackendError, Unreadable
from switchboard.testing.aws import Found, Trouble
from switchboard.testing.aws.textract import KEPT_SECONDS, read
from switchboard.testing.reader import pdf
from tests.aws import World
from tests.tools.reading.textract.amazon import Amazon, amazon
from tools.reading.backend import ReadingLimits
from tools.reading.pool import ReadingPool
from tools.reading.process import Opening
from tools.reading.textract.limits import PDF
from tools.reading.textract.reader import Notify, TextractReader
from tools.reading.textract.recognising import ATTEMPTS, Sent
from tools.reading.textract.records import File, Wanted
from tools.reading.textract.service import TRIES

HERE = "conversation:here"
BUSY = Trouble(code="ProvisionedThroughputExceededException")
DATA = pdf("The first page of it.", "The second page of it.")
TOPIC = Notify(topic="arn:aws:sns:eu-west-1:123456789012:read", role="arn:aws:iam::123456789012:role/textract")


class Counting(ReadingPool):
    """A pool that says how many pages a file has, and starts no process for it."""

    def __init__(self, pages: int = 2, limits: ReadingLimits | None = None) -> None:
        super().__init__(workers=1, limits=limits)
        self.count = pages

    async def take(self) -> Any:
        return self

    async def open(self, source: bytes, name: str) -> Opening:
        return Opening(count=self.count, patience=None, digest="")

    async def give_back(self, worker: Any, *, healthy: bool) -> None:
        assert healthy


@pytest.fixture
async def reader(there: Amazon) -> AsyncIterator[TextractReader]:
    reader = there.reader(Counting())
    yield reader
    await reader.close()


def found(**how: Any) -> Found:
    return replace(read(DATA), **how)


async def test_a_file_is_paid_for_once_whoever_of_an_owner_asks(there: Amazon, reader: TextractReader) -> None:
    other = there.reader(Counting())
    documents = [await one.read(DATA, name="a.pdf", owner=HERE) for one in (reader, reader, other)]
    assert there.textract.started == 1
    assert documents[0] == documents[1] == documents[2]


async def test_a_file_that_its_owner_has_is_read_where_it_is(there: Amazon, reader: TextractReader) -> None:
    await there.attach(DATA, owner=HERE)
    await reader.read(DATA, name="a.pdf", owner=HERE)
    (asked,) = there.textract.called("StartDocumentAnalysis")
    assert asked["DocumentLocation"]["S3Object"]["Name"].startswith("blobs/")


async def test_a_file_that_is_nowhere_is_put_there_only_to_be_read(there: Amazon, reader: TextractReader) -> None:
    await reader.read(DATA, name="a.pdf")
    assert there.names() == []
    await reader.read(DATA, name="a.pdf", owner=HERE)
    assert [key.rpartition("/")[2] for key in there.names()] == ["document"]


async def test_two_who_read_the_same_at_once_start_one_job(there: Amazon, reader: TextractReader) -> None:
    other = there.reader(Counting())
    await asyncio.gather(*(one.read(DATA, name="a.pdf", owner=HERE) for one in (reader, other)))
    assert there.textract.started == 1


@pytest.mark.parametrize("broken", ["claim", "stage", "started", "unstage", "read"])
async def test_a_crash_between_any_two_steps_costs_no_second_job(
    there: Amazon, reader: TextractReader, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*arguments: Any, **named: Any) -> Any:
        if broken == "claim":
            await real(*arguments, **named)
        raise OSError("the process is gone")

    real = getattr(reader._records, broken)
    monkeypatch.setattr(reader._records, broken, crash)
    with pytest.raises(OSError, match="gone"):
        await reader.read(DATA, name="a.pdf", owner=HERE)
    document = await there.reader(Counting()).read(DATA, name="a.pdf", owner=HERE)
    assert (there.textract.started, len(document.pages)) == (1, 2)


async def test_a_started_job_is_waited_for_and_not_started_again(there: Amazon, reader: TextractReader) -> None:
    there.textract.trouble("GetDocumentAnalysis", Trouble(code="AccessDeniedException"))
    with pytest.raises(AwsError, match="AccessDenied"):
        await reader.read(DATA, name="a.pdf", owner=HERE)
    await there.reader(Counting()).read(DATA, name="a.pdf", owner=HERE)
    assert len(there.textract.called("StartDocumentAnalysis")) == 1


async def test_a_start_whose_answer_is_lost_is_asked_again_for_the_same_job(
    there: Amazon, reader: TextractReader
) -> None:
    there.textract.trouble("StartDocumentAnalysis", Trouble(hang_up=True, after=True))
    await reader.read(DATA, name="a.pdf")
    assert (len(there.textract.called("StartDocumentAnalysis")), there.textract.started) == (2, 1)


async def test_waiting_grows_and_has_a_bound(world: World) -> None:
    async with amazon(world, polls=12) as there:
        reader = there.reader(Counting())
        await reader.read(DATA, name="a.pdf")
        await reader.close()
    assert there.waits[:3] == [1.0, 1.5, 2.25]
    assert there.waits[-2:] == [15.0, 15.0]


async def test_what_is_throttled_is_asked_again(there: Amazon, reader: TextractReader) -> None:
    there.textract.trouble("StartDocumentAnalysis", BUSY, Trouble(code="LimitExceededException"), Trouble())
    there.textract.trouble("GetDocumentAnalysis", BUSY)
    document = await reader.read(DATA, name="a.pdf")
    assert (len(document.pages), len(there.waits), there.textract.started) == (2, 5, 1)


async def test_a_service_that_stays_busy_is_an_error_that_may_pass(there: Amazon, reader: TextractReader) -> None:
    there.textract.trouble("StartDocumentAnalysis", *[BUSY] * TRIES)
    with pytest.raises(BackendError) as raised:
        await reader.read(DATA, name="a.pdf")
    assert (raised.value.code, raised.value.retryable) == ("throttled", True)


async def test_pages_that_textract_could_not_read_are_told(world: World) -> None:
    warned = [{"ErrorCode": "PAGE_CHARACTERS_EXCEEDED", "Pages": [2, 3]}]

    def finds(data: bytes) -> Found:
        whole = read(data)
        blocks = [block for block in whole.blocks if block["Page"] == 1]
        return Found(blocks=blocks, pages=3, status="PARTIAL_SUCCESS", warnings=warned)

    async with amazon(world, finds=finds) as there:
        reader = there.reader(Counting(pages=3))
        document = await reader.read(DATA, name="a.pdf")
        await reader.close()
    assert [bool(page.blocks) for page in document.pages] == [True, False, False]
    assert (document.missing, document.warnings) == ((2, 3), ("Pages 2-3 could not be read and were left out",))


async def test_a_job_that_failed_says_so_and_the_next_attempt_is_another_job(world: World) -> None:
    outcomes = [Found(status="FAILED"), found()]
    async with amazon(world, finds=lambda data: outcomes.pop(0)) as there:
        reader = there.reader(Counting())
        with pytest.raises(Unreadable, match="gave up"):
            await reader.read(DATA, name="a.pdf", owner=HERE)
        assert len((await reader.read(DATA, name="a.pdf", owner=HERE)).pages) == 2
        await reader.close()
    assert there.textract.started == 2


async def test_a_job_that_is_not_known_any_more_is_done_again(world: World) -> None:
    now = [0.0]
    async with amazon(world, clock=lambda: now[0]) as there:
        reader = there.reader(Counting())
        await there.attach(DATA, owner=HERE)
        digest = (await there.attach(DATA, owner=HERE)).digest
        file = File(name="a.pdf", digest=digest, media_type=PDF, owner=HERE)
        await reader.begin(file, size=len(DATA), notify=TOPIC)
        now[0] = KEPT_SECONDS + 1
        assert len((await reader.read(DATA, name="a.pdf", owner=HERE)).pages) == 2
        await reader.close()
    assert there.textract.started == 2


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("UnsupportedDocumentException", "damaged"),
        ("BadDocumentException", "damaged"),
        ("DocumentTooLargeException", "too_large"),
    ],
)
async def test_a_refusal_of_the_file_is_told_as_one(
    there: Amazon, reader: TextractReader, code: str, expected: str
) -> None:
    there.textract.trouble("StartDocumentAnalysis", Trouble(code=code))
    with pytest.raises(Unreadable) as raised:
        await reader.read(DATA, name="a.pdf")
    assert raised.value.code == expected


@pytest.mark.parametrize(
    ("data", "pages", "limits", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(10 << 20), 1, ReadingLimits(), "too_large"),
        (DATA, 3_001, ReadingLimits(), "too_many_pages"),
        (DATA, 11, ReadingLimits(pages=10), "too_many_pages"),
        (DATA, 1, ReadingLimits(size=100), "too_large"),
    ],
    ids=("a large picture", "3,001 pages", "more pages than set", "more bytes than set"),
)
async def test_what_is_over_a_limit_is_refused_before_anything_is_sent(
    there: Amazon, data: bytes, pages: int, limits: ReadingLimits, code: str
) -> None:
    reader = there.reader(Counting(pages, limits))
    with pytest.raises(Unreadable) as raised:
        await reader.read(data, name="a", owner=HERE)
    assert (raised.value.code, there.textract.calls, there.names()) == (code, [], [])
    await reader.close()


async def test_a_document_without_text_says_so_each_time_and_is_paid_for_once(world: World) -> None:
    async with amazon(world, finds=lambda data: Found()) as there:
        reader = there.reader(Counting())
        for _ in range(2):
            with pytest.raises(Unreadable, match="there is no text in it"):
                await reader.read(DATA, name="a.pdf", owner=HERE)
        assert (there.textract.started, [name for name in there.names() if name.endswith("file")]) == (1, [])
        await reader.close()


async def test_without_the_layout_words_are_put_in_order_here(there: Amazon) -> None:
    reader = there.reader(Counting(), wanted=Wanted())
    document = await reader.read(DATA, name="a.pdf")
    assert [page.text for page in document.pages] == ["The first page of it.", "The second page of it."]
    assert there.textract.calls[0].operation == "StartDocumentTextDetection"
    await reader.close()


async def test_what_was_read_with_other_features_is_another_reading(there: Amazon, reader: TextractReader) -> None:
    words = there.reader(Counting(), wanted=Wanted())
    for one in (reader, words):
        await one.read(DATA, name="a.pdf", owner=HERE)
    assert there.textract.started == 2
    await words.close()


async def test_a_document_that_was_kept_and_is_damaged_is_read_again(there: Amazon, reader: TextractReader) -> None:
    await reader.read(DATA, name="a.pdf", owner=HERE)
    (key,) = there.names()
    there.world.sdk("s3").put_object(Bucket=there.bucket, Key=key, Body=b"nonsense")
    assert len((await reader.read(DATA, name="a.pdf", owner=HERE)).pages) == 2


async def test_a_claim_that_nobody_can_read_is_no_claim(there: Amazon, reader: TextractReader) -> None:
    file = File(name="a.pdf", digest="0" * 64, media_type=PDF, owner=HERE)
    await there.shelf.put(HERE, reader._records._name(file, "job"), b'{"other": 1}')
    assert await reader.finish(file) is False


async def test_reading_ahead_tells_the_topic_and_is_found_later(there: Amazon, reader: TextractReader) -> None:
    blob = await there.attach(DATA, owner=HERE)
    file = File(name="a.pdf", digest=blob.digest, media_type=PDF, owner=HERE)
    assert [await reader.begin(file, size=blob.size, notify=TOPIC) for _ in range(2)] == [True, True]
    assert [await reader.finish(file) for _ in range(2)] == [True, True]
    assert await reader.begin(file, size=blob.size, notify=TOPIC) is False
    await reader.read(DATA, name="a.pdf", owner=HERE)
    (asked,) = there.textract.called("StartDocumentAnalysis")
    assert asked["NotificationChannel"] == {"SNSTopicArn": TOPIC.topic, "RoleArn": TOPIC.role}
    assert there.textract.started == 1


async def test_what_somebody_waits_for_already_is_not_told_to_the_topic(there: Amazon, reader: TextractReader) -> None:
    blob = await there.attach(DATA, owner=HERE)
    file = File(name="a.pdf", digest=blob.digest, media_type=PDF, owner=HERE)
    await reader._records.claim(file, await reader._asked(file, None, Sent(pages=2)))
    assert await reader.begin(file, size=blob.size, notify=TOPIC) is False
    await reader.read(DATA, name="a.pdf", owner=HERE)
    assert there.textract.started == 1


async def test_what_was_never_begun_is_not_finished(reader: TextractReader) -> None:
    assert await reader.finish(File(name="a.pdf", digest="0" * 64, media_type=PDF, owner=HERE)) is False


async def test_a_job_that_takes_too_long_is_left_to_be_found(world: World) -> None:
    async with amazon(world, polls=None) as there:
        reader = there.reader(Counting(pages=0, limits=ReadingLimits(seconds=0.2)))
        with pytest.raises(BackendError) as raised:
            await reader.read(DATA, name="a.pdf", owner=HERE)
        assert (raised.value.code, raised.value.retryable) == ("slow", True)
        there.textract.finish()
        assert len((await there.reader(Counting()).read(DATA, name="a.pdf", owner=HERE)).pages) == 2
        await reader.close()
    assert there.textract.started == 1


async def test_a_job_that_is_never_known_is_an_error_that_may_pass(world: World) -> None:
    async with amazon(world) as there:
        reader = there.reader(Counting())
        there.textract.trouble("GetDocumentAnalysis", *[Trouble(code="InvalidJobIdException")] * ATTEMPTS)
        with pytest.raises(BackendError) as raised:
            await reader.read(DATA, name="a.pdf", owner=HERE)
        assert (raised.value.code, raised.value.retryable) == ("expired", True)
        await reader.close()


async def test_what_was_begun_and_is_not_known_any_more_is_not_finished(there: Amazon, reader: TextractReader) -> None:
    blob = await there.attach(DATA, owner=HERE)
    file = File(name="a.pdf", digest=blob.digest, media_type=PDF, owner=HERE)
    await reader.begin(file, size=blob.size, notify=TOPIC)
    there.textract.trouble("GetDocumentAnalysis", Trouble(code="InvalidJobIdException"))
    assert [await reader.finish(file), await reader.finish(file)] == [False, False]
    assert there.textract.started == 1
