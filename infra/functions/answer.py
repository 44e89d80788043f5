"""The Lambda function that answers what is in the queue; it tells SQS which messages are to come again.

Its event source mapping needs ``ReportBatchItemFailures``. What does not fit the function's time is given back, and
the turn goes on wherever the message comes next, once its lease has run out.
"""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from stores.sqs import batch_failures

if TYPE_CHECKING:
    from agent.consuming import Consuming
    from stores.sqs import SqsQueue

MARGIN_SECONDS = 3.0
"""Of the function's time, for giving back what did not end."""

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


class Context(Protocol):
    """What Lambda says of a call."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is ended."""
        ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Answer the messages of an event."""
    return _runner.run(_answer(event, context.get_remaining_time_in_millis() / 1_000 - MARGIN_SECONDS))


async def _answer(event: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    queue, consuming = _kept()
    received, broken = await queue.deliveries(event)
    failed = await consuming.handle(received, seconds=seconds)
    return batch_failures(received, broken, failed)


@cache
def _kept() -> "tuple[SqsQueue, Consuming]":
    from agent.assistant import build
    from agent.consuming import Consuming
    from agent.refusing import Refusing
    from switchboard.plugins import Setup
    from switchboard.settings import load

    setup = Setup(load())
    queue = setup.backend("message_queue")
    return queue, Consuming(queue, build(setup.settings, setup), refused=Refusing(setup))
