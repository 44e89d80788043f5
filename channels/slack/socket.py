"""Socket Mode: what Slack would send over HTTP, over a connection that Slack's own framework opens and keeps.

An envelope is acknowledged once what is in it was taken; one that was not comes again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from channels.slack.api import OURS
from channels.slack.bolt import threaded
from channels.slack.serving import Serving
from switchboard import ConfigError

if TYPE_CHECKING:
    from slack_sdk.socket_mode import SocketModeClient

    from channels.slack.settings import SlackSettings

log = logging.getLogger("switchboard.channels")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


@asynccontextmanager
async def connected(serving: Serving, settings: "SlackSettings") -> AsyncIterator[None]:
    """A connection while the block lasts; it is opened anew whenever Slack or the network ends it.

    Raises:
        ConfigError: Slack does not know the app's token.
    """
    from slack_bolt import App
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_sdk import WebClient

    quiet = logging.getLogger("switchboard.slack_sdk")
    quiet.setLevel(logging.WARNING)
    token = settings.app_token.get_secret_value()
    web = WebClient(token=token, base_url=settings.api_url)
    # All that comes is ours, so it gets no further in Bolt, which would ask Slack who we are before it goes on.
    take = threaded(serving, asyncio.get_running_loop())
    app = App(client=web, token_verification_enabled=False, before_authorize=take, logger=quiet)
    client = SocketModeHandler(app, token, web_client=web, logger=quiet).client
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
