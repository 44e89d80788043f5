"""Channels that fetch by themselves what people say: served beside the others, and begun again when they fail."""

import asyncio
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from switchboard.assistant import Assistant
from switchboard.boundary import attempt
from switchboard.channels import ServedChannel
from switchboard.commands import texts
from switchboard.errors import ConfigError, SwitchboardError
from switchboard.plugins import Setup

log = logging.getLogger("switchboard.channels")

Served: TypeAlias = "Mapping[str, ServedChannel[Any, Any]]"
LONGEST_PAUSE = 60.0
"""Seconds between two attempts, at most. After a channel was up for longer, pauses are short again."""


def chosen(setup: Setup, names: Sequence[str]) -> Served:
    """The channels of these names.

    Raises:
        ConfigError: One is not installed, not enabled, or not one that can be served.
    """
    made = {name: setup.channel(name) for name in names}
    for name, channel in made.items():
        if not isinstance(channel, ServedChannel):
            raise ConfigError(texts.not_served(name), fix=texts.NOT_SERVED_FIX, where="--channel")
    return made


@asynccontextmanager
async def listening(channels: Served, assistant: Assistant) -> AsyncIterator[None]:
    """Meanwhile, what people say on these channels is taken."""
    tasks = [asyncio.create_task(keep_up(name, channel, assistant)) for name, channel in channels.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep_up(
    name: str,
    channel: ServedChannel[Any, Any],
    assistant: Assistant,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] | None = None,
) -> None:
    """Serve a channel until cancelled. After a failure it is begun again, after a pause that doubles.

    Args:
        clock: Seconds, by which it is known how long the channel was up; the event loop's unless given.
    """
    clock = clock or asyncio.get_running_loop().time
    pause = 1.0
    while True:
        begun = clock()
        ended = await attempt(channel.serve(assistant))
        if clock() - begun > LONGEST_PAUSE:
            pause = 1.0
        _tell(name, ended, pause)
        await sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _tell(name: str, ended: Exception | None, pause: float) -> None:
    """One line on standard error, and the rest in the log: errors of libraries have tokens in their addresses."""
    if isinstance(ended, SwitchboardError):
        why = str(ended) if isinstance(ended, ConfigError) else ended.user_text
        log.warning("channel %s: %s", name, why)
    elif ended is None:
        why = texts.SERVED_NO_LONGER
        log.warning("channel %s ended by itself", name)
    else:
        incident = secrets.token_hex(4)
        why = texts.served_badly(type(ended).__name__, incident)
        log.error("channel %s failed, incident %s", name, incident, exc_info=ended)
    print(texts.served_again(name, why, pause), file=sys.stderr, flush=True)
