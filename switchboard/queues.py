"""Queues between those that take something in and those that work on it: of messages, and of notices of jobs.

Messages come in order within each conversation: nothing of a conversation is delivered while an earlier message of it
is in somebody's hands. Either queue may deliver more than once; the claim in the store makes that harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from switchboard.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message in the hands of a worker, until it is done, given back, or the time for it is over.

    Attributes:
        id: The delivery's name, for the queue's own bookkeeping.
        handle: What the queue needs to know the delivery again.
        attempts: How often the message has been delivered, this time included.
    """

    message: Message
    id: str
    handle: str
    attempts: int = 1


class MessageQueue(Protocol):
    """Messages that wait to be answered."""

    async def send(self, message: Message) -> None:
        """Put a message at the end of its conversation's line; the same message again, within minutes, is dropped.

        Raises:
            BackendError: It may not be in the queue. Sending it again is safe.
        """
        ...

    async def receive(self, *, limit: int = 10, wait_seconds: float = 0, hold_seconds: int = 60) -> Sequence[Delivery]:
        """Take up to ``limit`` messages, waiting up to ``wait_seconds`` for the first.

        Each is held for ``hold_seconds``; if by then it is neither done nor extended, it is delivered again.
        """
        ...

    async def extend(self, delivery: Delivery, seconds: int) -> bool:
        """Hold a delivery for so many seconds from now on; 0 gives it back. Returns whether it was still held."""
        ...

    async def done(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """Remove messages for good. Returns those that could not be removed, which will come again."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobNotice:
    """That there may be something to do for a job, in the hands of a worker. The store knows what, and whether.

    Attributes:
        id: The notice's name, for the queue's own bookkeeping.
        handle: What the queue needs to know the notice again.
    """

    job_id: str
    id: str
    handle: str


class JobQueue(Protocol):
    """Notices that jobs are to be looked at: in no order, perhaps more than once, and now and then not at all."""

    async def send(self, job_id: str, *, delay_seconds: float = 0) -> None:
        """Have some worker look at a job, after so many seconds.

        Raises:
            BackendError: Perhaps nobody will be told. Sending it again is safe.
        """
        ...

    async def receive(self, *, limit: int = 10, wait_seconds: float = 0, hold_seconds: int = 60) -> Sequence[JobNotice]:
        """Take up to ``limit`` notices, waiting up to ``wait_seconds`` for the first.

        Each is held for ``hold_seconds``; if by then it is neither done nor extended, it comes again.
        """
        ...

    async def extend(self, notice: JobNotice, seconds: int) -> bool:
        """Hold a notice for so many seconds from now on; 0 gives it back. Returns whether it was still held."""
        ...

    async def done(self, notices: Sequence[JobNotice]) -> Sequence[JobNotice]:
        """Remove notices for good. Returns those that could not be removed, which will come again."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
