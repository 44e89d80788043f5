"""Retention by age: once at the start and once a day, what has not been used for long is forgotten."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

from switchboard.errors import SwitchboardError

log = logging.getLogger("switchboard.agent")

DAY = 86_400.0


async def keep_for(
    days: int,
    forget_unused: Callable[[float], Awaitable[int]],
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> NoReturn:
    """Forget again and again, until cancelled. What goes wrong is logged and tried again the next day.

    Args:
        forget_unused: Forgets what was last used before a time, in seconds since the epoch; returns how much.
    """
    while True:
        try:
            if count := await forget_unused(clock() - days * DAY):
                log.info("forgot %d conversations that had not been used for %d days", count, days)
        except SwitchboardError as error:
            log.warning("unused conversations could not be forgotten, will try again tomorrow: %s", error)
        await sleep(DAY)
