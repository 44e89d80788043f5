"""Slack listened to while a block lasts: by socket or over HTTP, as the settings say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from channels.slack.channel import SlackChannel
from channels.slack.serving import Serving
from channels.slack.settings import require
from switchboard.assistant import Assistant


@asynccontextmanager
async def serving(channel: SlackChannel, assistant: Assistant) -> AsyncIterator[str]:
    """Slack answered, by socket or by HTTP, while the block lasts. Gives where it is listened to.

    Raises:
        ConfigError: Something is missing or wrong in the settings.
    """
    require(channel.settings)
    takes = Serving(channel, assistant)
    try:
        if channel.settings.by_socket:
            from channels.slack.socket import connected

            async with connected(takes, channel.settings):
                yield "Socket Mode"
        else:
            from channels.slack.events import listening

            async with listening(takes, channel.settings) as address:
                yield address
    finally:
        with suppress(asyncio.CancelledError):
            await takes.close()
