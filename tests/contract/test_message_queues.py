"""The contract of message queues, held by each of ours."""

from collections.abc import AsyncIterator

import pytest

from stores.memory import MemoryBlobStore
from stores.queue import MemoryQueue
from stores.sqs import SqsQueue
from switchboard.queues import MessageQueue
from switchboard.testing.queue_contract import MessageQueueContract
from tests.aws import World


class TestMemory(MessageQueueContract):
    @pytest.fixture
    async def queue(self) -> AsyncIterator[MessageQueue]:
        queue = MemoryQueue()
        yield queue
        await queue.close()


class TestSqs(MessageQueueContract):
    @pytest.fixture
    async def queue(self, aws: World) -> AsyncIterator[MessageQueue]:
        queue = SqsQueue(aws.client("sqs"), aws.queue(), blobs=MemoryBlobStore())
        yield queue
        await queue.close()

    async def test_a_message_sent_again_after_it_was_done_is_dropped(self, queue: MessageQueue) -> None:
        if not World.current.endpoint:
            pytest.skip("moto forgets what it has seen with the message; SQS and ministack remember it")
        await super().test_a_message_sent_again_after_it_was_done_is_dropped(queue)
