"""A message queue in memory: a true one, for tests and for a single process; nothing outlives it."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from switchboard.identity import MessageId
from switchboard.messages import Message
from switchboard.queues import Delivery

REMEMBERED_SECONDS = 300.0
"""For so long the same message is not taken again, as SQS does it."""


@dataclass(slots=True, kw_only=True)
class _Waiting:
    message: Message
    attempts: int = 0
    handle: str = ""
    held_until: float = 0.0


class MemoryQueue:
    """A `MessageQueue` in a list.

    Args:
        clock: Seconds, by which held messages come free and sent ones are forgotten.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._line: list[_Waiting] = []
        self._sent: dict[tuple[str, MessageId], float] = {}
        self._changed = asyncio.Condition()

    async def send(self, message: Message) -> None:
        """See `MessageQueue.send`."""
        now = self._clock()
        self._sent = {name: at for name, at in self._sent.items() if now - at < REMEMBERED_SECONDS}
        name = (message.conversation.key, message.id)
        if name not in self._sent:
            self._sent[name] = now
            self._line.append(_Waiting(message=message))
            await self._wake()

    async def receive(self, *, limit: int = 10, wait_seconds: float = 0, hold_seconds: int = 60) -> Sequence[Delivery]:
        """See `MessageQueue.receive`."""
        if wait_seconds > 0:
            try:
                async with asyncio.timeout(wait_seconds), self._changed:
                    await self._changed.wait_for(self._free)
            except TimeoutError:
                return []
        now = self._clock()
        taken = self._free()[: max(0, limit)]
        for waiting in taken:
            waiting.attempts += 1
            waiting.handle = secrets.token_hex(8)
            waiting.held_until = now + hold_seconds
        return [
            Delivery(message=waiting.message, id=waiting.handle, handle=waiting.handle, attempts=waiting.attempts)
            for waiting in taken
        ]

    async def extend(self, delivery: Delivery, seconds: int) -> bool:
        """See `MessageQueue.extend`."""
        held = self._held(delivery)
        if held is not None:
            held.held_until = self._clock() + seconds
            await self._wake()
        return held is not None

    async def done(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """See `MessageQueue.done`."""
        failed = []
        for delivery in deliveries:
            held = self._held(delivery)
            if held is None:
                failed.append(delivery)
            else:
                self._line.remove(held)
        await self._wake()
        return failed

    async def close(self) -> None:
        """See `MessageQueue.close`."""

    def _free(self) -> list[_Waiting]:
        """What may be delivered: nothing behind a message of its conversation that is held."""
        now = self._clock()
        busy = {waiting.message.conversation for waiting in self._line if waiting.held_until > now}
        return [waiting for waiting in self._line if waiting.message.conversation not in busy]

    def _held(self, delivery: Delivery) -> _Waiting | None:
        now = self._clock()
        held = (waiting for waiting in self._line if waiting.handle == delivery.handle and waiting.held_until > now)
        return next(held, None)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()
