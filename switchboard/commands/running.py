"""Having an assistant for as long as a command needs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from switchboard.plugins import Setup

if TYPE_CHECKING:
    from agent.assistant import SwitchboardAssistant


@asynccontextmanager
async def assistant(setup: Setup) -> AsyncIterator["SwitchboardAssistant"]:
    """The assistant that the settings describe, closed in good order afterwards."""
    from agent.assistant import build

    made = build(setup.settings, setup)
    try:
        yield made
    finally:
        await made.close()
