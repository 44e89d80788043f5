"""Having an assistant for as long as a command needs it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from switchboard.commands import texts
from switchboard.plugins import Setup

if TYPE_CHECKING:
    from agent.assistant import SwitchboardAssistant
    from switchboard.channels import Channel


@asynccontextmanager
async def assistant(
    setup: Setup,
    *,
    channels: Mapping[str, "Channel[Any, Any]"] | None = None,
    works: bool = False,
    hands_over: bool = False,
) -> AsyncIterator["SwitchboardAssistant"]:
    """The assistant that the settings describe, closed in good order afterwards.

    Args:
        channels: Those through which replies can be sent from here, by name.
        works: Whether it takes jobs and sends what is due.
        hands_over: Whether turns that have not ended when the command does go on in the next process that works.
    """
    with _starting():
        from agent.assistant import build

        made = build(setup.settings, setup, channels=channels)
    try:
        if works:
            made.work()
        yield made
    finally:
        await made.close(hand_over=hands_over)


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
