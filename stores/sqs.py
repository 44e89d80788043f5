"""Messages in an SQS FIFO queue: the conversation is the message group, the message's identity the deduplication id.

A body larger than SQS takes goes to the blob store, under its conversation as the owner, so that it is erased with it;
the queue then carries its digest. A body that can't be read stays in the queue, whose redrive policy moves it, after
some attempts, to the dead-letter queue where somebody sees it.
"""

import hashlib
import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from stores.aws import AwsClient, AwsError
from switchboard import wire
from switchboard.errors import BackendError, BadInput
from switchboard.identity import Conversation
from switchboard.messages import Message
from switchboard.queues import Delivery
from switchboard.storage import BlobStore

log = logging.getLogger("switchboard.stores")

LARGEST = 250_000
"""Bytes of a body. SQS takes 1 MiB by now; it was 256 KiB for long, and older queues and emulators may keep to it."""
LONGEST_GROUP = 128
MOST = 10
"""Messages that SQS hands out, or removes, at once."""
MOST_WAIT = 20
MOST_BLOB = 100_000_000

_GONE = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)


class SqsQueue:
    """A `MessageQueue` in an SQS FIFO queue.

    Args:
        url: The queue's address.
        blobs: Where bodies go that are too large for the queue.
    """

    def __init__(self, client: AwsClient, url: str, *, blobs: BlobStore) -> None:
        self._client = client
        self._url = url
        self._blobs = blobs

    async def send(self, message: Message) -> None:
        """See `MessageQueue.send`."""
        body = wire.dumps(message)
        if len(body) > LARGEST:
            body = await self._offloaded(message, body)
        await self._client.call(
            "send_message",
            QueueUrl=self._url,
            MessageBody=body,
            MessageGroupId=group(message.conversation),
            MessageDeduplicationId=deduplication(message),
        )

    async def receive(self, *, limit: int = 10, wait_seconds: float = 0, hold_seconds: int = 60) -> Sequence[Delivery]:
        """See `MessageQueue.receive`."""
        if limit <= 0:
            return []
        found, _ = await self._read(await receive(self._client, self._url, limit, wait_seconds, hold_seconds))
        return found

    async def deliveries(self, event: Mapping[str, Any]) -> tuple[list[Delivery], list[str]]:
        """The messages of an event by which SQS calls a Lambda function, and the ids of those that can't be read."""
        return await self._read(records(event))

    async def extend(self, delivery: Delivery, seconds: int) -> bool:
        """See `MessageQueue.extend`."""
        return await extend(self._client, self._url, delivery, seconds)

    async def done(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """See `MessageQueue.done`."""
        return await remove(self._client, self._url, deliveries)

    async def close(self) -> None:
        """See `MessageQueue.close`. The blob store stays open."""
        await self._client.close()

    async def _offloaded(self, message: Message, body: str) -> str:
        async def chunks() -> AsyncIterator[bytes]:
            yield body.encode()

        owner = message.conversation.key
        blob = await self._blobs.put(chunks(), owner=owner, name="message.json", limit=MOST_BLOB)
        return json.dumps({"blob": blob.digest, "owner": owner})

    async def _read(self, entries: Sequence["Entry"]) -> tuple[list[Delivery], list[str]]:
        """What can be read, and the ids of the rest: of what can't be, and of what would overtake it."""
        found: list[Delivery] = []
        left: list[str] = []
        blocked: set[str] = set()
        for entry in entries:
            line = entry.attributes.get("MessageGroupId", "")
            delivery = None if line in blocked else await self._delivery(entry)
            if delivery is None:
                blocked.add(line)
                left.append(entry.id)
            else:
                found.append(delivery)
        return found, left

    async def _delivery(self, entry: "Entry") -> Delivery | None:
        """A message as it was received; ``None`` if it can't be read, now or ever."""
        try:
            data = json.loads(entry.body)
            if isinstance(data, dict) and "blob" in data:
                data = json.loads(await self._blobs.read(str(data["blob"]), owner=str(data["owner"])))
            message = wire.from_json(Message, data)
        except (BadInput, BackendError, KeyError, ValueError, RecursionError) as error:
            log.warning("message %s can't be read and is left in the queue (%s)", entry.id, type(error).__name__)
            return None
        attempts = int(entry.attributes.get("ApproximateReceiveCount", 1))
        return Delivery(message=message, id=entry.id, handle=entry.handle, attempts=attempts)


class Entry(NamedTuple):
    """A message as SQS hands it out; a function's event spells the same names differently."""

    id: str
    handle: str
    body: str
    attributes: Mapping[str, str]


class Held(Protocol):
    """Something in a worker's hands."""

    @property
    def handle(self) -> str:
        """What SQS needs to know it again."""
        ...


H = TypeVar("H", bound=Held)


async def receive(client: AwsClient, url: str, limit: int, wait_seconds: float, hold_seconds: int) -> list[Entry]:
    """Take what a queue has, as much as it hands out at once."""
    answer = await client.call(
        "receive_message",
        QueueUrl=url,
        MaxNumberOfMessages=min(limit, MOST),
        WaitTimeSeconds=int(min(max(0.0, wait_seconds), MOST_WAIT)),
        VisibilityTimeout=hold_seconds,
        MessageSystemAttributeNames=["ApproximateReceiveCount", "MessageGroupId"],
    )
    return [
        Entry(entry["MessageId"], entry["ReceiptHandle"], entry["Body"], entry.get("Attributes", {}))
        for entry in answer.get("Messages", [])
    ]


def records(event: Mapping[str, Any]) -> list[Entry]:
    """What is in an event by which SQS calls a Lambda function."""
    return [
        Entry(record["messageId"], record["receiptHandle"], record["body"], record.get("attributes", {}))
        for record in event["Records"]
    ]


async def extend(client: AwsClient, url: str, held: Held, seconds: int) -> bool:
    """Hold something for so many seconds from now on. Returns whether it was still held."""
    try:
        await client.call(
            "change_message_visibility", QueueUrl=url, ReceiptHandle=held.handle, VisibilityTimeout=seconds
        )
    except AwsError as error:
        if error.code in _GONE:
            return False
        raise
    return True


async def remove(client: AwsClient, url: str, held: Sequence[H]) -> list[H]:
    """Remove what is held for good. Returns what could not be removed."""
    failed: list[H] = []
    for start in range(0, len(held), MOST):
        page = held[start : start + MOST]
        entries = [{"Id": str(number), "ReceiptHandle": each.handle} for number, each in enumerate(page)]
        answer = await client.call("delete_message_batch", QueueUrl=url, Entries=entries)
        failed += [page[int(entry["Id"])] for entry in answer.get("Failed", [])]
    return failed


def group(conversation: Conversation) -> str:
    """The message group of a conversation; a key has slashes, so a digest is never another conversation's key."""
    key = conversation.key
    return key if len(key) <= LONGEST_GROUP else hashlib.sha256(key.encode()).hexdigest()


def deduplication(message: Message) -> str:
    """The deduplication id: the same however often a message is sent. Its own id alone is not unique in a queue."""
    name = json.dumps([message.conversation.key, message.id])
    return hashlib.sha256(name.encode()).hexdigest()


def batch_failures(
    received: Sequence[Delivery], broken: Sequence[str], failed: Sequence[Delivery]
) -> dict[str, list[dict[str, str]]]:
    """What a Lambda function answers SQS: which messages are to come again.

    What follows a failed message in its conversation comes again as well, or it would overtake it.

    Args:
        received: The deliveries, in the order of the event.
        broken: Ids of messages that could not be read.
        failed: Deliveries whose messages were not taken in.
    """
    ids = {delivery.id for delivery in failed}
    behind: set[Conversation] = set()
    again = list(broken)
    for delivery in received:
        if delivery.id in ids or delivery.message.conversation in behind:
            behind.add(delivery.message.conversation)
            again.append(delivery.id)
    return {"batchItemFailures": [{"itemIdentifier": id} for id in again]}
