"""The Lambda function that answers what is in the queue; it tells SQS which messages are to come again.

Its event source mapping needs ``ReportBatchItemFailures``. What does not fit the function's time is given back, and
the turn goes on wherever the message comes next, once its lease has run out. ``CHANNELS`` names the channels, with
commas, through which replies are sent; the settings come from variables, as everywhere.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from infra.functions.deferring import quick_start
from infra.functions.starting import Started
from stores.sqs import batch_failures
from switchboard.settings import Settings

if TYPE_CHECKING:
    from agent.assistant import SwitchboardAssistant
    from agent.consuming import Consuming
    from stores.sqs import SqsQueue

MARGIN_SECONDS = 5.0
"""Of the function's time, for giving back what did not end and for sending replies."""
LAST_SECONDS = 1.0
"""Of that, for the answer."""

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


class Context(Protocol):
    """What Lambda says of a call."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is ended."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a warm function has from the call before."""

    queue: "SqsQueue"
    assistant: "SwitchboardAssistant"
    consuming: "Consuming"


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Answer the messages of an event."""
    return _runner.run(_answer(event, context))


async def _answer(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    kept = await _kept()
    received, broken = await kept.queue.deliveries(event)
    failed = await kept.consuming.handle(received, seconds=_left(context) - MARGIN_SECONDS)
    await kept.assistant.sending.flush(max(0.0, _left(context) - LAST_SECONDS))
    return batch_failures(received, broken, failed)


def _left(context: Context) -> float:
    return context.get_remaining_time_in_millis() / 1_000


@quick_start()
def _made(settings: Settings) -> Kept:
    from agent.assistant import build
    from agent.consuming import Consuming, leaving_early
    from agent.refusing import Refusing
    from agent.showing import Shown
    from switchboard.plugins import Setup

    setup = Setup(settings)
    names = [name for name in os.environ.get("CHANNELS", "").split(",") if name]
    channels = {name: setup.channel(name) for name in names}
    assistant = build(settings, setup, channels=channels)
    queue = setup.backend("message_queue")
    refused, early = Refusing(channels), leaving_early(settings)
    consuming = Consuming(queue, Shown(assistant, channels), refused=refused, early=early)
    return Kept(queue=queue, assistant=assistant, consuming=consuming)


_kept = Started(_made, lambda kept: kept.assistant.close())
