"""Socket Mode: what Slack would send over HTTP, over a connection that we open, with Slack's own library.

An envelope is acknowledged once what is in it was taken; one that was not comes again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from channels.slack.api import OURS
from channels.slack.serving import ACK_SECONDS, FAILED, Serving
from switchboard import ConfigError

if TYPE_CHECKING:
    from slack_sdk.socket_mode import SocketModeClient
    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

    from channels.slack.settings import SlackSettings

log = logging.getLogger("switchboard.channels")

PATIENCE = ACK_SECONDS + 1.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


@asynccontextmanager
async def connected(serving: Serving, settings: "SlackSettings") -> AsyncIterator[None]:
    """A connection while the block lasts; it is opened anew whenever Slack or the network ends it.

    Raises:
        ConfigError: Slack does not know the app's token.
    """
    from slack_sdk import WebClient
    from slack_sdk.socket_mode import SocketModeClient

    token = settings.app_token.get_secret_value()
    quiet = logging.getLogger("switchboard.slack_sdk")
    quiet.setLevel(logging.WARNING)
    client = SocketModeClient(app_token=token, web_client=WebClient(base_url=settings.api_url), logger=quiet)
    client.socket_mode_request_listeners.append(_Listener(serving, asyncio.get_running_loop()))
    try:
        await _connect(client)
        yield
    finally:
        await asyncio.to_thread(client.close)


async def _connect(client: "SocketModeClient") -> None:
    """Open the first connection, however long that takes, unless Slack refuses the token."""
    from slack_sdk.errors import SlackApiError

    pause = FIRST_PAUSE
    while True:
        try:
            await asyncio.to_thread(client.connect)
        except SlackApiError as error:
            code = str(error.response.get("error", ""))
            if code in OURS or code.startswith("not_allowed"):
                raise ConfigError(
                    f"Slack does not accept the app token ({code}).",
                    fix="Make one with the scope connections:write, under Basic Information, App-Level Tokens.",
                    where="channels.slack.app_token",
                ) from None
            log.warning("Slack can't be connected to yet: %s", code)
        except OSError as error:
            log.warning("Slack can't be connected to yet: %s", type(error).__name__)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


class _Listener:
    """Hands envelopes from the library's threads to the event loop, and acknowledges them."""

    def __init__(self, serving: Serving, loop: asyncio.AbstractEventLoop) -> None:
        self._serving = serving
        self._loop = loop

    def __call__(self, client: "BaseSocketModeClient", request: "SocketModeRequest") -> None:
        """Take one envelope."""
        from slack_sdk.socket_mode.response import SocketModeResponse

        payload = request.payload if isinstance(request.payload, dict) else {}
        future = asyncio.run_coroutine_threadsafe(self._serving.receive(payload), self._loop)
        try:
            answered = future.result(PATIENCE)
        except (FutureTimeout, CancelledError):
            return
        if answered.status < FAILED:
            whisper = {"text": answered.whisper} if answered.whisper else None
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload=whisper))
