"""From the platform's request through SQS to the reply, with duplicates and a worker that dies in mid-turn."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import repeat
from random import Random
from typing import Any, cast

from langchain_core.messages import BaseMessage, HumanMessage

from agent.assistant import SwitchboardAssistant
from agent.consuming import Consuming
from channels.receiving import Receiver
from stores.dynamodb import DynamoConversationStore, DynamoJobStore
from stores.memory import MemoryBlobStore
from stores.sqs import SqsQueue
from switchboard import Channel, Message
from switchboard.errors import SwitchboardError
from switchboard.queues import Delivery, MessageQueue
from switchboard.settings import load
from switchboard.storage import ConversationStore
from switchboard.testing.models import Say, ScriptedChatModel, Step
from switchboard.testing.running import running, said
from switchboard.testing.samples import a_conversation
from tests.agent.shared import until
from tests.aws import World
from tests.scenarios.racing import Shared, crash

ROOMS, MESSAGES = 5, 20
TWICE = 0.3
LEASE, HOLD = 4, 3
FATAL_CALL = 4
"""The call of its model in which the first worker dies."""


class Posting:
    """A channel whose payloads are messages."""

    name = "test"

    def parse(self, payload: Message) -> Sequence[Message]:
        return (payload,)


class Doubling:
    """A queue that delivers some messages twice, the second time to whoever asks next."""

    def __init__(self, queue: MessageQueue, random: Random, doubled: list[Delivery]) -> None:
        self._queue = queue
        self._random = random
        self._doubled = doubled

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    async def receive(self, **options: Any) -> Sequence[Delivery]:
        again, self._doubled[:] = list(self._doubled), []
        fresh = [] if again else await self._queue.receive(**options)
        if not fresh and not again:
            await asyncio.sleep(0.05)  # SQS would be asked to wait; moto answers nobody else meanwhile
        self._doubled += [delivery for delivery in fresh if self._random.random() < TWICE]
        return [*again, *fresh]


@dataclass
class Worker:
    """A consumer with its assistant, and what its model was asked."""

    calls: list[str] = field(default_factory=list)
    dies_in: int = 0
    assistant: SwitchboardAssistant | None = None
    consuming: Consuming | None = None

    def answer(self, messages: Sequence[BaseMessage]) -> Step:
        question = str([message.content for message in messages if isinstance(message, HumanMessage)][-1])
        self.calls.append(question)
        never = asyncio.Event() if len(self.calls) == self.dies_in else None
        return Say(text=f"Re {question}", gate=never)

    @asynccontextmanager
    async def at_work(self, store: ConversationStore, jobs: DynamoJobStore, queue: MessageQueue) -> AsyncIterator[None]:
        model = ScriptedChatModel(repeat(self.answer))
        given = {"conversations": Shared(store), "jobs": Shared(cast("ConversationStore", jobs))}
        settings = load(None, {"SWITCHBOARD_TURN__LEASE_SECONDS": str(LEASE)})
        async with running(model, given=given, settings=settings) as self.assistant:
            self.consuming = Consuming(
                queue, self.assistant, refused=self.refused, hold_seconds=HOLD, wait_seconds=0, parallel=4
            )
            self.consuming.start()
            yield
            await self.consuming.close()

    async def refused(self, message: Message, error: SwitchboardError) -> None:
        raise AssertionError(f"{message.id} was refused: {error}")

    async def die(self) -> None:
        """All that it does ends at once; nothing is given back."""
        assert self.consuming is not None
        assert self.consuming._loop is not None
        assert self.assistant is not None
        tasks = [self.consuming._loop, *self.consuming._lines]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await crash(self.assistant)
        self.consuming._loop = None


async def test_every_message_gets_one_reply_in_order_though_a_worker_dies(aws: World) -> None:
    names = [f"{number % ROOMS}:{number}" for number in range(MESSAGES)]
    dying, other = Worker(dies_in=FATAL_CALL), Worker()
    table, url, random = aws.table(), aws.queue(), Random(5)
    store, jobs, doubled = DynamoConversationStore(table), DynamoJobStore(table), list[Delivery]()
    async with AsyncExitStack() as stack:
        queue = SqsQueue(aws.client("sqs"), url, blobs=MemoryBlobStore())
        stack.push_async_callback(queue.close)
        await post(names, queue, random)
        for worker in (dying, other):
            await stack.enter_async_context(worker.at_work(store, jobs, Doubling(queue, random, doubled)))
        await until(lambda: len(dying.calls) == FATAL_CALL)
        await dying.die()
        await emptied(aws, url)
    await assert_each_answered_once(store, names)
    await store.close()
    calls = Counter([*dying.calls, *other.calls])
    assert set(calls) == set(names)
    assert all(calls[name] == 1 or name in dying.calls for name in names)
    assert max(Counter(dying.calls).values()) == max(Counter(other.calls).values()) == 1


async def post(names: Sequence[str], queue: MessageQueue, random: Random) -> None:
    """What the platform does: it posts each message, and some of them again."""
    receiver = Receiver(cast("Channel[Message, Any]", Posting()), queue)
    for name in names:
        message = said(name, id=name, conversation=a_conversation(name.partition(":")[0], tenant="local"))
        for _ in range(2 if random.random() < TWICE else 1):
            assert (await receiver.receive(message)).status == 200


async def emptied(world: World, url: str) -> None:
    """Wait until nothing is in the queue, nor in anybody's hands."""
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    async with asyncio.timeout(60):
        while True:
            answer = await asyncio.to_thread(world.sdk("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=counts)
            if set(answer["Attributes"].values()) == {"0"}:
                return
            await asyncio.sleep(0.1)


async def assert_each_answered_once(store: ConversationStore, names: Sequence[str]) -> None:
    for room in range(ROOMS):
        transcript = await store.transcript(a_conversation(f"{room}", tenant="local"))
        assert [turn.message.id for turn in transcript] == [name for name in names if name.startswith(f"{room}:")]
        assert [turn.reply.text if turn.reply else "" for turn in transcript] == [
            f"Re {turn.message.id}" for turn in transcript
        ]
