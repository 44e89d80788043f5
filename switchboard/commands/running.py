"""Having an assistant for as long as a command needs it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from switchboard.commands import texts
from switchboard.plugins import Setup

if TYPE_CHECKING:
    from agent.assistant import SwitchboardAssistant


@asynccontextmanager
async def assistant(setup: Setup) -> AsyncIterator["SwitchboardAssistant"]:
    """The assistant that the settings describe, closed in good order afterwards."""
    with _starting():
        from agent.assistant import build

        made = build(setup.settings, setup)
    try:
        yield made
    finally:
        await made.close()


@contextmanager
def _starting() -> Iterator[None]:
    """Say on standard error that it takes a moment, if somebody looks."""
    from channels.terminal.console import stderr_console

    console = stderr_console()
    if not console.is_terminal:
        yield
        return
    with console.status(texts.STARTING):
        yield
