"""The fake of Textract as the SDK meets it: jobs, tokens, pages, states and limits are the service's."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from reportlab.pdfgen.canvas import Canvas

from switchboard.testing.aws import FakeAws, FakeTextract, Found, Trouble
from switchboard.testing.aws.textract import KEPT_SECONDS
from switchboard.testing.aws.textract_blocks import blocks
from tools.reading.backend import Block, Document, Page

PLACE = {"S3Object": {"Bucket": "bucket", "Name": "key"}}
TOPIC = {"SNSTopicArn": "arn:aws:sns:eu-west-1:123456789012:read", "RoleArn": "arn:aws:iam::123456789012:role/textract"}


def document(*texts: str) -> Document:
    """A document with a page for each text."""
    pages = tuple(
        Page(
            number=number,
            blocks=(
                Block(kind="heading", text=f"Part {number}", level=1),
                Block(kind="text", text=text),
                Block(kind="list", text="- one\n- two"),
                Block(kind="table", text="name | price\ntea | 3"),
            ),
        )
        for number, text in enumerate(texts, start=1)
    )
    return Document(name="a", title="a", media_type="application/pdf", digest="d", pages=pages)


@dataclass
class World:
    """A fake, and what it was given and has told."""

    files: dict[str, bytes] = field(default_factory=lambda: {"key": b"%PDF-1.7"})
    found: Found = field(default_factory=lambda: found(document("first words", "second words")))
    told: list[tuple[str, str]] = field(default_factory=list)
    now: float = 1_000_000.0

    def textract(self, **options: Any) -> FakeTextract:
        """The fake."""
        return FakeTextract(
            objects=lambda bucket, key: self.files.get(key) if bucket == "bucket" else None,
            finds=lambda data: self.found,
            publish=lambda topic, text: self.told.append((topic, text)),
            clock=lambda: self.now,
            **options,
        )


def found(read: Document, **how: Any) -> Found:
    return Found(blocks=blocks(read), pages=len(read.pages), **how)


@pytest.fixture
def world() -> World:
    return World()


Client = Callable[[FakeTextract], Any]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    opened: list[FakeAws] = []

    def made(textract: FakeTextract) -> Any:
        aws = FakeAws(textract)
        opened.append(aws.__enter__())
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client("textract", region_name="eu-west-1", endpoint_url=aws.url, config=config)

    yield made
    for aws in opened:
        aws.__exit__(None)


def code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response["Error"]["Code"])


def test_a_job_is_in_progress_and_then_gives_its_blocks(world: World, client: Client) -> None:
    sdk = client(world.textract(polls=2))
    job = sdk.start_document_text_detection(DocumentLocation=PLACE)["JobId"]
    states = [sdk.get_document_text_detection(JobId=job)["JobStatus"] for _ in range(3)]
    assert states == ["IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"]
    answer = sdk.get_document_text_detection(JobId=job)
    assert answer["DocumentMetadata"] == {"Pages": 2}
    assert {block["BlockType"] for block in answer["Blocks"]} == {"PAGE", "LINE", "WORD"}


def test_results_come_in_pages_that_make_the_whole(world: World, client: Client) -> None:
    sdk = client(world.textract(polls=0))
    job = sdk.start_document_analysis(DocumentLocation=PLACE, FeatureTypes=["LAYOUT", "TABLES"])["JobId"]
    whole = sdk.get_document_analysis(JobId=job)["Blocks"]
    pieces, token = [], {}
    while True:
        answer = sdk.get_document_analysis(JobId=job, MaxResults=7, **token)
        pieces += answer["Blocks"]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert pieces == whole
    assert {"LAYOUT_TITLE", "LAYOUT_LIST", "LAYOUT_TABLE", "TABLE", "CELL"} <= {block["BlockType"] for block in whole}


def test_no_block_refers_to_one_that_was_not_asked_for(world: World, client: Client) -> None:
    sdk = client(world.textract(polls=0))
    job = sdk.start_document_text_detection(DocumentLocation=PLACE)["JobId"]
    given = sdk.get_document_text_detection(JobId=job)["Blocks"]
    there = {block["Id"] for block in given}
    assert {one for block in given for to in block.get("Relationships", ()) for one in to["Ids"]} <= there


def test_the_same_token_gives_the_same_job(world: World, client: Client) -> None:
    textract = world.textract()
    sdk = client(textract)
    jobs = {
        sdk.start_document_text_detection(DocumentLocation=PLACE, ClientRequestToken="once")["JobId"] for _ in range(3)
    }
    assert (len(jobs), textract.started) == (1, 1)


def test_the_same_token_for_something_else_is_refused(world: World, client: Client) -> None:
    sdk = client(world.textract())
    sdk.start_document_text_detection(DocumentLocation=PLACE, ClientRequestToken="once")
    with pytest.raises(ClientError) as raised:
        sdk.start_document_text_detection(DocumentLocation=PLACE, ClientRequestToken="once", JobTag="other")
    assert code(raised) == "IdempotentParameterMismatchException"


def test_a_job_is_unknown_to_the_other_operation_and_after_a_week(world: World, client: Client) -> None:
    sdk = client(world.textract())
    job = sdk.start_document_text_detection(DocumentLocation=PLACE)["JobId"]
    with pytest.raises(ClientError) as raised:
        sdk.get_document_analysis(JobId=job)
    assert code(raised) == "InvalidJobIdException"
    world.now += KEPT_SECONDS + 1
    with pytest.raises(ClientError) as raised:
        sdk.get_document_text_detection(JobId=job)
    assert code(raised) == "InvalidJobIdException"


def test_a_token_of_another_job_leads_nowhere(world: World, client: Client) -> None:
    sdk = client(world.textract(polls=0))
    first, second = (sdk.start_document_text_detection(DocumentLocation=PLACE)["JobId"] for _ in range(2))
    token = sdk.get_document_text_detection(JobId=first, MaxResults=1)["NextToken"]
    for wrong in (token, "!", "nonsense"):
        with pytest.raises(ClientError) as raised:
            sdk.get_document_text_detection(JobId=second, NextToken=wrong)
        assert code(raised) == "InvalidParameterException"


def test_the_end_is_told_to_the_topic(world: World, client: Client) -> None:
    textract = world.textract(polls=None)
    sdk = client(textract)
    job = sdk.start_document_text_detection(DocumentLocation=PLACE, NotificationChannel=TOPIC, JobTag="tag")["JobId"]
    assert sdk.get_document_text_detection(JobId=job)["JobStatus"] == "IN_PROGRESS"
    textract.finish(times=2)
    (topic, text), again = world.told
    assert (topic, again) == (TOPIC["SNSTopicArn"], (topic, text))
    assert json.loads(text) == {
        "JobId": job,
        "Status": "SUCCEEDED",
        "API": "StartDocumentTextDetection",
        "JobTag": "tag",
        "Timestamp": 1_000_000_000,
        "DocumentLocation": {"S3ObjectName": "key", "S3Bucket": "bucket"},
    }


def test_a_job_may_fail_and_says_why(world: World, client: Client) -> None:
    world.found = Found(status="FAILED", message="BAD_DOCUMENT")
    sdk = client(world.textract(polls=0))
    job = sdk.start_document_text_detection(DocumentLocation=PLACE)["JobId"]
    answer = sdk.get_document_text_detection(JobId=job)
    assert (answer["JobStatus"], answer["StatusMessage"], "Blocks" in answer) == ("FAILED", "BAD_DOCUMENT", False)


def test_a_partial_success_names_its_pages(world: World, client: Client) -> None:
    warned = [{"ErrorCode": "PAGE_TOO_LARGE", "Pages": [2]}]
    world.found = found(document("first"), status="PARTIAL_SUCCESS", warnings=warned)
    sdk = client(world.textract(polls=0))
    job = sdk.start_document_text_detection(DocumentLocation=PLACE)["JobId"]
    assert sdk.get_document_text_detection(JobId=job)["Warnings"] == warned


def test_there_is_a_limit_of_jobs_at_a_time(world: World, client: Client) -> None:
    textract = world.textract(polls=None, most_jobs=1)
    sdk = client(textract)
    sdk.start_document_text_detection(DocumentLocation=PLACE)
    with pytest.raises(ClientError) as raised:
        sdk.start_document_text_detection(DocumentLocation=PLACE)
    assert code(raised) == "LimitExceededException"
    textract.finish()
    sdk.start_document_text_detection(DocumentLocation=PLACE)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, "InvalidS3ObjectException"),
        (b"PK\x03\x04 a DOCX", "UnsupportedDocumentException"),
        (b"\x89PNG\r\n\x1a\n" + bytes(10 << 20), "DocumentTooLargeException"),
    ],
    ids=("missing", "of another kind", "too large"),
)
def test_a_document_that_can_not_be_read_is_refused(
    world: World, client: Client, data: bytes | None, expected: str
) -> None:
    world.files = {} if data is None else {"key": data}
    sdk = client(world.textract())
    with pytest.raises(ClientError) as raised:
        sdk.start_document_text_detection(DocumentLocation=PLACE)
    assert code(raised) == expected


def test_more_than_three_thousand_pages_are_refused(world: World, client: Client) -> None:
    world.found = Found(pages=3_001)
    with pytest.raises(ClientError) as raised:
        client(world.textract()).start_document_text_detection(DocumentLocation=PLACE)
    assert code(raised) == "DocumentTooLargeException"


def test_one_page_is_read_at_once(world: World, client: Client) -> None:
    world.found = found(document("only page"))
    sdk = client(world.textract())
    read = sdk.detect_document_text(Document={"Bytes": b"\x89PNG\r\n\x1a\n"})
    assert "only page" in [block.get("Text") for block in read["Blocks"]]
    analysed = sdk.analyze_document(Document=PLACE, FeatureTypes=["TABLES"])
    assert "CELL" in {block["BlockType"] for block in analysed["Blocks"]}


def test_several_pages_are_not_read_at_once(world: World, client: Client) -> None:
    with pytest.raises(ClientError) as raised:
        client(world.textract()).detect_document_text(Document=PLACE)
    assert code(raised) == "UnsupportedDocumentException"


def test_queries_need_their_questions(world: World, client: Client) -> None:
    with pytest.raises(ClientError) as raised:
        client(world.textract()).start_document_analysis(DocumentLocation=PLACE, FeatureTypes=["QUERIES"])
    assert code(raised) == "InvalidParameterException"


@pytest.mark.parametrize(
    "given",
    [
        {"FeatureTypes": ["EVERYTHING"]},
        {"FeatureTypes": [], "JobTag": "with spaces"},
        {"FeatureTypes": [], "JobTag": "x" * 65},
    ],
    ids=("enumeration", "pattern", "length"),
)
def test_what_the_service_would_not_take_is_refused(world: World, client: Client, given: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as raised:
        client(world.textract()).start_document_analysis(DocumentLocation=PLACE, **given)
    assert code(raised) == "ValidationException"


def test_trouble_comes_when_it_is_ordered_and_passes(world: World, client: Client) -> None:
    textract = world.textract()
    sdk = client(textract)
    textract.trouble(
        "StartDocumentTextDetection",
        Trouble(code="ProvisionedThroughputExceededException"),
        Trouble(hang_up=True, after=True),
    )
    with pytest.raises(ClientError) as raised:
        sdk.start_document_text_detection(DocumentLocation=PLACE)
    assert (code(raised), textract.started) == ("ProvisionedThroughputExceededException", 0)
    with pytest.raises(Exception, match="Connection was closed"):
        sdk.start_document_text_detection(DocumentLocation=PLACE)
    assert textract.started == 1
    sdk.start_document_text_detection(DocumentLocation=PLACE)


def test_a_file_is_read_if_nothing_else_is_said(client: Client, tmp_path: Any) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(72, 700, "The allowance is forty euros.")
    canvas.save()
    sdk = client(FakeTextract())
    read = sdk.detect_document_text(Document={"Bytes": (tmp_path / "a.pdf").read_bytes()})
    assert [block["Text"] for block in read["Blocks"] if block["BlockType"] == "LINE"] == [
        "The allowance is forty euros."
    ]
