"""A file that is dropped into the bucket ends as one summary on its conversation, however often everything is told."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from channels.drops.making import orders
from channels.drops.orders import Order, Placed
from infra.functions import dropped, recognised, work
from stores.dynamodb import DynamoConversationStore
from stores.s3 import S3BlobStore
from switchboard import Attachment, ConfigError, Limits, Message, MessageId, Receipt, Reply
from switchboard.__main__ import main
from switchboard.identity import Conversation, Principal
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.storage import Turn
from switchboard.testing.aws import FakeAws, FakeEcs, FakeTextract, Found, Trouble
from switchboard.testing.aws.ecs import FakeTask
from switchboard.testing.reader import pdf
from tests.aws import REGION, World, a_world
from tests.infra.test_functions import batch
from tools.summaries.making import Wish

HERE = Conversation(tenant="local", channel="posting", room="room")
ANN = Principal(id="ann", verified=True)
SENTENCES = (
    "Revenue rose by 12 percent to 48 million euros in the third quarter.",
    "The board expects an operating margin of 9 percent for the whole year.",
    "A dividend of 30 cents a share was approved by the general meeting.",
)
PAYLOADS = Path(__file__).parents[1] / "payloads" / "drops"


class Posting:
    """A channel that notes what it sends."""

    name = "posting"
    limits = Limits()

    def __init__(self) -> None:
        self.sent: list[str] = []

    def parse(self, payload: Any) -> list[Message]:
        return []

    def render(self, reply: Reply) -> list[str]:
        return [reply.text]

    async def send(self, message: Message, parts: list[str], *, again: bool = False) -> Receipt:
        self.sent += parts
        return Receipt(delivered=True, platform_id="1")


@dataclass
class Stack:
    """What is deployed, as the tests play the services that call functions."""

    world: World
    bucket: str
    table: str
    queue: str
    textract: FakeTextract
    ecs: FakeEcs
    posting: Posting
    told: list[str] = field(default_factory=list)

    def order(self, data: bytes, *, name: str = "report.pdf", **wish: Any) -> Placed:
        """An order for a file, as a server takes it."""
        digest = hashlib.sha256(data).hexdigest()
        file = Attachment(name=name, media_type="application/octet-stream", size=len(data), digest=digest)
        identity = MessageId(f"order-{digest[:8]}-{wish}")
        wanted = Order(id=identity, conversation=HERE, principal=ANN, file=file, wish=Wish(**wish), push=True)

        async def place() -> Placed:
            setup = Setup(load())
            there = orders(setup)
            try:
                return await there.place(wanted)
            finally:
                for part in (there.jobs, there.queue, there.blobs):
                    await part.close()

        return asyncio.run(place())

    def drop(self, data: bytes, *, named: str = "", key: str = "", name: str = "report.pdf", **wish: Any) -> Any:
        """Order a file's summary and put it into the bucket, as its address lets its sender do.

        Returns:
            What EventBridge tells of it.
        """
        placed = self.order(data, name=name, **wish)
        assert placed.address is not None
        headers = placed.address.headers
        metadata = {
            header.removeprefix("x-amz-meta-"): value
            for header, value in headers.items()
            if header.startswith("x-amz-meta-")
        }
        assert metadata["order"] == placed.job.id
        place = S3BlobStore(self.world.client("s3"), self.bucket).place(
            hashlib.sha256(data).hexdigest(), owner=HERE.key
        )
        where = key or place[1]
        given = metadata | ({"order": named} if named else {})
        self.world.sdk("s3").put_object(Bucket=self.bucket, Key=where, Body=data, Metadata=given)
        event: dict[str, Any] = json.loads((PAYLOADS / "object_created.json").read_text(encoding="utf-8"))
        event["detail"]["bucket"]["name"], event["detail"]["object"]["key"] = self.bucket, where
        return event

    def notices(self) -> list[dict[str, Any]]:
        """What SNS calls a function with, for all that Textract has told its topic."""
        found = []
        for text in self.told:
            event = json.loads((PAYLOADS / "completed.json").read_text(encoding="utf-8"))
            event["Records"][0]["Sns"]["Message"] = text
            found.append(event)
        return found

    def work(self) -> list[dict[str, str]]:
        """Let the queue of jobs call its function, twice. Returns what is to come again."""
        event = batch(self.world, self.queue)
        failed: list[dict[str, str]] = []
        for _ in range(2):
            failed = work.handler(event, None)["batchItemFailures"]
        return failed

    def turns(self) -> list[Turn]:
        """The conversation."""

        async def read() -> list[Turn]:
            setup = Setup(load())
            store: DynamoConversationStore = setup.backend("conversations")
            try:
                return list(await store.transcript(HERE, limit=50))
            finally:
                await store.close()

        return asyncio.run(read())


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stack]:
    with a_world() as world:
        table, bucket, queue = world.table().name, world.bucket(), world.queue(fifo=False)
        ecs, posting, told = FakeEcs(["switchboard"]), Posting(), list[str]()
        s3 = world.sdk("s3")
        textract = FakeTextract(
            objects=lambda place, key: s3.get_object(Bucket=place, Key=key)["Body"].read(),
            polls=None,
            publish=lambda topic, text: told.append(text),
        )
        environment = {
            "SWITCHBOARD_PROFILE": "aws",
            "SWITCHBOARD_DATA_DIR": str(tmp_path),
            "SWITCHBOARD_BACKENDS__CHAT_MODEL": "embedded",
            "SWITCHBOARD_BACKENDS__RETRIEVER": "embedded",
            "SWITCHBOARD_BACKENDS__READER": "textract",
            "SWITCHBOARD_AWS__REGION": REGION,
            "SWITCHBOARD_AWS__TABLE": table,
            "SWITCHBOARD_AWS__BUCKET": bucket,
            "SWITCHBOARD_AWS__QUEUE_URL": world.queue(),
            "SWITCHBOARD_AWS__JOB_QUEUE_URL": queue,
            "SWITCHBOARD_CHANNELS__DROPS__TOPIC": "arn:aws:sns:eu-west-1:123456789012:recognised",
            "SWITCHBOARD_CHANNELS__DROPS__ROLE": "arn:aws:iam::123456789012:role/textract",
            "CLUSTER": "switchboard",
            "TASK_DEFINITION": "worker:3",
            "CONTAINER": "worker",
            "SUBNETS": "subnet-1,subnet-2",
            "SECURITY_GROUPS": "sg-1",
            "CHANNELS": "posting",
        }
        with FakeAws(textract, ecs) as aws:
            for name, value in {**environment, **aws.environment}.items():
                monkeypatch.setenv(name, value)
            monkeypatch.setattr(Setup, "channel", lambda setup, name: posting)
            yield Stack(
                world=world,
                bucket=bucket,
                table=table,
                queue=queue,
                textract=textract,
                ecs=ecs,
                posting=posting,
                told=told,
            )
            for function, kept in ((dropped, dropped._desk), (recognised, recognised._desk), (work, work._kept)):
                function._runner.run(kept.forget())


def run(task: FakeTask) -> None:
    """Do what a task's container does."""
    assert main(task.command) == 0


def test_a_file_ends_as_one_summary_though_everything_is_told_twice(stack: Stack) -> None:
    data = pdf(*SENTENCES)
    event = stack.drop(data)
    assert [dropped.handler(event, None)["outcome"] for _ in range(2)] == ["reading", "reading"]
    stack.textract.finish(times=2)
    assert [recognised.handler(notice, None)["outcomes"] for notice in stack.notices() * 2] == [["begun"]] * 4
    assert dropped.handler(event, None)["outcome"] == "begun"
    assert stack.work() == []
    (task,) = stack.ecs.tasks
    assert task.command == ["worker", "--once", "--channel", "posting"]
    run(task)
    run(task)
    (turn,) = stack.turns()
    assert turn.reply is not None
    assert "48 million euros" in turn.reply.text
    assert {citation.page for citation in turn.reply.citations} <= {1, 2, 3}
    assert turn.reply.citations
    assert stack.posting.sent == [turn.reply.text]
    assert stack.textract.started == 1


def test_the_end_may_be_heard_of_before_the_function_that_began_has_answered(stack: Stack) -> None:
    data = pdf(*SENTENCES)
    event = stack.drop(data)
    dropped.handler(event, None)
    stack.textract.finish()
    (notice,) = stack.notices()
    assert recognised.handler(notice, None)["outcomes"] == ["begun"]
    assert dropped.handler(event, None)["outcome"] == "begun"
    stack.work()
    assert len(stack.ecs.tasks) == 1


def test_a_file_that_is_not_recognised_but_read_is_summarised_at_once(stack: Stack) -> None:
    data = "\n\n".join(SENTENCES).encode()
    event = stack.drop(data, name="report.txt")
    assert dropped.handler(event, None)["outcome"] == "begun"
    stack.work()
    run(stack.ecs.tasks[0])
    assert "48 million" in stack.posting.sent[0]
    assert stack.textract.calls == []


def test_another_wish_for_a_file_that_is_there_is_another_summary_of_the_same_reading(stack: Stack) -> None:
    data = pdf(*SENTENCES)
    dropped.handler(stack.drop(data, length="short"), None)
    stack.textract.finish()
    recognised.handler(stack.notices()[0], None)
    assert stack.order(data, length="medium").address is None
    stack.work()
    run(stack.ecs.tasks[0])
    assert (len(stack.turns()), stack.textract.started) == (2, 1)


def test_a_reading_that_failed_is_told_on_the_conversation(stack: Stack) -> None:
    stack.textract.finds = lambda data: Found(status="FAILED")
    data = pdf(*SENTENCES)
    event = stack.drop(data)
    dropped.handler(event, None)
    stack.textract.finish()
    assert recognised.handler(stack.notices()[0], None)["outcomes"] == ["begun"]
    stack.textract.polls = 0
    stack.work()
    run(stack.ecs.tasks[0])
    assert "can't be read" in stack.posting.sent[0]


def test_a_notice_of_a_failure_begins_no_other_reading(stack: Stack) -> None:
    stack.textract.finds = lambda data: Found(status="FAILED")
    data = pdf(*SENTENCES)
    dropped.handler(stack.drop(data), None)
    stack.textract.finish(times=3)
    for notice in stack.notices():
        recognised.handler(notice, None)
    assert stack.textract.started == 1


def test_what_can_not_be_fetched_now_is_left_to_the_worker(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.reading.textract.service.TRIES", 1)
    monkeypatch.setattr("stores.aws.ATTEMPTS", 1)
    data = pdf(*SENTENCES)
    dropped.handler(stack.drop(data), None)
    stack.textract.finish()
    stack.textract.trouble("GetDocumentAnalysis", Trouble(code="ThrottlingException"))
    assert recognised.handler(stack.notices()[0], None)["outcomes"] == ["begun"]


def test_a_reading_that_can_not_be_begun_now_is_left_to_the_worker(stack: Stack, monkeypatch: Any) -> None:
    monkeypatch.setattr("tools.reading.textract.service.TRIES", 1)
    monkeypatch.setattr("stores.aws.ATTEMPTS", 1)
    stack.textract.trouble("StartDocumentAnalysis", Trouble(code="LimitExceededException"))
    data = pdf(*SENTENCES)
    event = stack.drop(data)
    assert dropped.handler(event, None)["outcome"] == "begun"


def test_a_file_without_an_order_of_ours_for_its_place_is_not_touched(stack: Stack) -> None:
    assert dropped.handler(stack.drop(pdf(*SENTENCES), named="of nobody"), None)["outcome"] == "ignored"
    elsewhere = stack.drop(pdf(*SENTENCES[:1]), key="blobs/elsewhere/file")
    assert dropped.handler(elsewhere, None)["outcome"] == "refused"
    assert (stack.textract.calls, batch(stack.world, stack.queue)) == ([], {"Records": []})


def test_a_file_that_is_gone_before_it_is_looked_at_is_nothing(stack: Stack) -> None:
    data = pdf(*SENTENCES)
    event = stack.drop(data)
    place = event["detail"]["object"]["key"]
    stack.world.sdk("s3").delete_object(Bucket=stack.bucket, Key=place)
    assert dropped.handler(event, None)["outcome"] == "ignored"


def test_other_events_are_nobodys_business(stack: Stack) -> None:
    assert dropped.handler({"source": "aws.s3", "detail-type": "Object Deleted"}, None) == {"outcome": "ignored"}


def test_without_room_for_another_worker_the_notice_comes_again(stack: Stack) -> None:
    data = pdf(*SENTENCES)
    event = stack.drop(data)
    stack.ecs.no_room = "RESOURCE:MEMORY"
    dropped.handler(event, None)
    stack.textract.finish()
    recognised.handler(stack.notices()[0], None)
    assert len(stack.work()) == 1
    assert stack.ecs.tasks == []


@pytest.mark.parametrize(("code", "again"), [("ConflictException", 0), ("ThrottlingException", 1)])
def test_a_refusal_to_start_a_worker_brings_the_notice_again_unless_one_was_started(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, code: str, again: int
) -> None:
    monkeypatch.setattr("stores.aws.ATTEMPTS", 1)
    data = b"One report of many words."
    dropped.handler(stack.drop(data, name="a.txt"), None)
    stack.ecs.trouble("RunTask", Trouble(code=code))
    assert len(work.handler(batch(stack.world, stack.queue), None)["batchItemFailures"]) == again


def test_no_more_workers_are_started_than_may_be(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOST_WORKERS", "1")
    for text in (b"One report of many words.", b"Another report of many words."):
        event = stack.drop(text, name="a.txt")
        dropped.handler(event, None)
    event = batch(stack.world, stack.queue)
    assert len(work.handler(event, None)["batchItemFailures"]) == 1
    assert len(stack.ecs.tasks) == 1


def test_a_job_that_nobody_knows_or_that_is_over_starts_nothing(stack: Stack) -> None:
    stack.world.sdk("sqs").send_message(QueueUrl=stack.queue, MessageBody='{"job": "unknown"}')
    assert stack.work() == []
    assert stack.ecs.tasks == []


def test_a_notice_that_can_not_be_read_stays_for_the_dead_letter_queue(stack: Stack) -> None:
    stack.world.sdk("sqs").send_message(QueueUrl=stack.queue, MessageBody="nonsense")
    assert len(stack.work()) == 1


def test_a_function_that_is_not_told_where_to_start_tasks_says_which_variable(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLUSTER")
    with pytest.raises(ConfigError, match="CLUSTER"):
        work.handler({"Records": []}, None)
