"""What is SQS's own: groups, large bodies, bodies that can't be read, and what a Lambda function answers."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from stores.memory import MemoryBlobStore
from stores.sqs import LARGEST, LONGEST_GROUP, SqsQueue, batch_failures, deduplication, group
from switchboard.errors import BackendError
from switchboard.queues import Delivery
from switchboard.testing.queue_contract import ids, said
from switchboard.testing.samples import HOSTILE_NAMES, a_conversation
from tests.aws import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


@pytest.fixture
def url(world: World) -> str:
    return world.queue()


@pytest.fixture
def blobs() -> MemoryBlobStore:
    return MemoryBlobStore()


@pytest.fixture
async def queue(world: World, url: str, blobs: MemoryBlobStore) -> AsyncIterator[SqsQueue]:
    queue = SqsQueue(world.client("sqs"), url, blobs=blobs)
    yield queue
    await queue.close()


def event(*bodies: str, room: str = "room") -> dict[str, Any]:
    """An event as SQS calls a function with it."""
    line = group(a_conversation(room))
    return {
        "Records": [
            {
                "messageId": str(number),
                "receiptHandle": f"handle {number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "2", "MessageGroupId": line},
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }


def handed(name: str, room: str = "room") -> Delivery:
    return Delivery(message=said(name, room=room), id=name, handle=name)


def test_groups_keep_apart_and_within_their_length() -> None:
    groups = [group(a_conversation(name)) for name in HOSTILE_NAMES]
    assert len(set(groups)) == len(HOSTILE_NAMES)
    assert max(map(len, groups)) <= LONGEST_GROUP
    assert all(name.isascii() and name.isprintable() and " " not in name for name in groups)


def test_deduplication_keeps_messages_and_conversations_apart() -> None:
    sent = [said(name, room=room) for name in HOSTILE_NAMES for room in ("a", "b")]
    assert len({deduplication(message) for message in sent}) == len(sent)


async def test_a_large_body_is_kept_under_its_conversation(
    queue: SqsQueue, blobs: MemoryBlobStore, world: World, url: str
) -> None:
    message = said(text="x" * LARGEST)
    await queue.send(message)
    (entry,) = world.sdk("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    assert len(entry["Body"]) < 1_000
    assert await blobs.delete_owner(message.conversation.key) == 1


async def test_an_unreadable_body_stays_and_holds_back_its_conversation_only(
    queue: SqsQueue, world: World, url: str
) -> None:
    line = {"QueueUrl": url, "MessageGroupId": group(a_conversation("a")), "MessageDeduplicationId": "1"}
    world.sdk("sqs").send_message(MessageBody="not a message", **line)
    await queue.send(said("a1", room="a"))
    await queue.send(said("b0", room="b"))
    assert ids(await queue.receive()) == ["b0"]


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "{}", '{"blob": "0", "owner": "x"}', '{"blob": "0"}', "[" * 100_000, '"text"']
)
async def test_an_event_with_an_unreadable_body_says_which(queue: SqsQueue, body: str) -> None:
    assert await queue.deliveries(event(body)) == ([], ["0"])


async def test_an_events_messages_are_read_with_their_attempts(queue: SqsQueue, world: World, url: str) -> None:
    await queue.send(said())
    (entry,) = world.sdk("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    ((delivery,), broken) = await queue.deliveries(event(entry["Body"]))
    assert (delivery.message, delivery.attempts, broken) == (said(), 2, [])


async def test_nothing_overtakes_an_unreadable_message_of_its_conversation(
    queue: SqsQueue, world: World, url: str
) -> None:
    await queue.send(said())
    (entry,) = world.sdk("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    gone = json.dumps({"blob": "0" * 64, "owner": "x"})
    assert await queue.deliveries(event(gone, entry["Body"])) == ([], ["0", "1"])


@pytest.mark.parametrize(
    ("failed", "again"),
    [([], []), (["a0"], ["a0", "a1"]), (["a1"], ["a1"]), (["b0"], ["b0"]), (["a0", "b0"], ["a0", "b0", "a1"])],
)
def test_what_follows_a_failed_message_in_its_conversation_comes_again(failed: list[str], again: list[str]) -> None:
    received = [handed("a0", "a"), handed("b0", "b"), handed("a1", "a")]
    answer = batch_failures(received, [], [delivery for delivery in received if delivery.id in failed])
    assert [item["itemIdentifier"] for item in answer["batchItemFailures"]] == again


def test_what_could_not_be_read_comes_again() -> None:
    assert batch_failures([], ["x"], []) == {"batchItemFailures": [{"itemIdentifier": "x"}]}


async def test_more_than_ten_are_done_at_once(queue: SqsQueue, world: World) -> None:
    for number in range(12):
        await queue.send(said(room=f"{number}"))
    deliveries = [*await queue.receive(), *await queue.receive()]
    world.requests.clear()
    assert list(await queue.done(deliveries)) == []
    assert world.requests == ["DeleteMessageBatch"] * 2


async def test_those_that_could_not_be_removed_are_named(queue: SqsQueue) -> None:
    await queue.send(said())
    (good,) = await queue.receive()
    bad = handed("never sent")
    assert list(await queue.done([bad, good])) == [bad]


async def test_a_queue_that_is_not_there_is_an_error(world: World, url: str, blobs: MemoryBlobStore) -> None:
    queue = SqsQueue(world.client("sqs"), url + "-other.fifo", blobs=blobs)
    for attempt in (queue.send(said()), queue.receive()):
        with pytest.raises(BackendError) as caught:
            await attempt
        assert not caught.value.retryable
