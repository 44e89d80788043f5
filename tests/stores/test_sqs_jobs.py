"""What is SQS's own in the queue of jobs: delays, bodies that can't be read, and a Lambda function's event."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from stores.sqs_jobs import LONGEST_DELAY, SqsJobQueue
from switchboard.testing.job_queue_contract import ids
from tests.aws import World, a_world

UNREADABLE = ["", "no JSON", "[]", "7", '"job"', "{}", '{"job": 7}', '{"job": null}', "[" * 100_000]


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


@pytest.fixture
def url(world: World) -> str:
    return world.queue(fifo=False)


@pytest.fixture
async def queue(world: World, url: str) -> AsyncIterator[SqsJobQueue]:
    queue = SqsJobQueue(world.client("sqs"), url)
    yield queue
    await queue.close()


def event(*bodies: str) -> dict[str, Any]:
    """An event as SQS calls a function with it."""
    return {
        "Records": [
            {"messageId": str(number), "receiptHandle": f"handle {number}", "body": body, "eventSource": "aws:sqs"}
            for number, body in enumerate(bodies)
        ]
    }


async def test_a_notice_may_come_later(queue: SqsJobQueue) -> None:
    await queue.send("later", delay_seconds=600)
    await queue.send("now")
    assert ids(await queue.receive()) == ["now"]


async def test_a_notice_that_sqs_would_not_delay_so_long_comes_sooner(
    queue: SqsJobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []

    async def call(operation: str, **arguments: Any) -> dict[str, Any]:
        sent.append(arguments)
        return {}

    monkeypatch.setattr(queue._client, "call", call)
    for seconds in (86_400.0, 0.2, -1.0):
        await queue.send("j0", delay_seconds=seconds)
    assert [each["DelaySeconds"] for each in sent] == [LONGEST_DELAY, 1, 0]


async def test_what_can_not_be_read_stays_for_the_redrive_policy(world: World, url: str, queue: SqsJobQueue) -> None:
    for body in UNREADABLE[1:]:
        world.sdk("sqs").send_message(QueueUrl=url, MessageBody=body)
    await queue.send("j0")
    assert ids(await queue.receive(hold_seconds=0)) == ["j0"]
    left = world.sdk("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    assert {message["Body"] for message in left["Messages"]} >= set(UNREADABLE[1:])


def test_a_functions_event_gives_notices_and_what_can_not_be_read() -> None:
    queue = SqsJobQueue(None, "")  # type: ignore[arg-type]
    notices, broken = queue.notices(event('{"job": "j0"}', *UNREADABLE))
    assert ids(notices) == ["j0"]
    assert notices[0].handle == "handle 0"
    assert broken == [str(number) for number in range(1, len(UNREADABLE) + 1)]
