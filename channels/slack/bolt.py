"""Slack's own framework: the assistant inside somebody's Bolt app, and what of Bolt our own server uses.

Bolt acknowledges an event before its listener runs, and knows no message again. So what is for the assistant is taken
by a listener's middleware, for which Bolt waits: it is acknowledged once it is written down, as everywhere else here.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from channels.slack.interactions import ABOUT_MESSAGE, COMMENT_FORM, FORM
from channels.slack.serving import ACK_SECONDS, FAILED, OK, Answered, Serving

if TYPE_CHECKING:
    from slack_bolt import App, BoltResponse
    from slack_bolt.async_app import AsyncApp

    from channels.slack.channel import SlackChannel
    from switchboard.assistant import Assistant

EVENTS = (
    "app_mention",
    "message",
    "assistant_thread_started",
    "app_home_opened",
    "app_uninstalled",
    "tokens_revoked",
)
COMMAND = "/ask"
PATIENCE = ACK_SECONDS + 1.0
"""Seconds after which a thread waits no longer for what the event loop makes of a request."""


@asynccontextmanager
async def attached(
    app: "App | AsyncApp", channel: "SlackChannel", assistant: "Assistant", *, command: str = COMMAND
) -> AsyncIterator[None]:
    """Have a Bolt app's people answered while the block lasts; to be entered on the assistant's event loop.

    Bolt asks listeners in the order in which they were added: what the app's own take, is theirs. Add them before.

    Args:
        app: Either kind; listeners of an `App` run in threads, and hand over to the event loop.
        command: The slash command for questions.
    """
    channel.share()
    serving = Serving(channel, assistant)
    attach(app, serving, command=command)
    try:
        yield
    finally:
        await serving.close()


def attach(app: "App | AsyncApp", serving: Serving, *, command: str = COMMAND) -> None:
    """Add listeners for all that is for the assistant; see `attached`."""
    if hasattr(app, "async_dispatch"):
        take: Callable[..., Any] = awaited(serving)
        unreached: Callable[..., Any] = _unreached_async
    else:
        take, unreached = threaded(serving, asyncio.get_running_loop()), _unreached
    first = [take]  # it answers, so that Bolt does not come to what stands behind it
    for event in EVENTS:
        app.event(event, middleware=first)(unreached)
    app.command(command, middleware=first)(unreached)
    app.shortcut(re.compile(f"^({FORM}|{ABOUT_MESSAGE})$"), middleware=first)(unreached)
    app.view(re.compile(f"^({FORM}|{COMMENT_FORM})$"), middleware=first)(unreached)
    app.action(re.compile("^sb-"), middleware=first)(unreached)


def awaited(serving: Serving) -> "Callable[[dict[str, Any]], Awaitable[BoltResponse]]":
    """A middleware for an `AsyncApp` that answers with what becomes of a request."""

    async def take(body: dict[str, Any]) -> "BoltResponse":
        return _response(await serving.receive(body))

    return take


def threaded(serving: Serving, loop: asyncio.AbstractEventLoop) -> "Callable[[dict[str, Any]], BoltResponse]":
    """The same for an `App`, whose threads wait for the event loop. What it is too busy for, Slack sends again."""

    def take(body: dict[str, Any]) -> "BoltResponse":
        future = asyncio.run_coroutine_threadsafe(serving.receive(body), loop)
        try:
            return _response(future.result(PATIENCE))
        except (FutureTimeout, CancelledError):
            return _response(Answered(status=FAILED))

    return take


def _response(answered: Answered) -> "BoltResponse":
    """What was taken is acknowledged, and so is what Slack need not send again as it would be no better then."""
    from slack_bolt import BoltResponse

    status = answered.status if answered.status >= FAILED else OK
    if answered.whisper:
        return BoltResponse(status=status, body={"response_type": "ephemeral", "text": answered.whisper})
    return BoltResponse(status=status, body=answered.text)


def _unreached() -> None:
    """A listener has to be something."""


async def _unreached_async() -> None:
    """The same for an `AsyncApp`."""
