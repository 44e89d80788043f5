"""From the platform's request through SQS to the reply, with duplicates and a worker that dies in mid-turn."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count, repeat
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
from switchboard.storage import Change, ConversationStore
from switchboard.testing.models import Say, ScriptedChatModel, Step
from switchboard.testing.running import running, said
from switchboard.testing.samples import a_conversation
from tests.aws import World
from tests.scenarios.racing import Shared, crash

ROOMS, MESSAGES = 5, 20
TWICE = 0.3
LEASE, HOLD = 300, 300
"""Seconds: more than any machine is too busy for. The dead worker's are over when the test says so."""
PARALLEL = 2
"""Messages that a worker has in hand, so that neither can have all conversations to itself.

The one that is to die has one more: both of the other's may be delivered to it too, and wait there for their answers,
which do not come before it dies.
"""
BEFORE_DEATH = 8
"""Calls of either's model before the one in which the first worker dies."""


class Posting:
    """A channel whose payloads are messages."""

    name = "test"

    def parse(self, payload: Message) -> Sequence[Message]:
        return (payload,)


class Doubling:
    """A queue that delivers some messages twice, the second time to whoever asks next.

    Attributes:
        taken: All that was received through it, also by a request whose sender did not live to hear the answer.
    """

    def __init__(self, queue: MessageQueue, random: Random, doubled: list[Delivery]) -> None:
        self._queue = queue
        self._random = random
        self._doubled = doubled
        self.taken: list[Delivery] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    async def receive(self, **options: Any) -> Sequence[Delivery]:
        again, self._doubled[:] = list(self._doubled), []
        fresh = [] if again else await asyncio.shield(self._received(**options))
        if not fresh and not again:
            await asyncio.sleep(0.05)  # SQS would be asked to wait; moto answers nobody else meanwhile
        self._doubled += [delivery for delivery in fresh if self._random.random() < TWICE]
        return [*again, *fresh]

    async def _received(self, **options: Any) -> Sequence[Delivery]:
        fresh = await self._queue.receive(**options)
        self.taken += fresh
        return fresh


@dataclass
class Worker:
    """A consumer with its assistant, and what its model was asked.

    Attributes:
        asked: How often anybody's model was asked.
        struck: Set once the worker that is to die is in the call in which it does; the other goes on from there.
    """

    asked: Iterator[int]
    struck: asyncio.Event
    dies: bool = False
    calls: list[str] = field(default_factory=list)
    assistant: SwitchboardAssistant | None = None
    consuming: Consuming | None = None

    def answer(self, messages: Sequence[BaseMessage]) -> Step:
        question = str([message.content for message in messages if isinstance(message, HumanMessage)][-1])
        self.calls.append(question)
        gate = None
        if next(self.asked) >= BEFORE_DEATH and not self.struck.is_set():
            gate = asyncio.Event() if self.dies else self.struck
            if self.dies:
                self.struck.set()
        return Say(text=f"Re {question}", gate=gate)

    @asynccontextmanager
    async def at_work(self, store: ConversationStore, jobs: DynamoJobStore, queue: MessageQueue) -> AsyncIterator[None]:
        model = ScriptedChatModel(repeat(self.answer))
        given = {"conversations": Shared(store), "jobs": Shared(cast("ConversationStore", jobs))}
        settings = load(None, {"SWITCHBOARD_TURN__LEASE_SECONDS": str(LEASE)})
        async with running(model, given=given, settings=settings) as self.assistant:
            parallel = PARALLEL + 1 if self.dies else PARALLEL
            self.consuming = Consuming(
                queue, self.assistant, refused=self.refused, hold_seconds=HOLD, wait_seconds=0, parallel=parallel
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
    asked, struck = count(), asyncio.Event()
    dying, other = Worker(asked=asked, struck=struck, dies=True), Worker(asked=asked, struck=struck)
    table, url, random = aws.table(), aws.queue(), Random(5)
    store, jobs, doubled = DynamoConversationStore(table), DynamoJobStore(table), list[Delivery]()
    async with AsyncExitStack() as stack:
        queue = SqsQueue(aws.client("sqs"), url, blobs=MemoryBlobStore())
        stack.push_async_callback(queue.close)
        await post(names, queue, random)
        left, right = (Doubling(queue, random, doubled) for _ in range(2))
        for worker, at in ((dying, left), (other, right)):
            await stack.enter_async_context(worker.at_work(store, jobs, at))
        await struck.wait()
        await dying.die()
        await emptied(aws, url, passing=lambda: time_passes(dying, store, left))
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


async def emptied(world: World, url: str, *, passing: Callable[[], Awaitable[None]]) -> None:
    """Wait until nothing is in the queue, nor in anybody's hands."""
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    async with asyncio.timeout(120):
        while True:
            await passing()
            answer = await asyncio.to_thread(world.sdk("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=counts)
            if set(answer["Attributes"].values()) == {"0"}:
                return
            await asyncio.sleep(0.1)


async def time_passes(dead: Worker, store: ConversationStore, queue: Doubling) -> None:
    """What a dead worker took is let go of by the queue, and its leases run out, nobody else's.

    A request that it had sent when it died may get through later, so this is done until all is over.
    """
    assert dead.assistant is not None
    while queue.taken:
        await queue.extend(queue.taken.pop(), 0)
    for room in range(ROOMS):
        place = a_conversation(f"{room}", tenant="local")
        inbox = (await store.read(place)).inbox
        if inbox.lease is not None and inbox.lease.worker == dead.assistant._parts.worker:
            over = replace(inbox, version=inbox.version + 1, lease=replace(inbox.lease, expires_at=0.0))
            await store.commit(place, Change(inbox=over, follows=inbox.version))


async def assert_each_answered_once(store: ConversationStore, names: Sequence[str]) -> None:
    for room in range(ROOMS):
        transcript = await store.transcript(a_conversation(f"{room}", tenant="local"))
        assert [turn.message.id for turn in transcript] == [name for name in names if name.startswith(f"{room}:")]
        assert [turn.reply.text if turn.reply else "" for turn in transcript] == [
            f"Re {turn.message.id}" for turn in transcript
        ]
