"""The Lambda function that a schedule calls, once a minute or so: it takes up what died before it was done.

A message whose worker died is answered, a job whose notice was lost is announced again, a reply that was not delivered
is sent. What answers and works sees to that all the time; functions are frozen between calls, so somebody has to look.
``CHANNELS`` is as for the function that answers.
"""

import asyncio
import os
from typing import TYPE_CHECKING

from infra.functions.answer import Context
from infra.functions.starting import Started
from switchboard.settings import Settings

if TYPE_CHECKING:
    from agent.assistant import SwitchboardAssistant

MARGIN_SECONDS = 10.0
"""Of the function's time, for handing over what did not end."""

_runner = asyncio.Runner()


def handler(event: object, context: Context) -> None:
    """Look once; what the schedule sends does not matter."""
    _runner.run(_tidy(context.get_remaining_time_in_millis() / 1_000 - MARGIN_SECONDS))


async def _tidy(seconds: float) -> None:
    assistant = await _kept()
    await assistant.tidy(seconds=max(1.0, seconds))


def _made(settings: Settings) -> "SwitchboardAssistant":
    from agent.assistant import build
    from switchboard.plugins import Setup

    setup = Setup(settings)
    names = [name for name in os.environ.get("CHANNELS", "").split(",") if name]
    return build(settings, setup, channels={name: setup.channel(name) for name in names})


_kept = Started(_made, lambda assistant: assistant.close())
