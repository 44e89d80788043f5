"""A file that comes with an order ends as one summary on its conversation, however often everything is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.functions import dropped, recognised, work
from switchboard import ConfigError, Limits, Message, Receipt, Reply
from switchboard.__main__ import main
from switchboard.plugins import Setup
from switchboard.testing.aws import Found, Trouble
from switchboard.testing.reader import pdf
from tests.infra.drop_stack import SENTENCES, Stack, a_stack, run
from tests.infra.test_functions import batch


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


@pytest.fixture
def posting(monkeypatch: pytest.MonkeyPatch) -> Posting:
    posting = Posting()
    monkeypatch.setattr(Setup, "channel", lambda setup, name: posting)
    return posting


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, posting: Posting) -> Iterator[Stack]:
    with a_stack(monkeypatch, tmp_path) as stack:
        yield stack


def test_a_file_ends_as_one_summary_though_everything_is_told_twice(stack: Stack, posting: Posting) -> None:
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
    assert posting.sent == [turn.reply.text]
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


def test_a_file_that_is_not_recognised_but_read_is_summarised_at_once(stack: Stack, posting: Posting) -> None:
    data = "\n\n".join(SENTENCES).encode()
    event = stack.drop(data, name="report.txt")
    assert dropped.handler(event, None)["outcome"] == "begun"
    stack.work()
    run(stack.ecs.tasks[0])
    assert "48 million" in posting.sent[0]
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


def test_a_reading_that_failed_is_told_on_the_conversation(stack: Stack, posting: Posting) -> None:
    stack.textract.finds = lambda data: Found(status="FAILED")
    data = pdf(*SENTENCES)
    event = stack.drop(data)
    dropped.handler(event, None)
    stack.textract.finish()
    assert recognised.handler(stack.notices()[0], None)["outcomes"] == ["begun"]
    stack.textract.polls = 0
    stack.work()
    run(stack.ecs.tasks[0])
    assert "can't be read" in posting.sent[0]


def test_a_notice_of_a_failure_begins_no_other_reading(stack: Stack) -> None:
    stack.textract.finds = lambda data: Found(status="FAILED")
    data = pdf(*SENTENCES)
    dropped.handler(stack.drop(data), None)
    stack.textract.finish(times=3)
    for notice in stack.notices():
        recognised.handler(notice, None)
    assert stack.textract.started == 1


def worked(stack: Stack) -> None:
    """A worker that somebody starts, with nobody having told it of anything."""
    assert stack.work() == []
    assert main(["worker", "--once", "--channel", "posting"]) == 0


def test_news_of_a_reading_that_is_lost_costs_time_and_nothing_else(
    stack: Stack, posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.drops.orders.READING_SECONDS", 0.0)
    assert dropped.handler(stack.drop(pdf(*SENTENCES)), None)["outcome"] == "reading"
    stack.textract.finish()
    worked(stack)
    assert ("48 million" in posting.sent[0], len(posting.sent), stack.textract.started) == (True, 1, 1)
    assert recognised.handler(stack.notices()[0], None)["outcomes"] == ["known"]


def test_news_of_a_file_that_is_lost_costs_time_and_nothing_else(
    stack: Stack, posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.drops.orders.VALID", -60)
    event, stack.textract.polls = stack.drop(pdf(*SENTENCES)), 0
    worked(stack)
    assert ("48 million" in posting.sent[0], len(posting.sent), stack.textract.started) == (True, 1, 1)
    assert dropped.handler(event, None)["outcome"] == "known"


def test_a_file_that_nobody_sends_is_told_of_once_it_can_not_come_any_more(
    stack: Stack, posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.order(b"a report that never comes")
    worked(stack)
    assert posting.sent == []
    monkeypatch.setattr("channels.drops.orders.VALID", -60)
    stack.order(b"another that never comes")
    worked(stack)
    assert ["no longer there" in text for text in posting.sent] == [True]


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
