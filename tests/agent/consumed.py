"""What the tests of consuming share: a queue and an assistant that fail as told, and time that passes when told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from agent.consuming import Consuming
from stores.queue import MemoryQueue
from switchboard import BackendError, Conversation, Event, Final, Message, Offer
from switchboard.errors import SwitchboardError
from switchboard.identity import MessageId
from switchboard.queues import Delivery
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.queue_contract import said
from tests.agent.shared import until

DOWN = BackendError(service="store", operation="read", code="unavailable", retryable=True)
HOLD = 60


class Line(MemoryQueue):
    """A queue that notes what is asked of it, and fails as it is told."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(clock=lambda: self.now)
        self.extended: list[tuple[str, int]] = []
        self.removed: list[str] = []
        self.faults: list[str] = []

    async def receive(self, *, limit: int = 10, wait_seconds: float = 0, hold_seconds: int = 60) -> Sequence[Delivery]:
        self._fail("receive")
        return await super().receive(limit=limit, wait_seconds=wait_seconds, hold_seconds=hold_seconds)

    async def extend(self, delivery: Delivery, seconds: int) -> bool:
        self._fail("extend")
        self.extended.append((delivery.message.id, seconds))
        return await super().extend(delivery, seconds)

    async def done(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        self._fail("done")
        self.removed += [delivery.message.id for delivery in deliveries]
        return await super().done(deliveries)

    def _fail(self, operation: str) -> None:
        if operation in self.faults:
            self.faults.remove(operation)
            raise DOWN


class Answering(FakeAssistant):
    """An assistant whose turns wait for a gate, and whose offers and followers fail as they are told."""

    def __init__(self) -> None:
        super().__init__(self._script)
        self.gate = asyncio.Event()
        self.offered: list[str] = []
        self.refusals: dict[str, Exception | Offer] = {}
        self.breaks: dict[str, Exception] = {}
        self.answered: list[str] = []

    async def offer(self, message: Message) -> Offer:
        self.offered.append(message.id)
        outcome = self.refusals.get(message.id)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome or await super().offer(message)

    async def events(
        self, conversation: Conversation, message_id: MessageId, *, after: int = 0
    ) -> AsyncIterator[Event]:
        if message_id in self.breaks:
            raise self.breaks.pop(message_id)
        async for event in super().events(conversation, message_id, after=after):
            yield event

    async def _script(self, message: Message) -> AsyncIterator[Event]:
        await self.gate.wait()
        self.answered.append(message.id)
        yield Final(text="Yes.")


@dataclass
class Pauses:
    """Time that passes when a test says so."""

    asked: list[float] = field(default_factory=list)
    _waiting: list[asyncio.Event] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        over = asyncio.Event()
        self._waiting.append(over)
        await over.wait()

    def end(self) -> None:
        for over in self._waiting:
            over.set()
        self._waiting.clear()


@dataclass
class Stage:
    """A queue, an assistant, and what is between them."""

    queue: Line = field(default_factory=Line)
    assistant: Answering = field(default_factory=Answering)
    pauses: Pauses = field(default_factory=Pauses)
    told: list[tuple[str, str]] = field(default_factory=list)
    telling: Exception | None = None

    def consuming(self, **options: Any) -> Consuming:
        return Consuming(
            self.queue,
            self.assistant,
            refused=self.refused,
            hold_seconds=HOLD,
            pause=self.pauses,
            wait_seconds=0.01,
            **options,
        )

    @asynccontextmanager
    async def at_work(self, **options: Any) -> AsyncIterator[Consuming]:
        consuming = self.consuming(**options)
        consuming.start()
        yield consuming
        await consuming.close(grace=0)

    async def refused(self, message: Message, error: SwitchboardError) -> None:
        self.told.append((message.id, error.user_text))
        if self.telling:
            raise self.telling

    async def send(self, *names: str, room: str = "room") -> None:
        for name in names:
            await self.queue.send(said(name, room=room))

    async def removed(self, *names: str) -> None:
        await until(lambda: set(names) <= set(self.queue.removed))

    async def given_back(self, *names: str) -> None:
        await until(lambda: set(names) <= {name for name, _ in self.queue.extended})
