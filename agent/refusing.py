"""Telling a person, on the channel from which a message came, that it was not taken and why."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from switchboard.channels import Channel
from switchboard.errors import DeliveryFailed, Late, SwitchboardError
from switchboard.messages import Message
from switchboard.reply import Reply

log = logging.getLogger("switchboard.agent")


class Refusing:
    """What `agent.consuming.Consuming` tells refusals to.

    Args:
        channels: Those of this process, by name.
        seconds: Most that one sending may take.
    """

    def __init__(self, channels: Mapping[str, Channel[Any, Any]], *, seconds: float = 30.0) -> None:
        self._channels = channels
        self._seconds = seconds

    async def __call__(self, message: Message, error: SwitchboardError) -> None:
        """Send the error's sentence. Where nothing can be sent, because replies are fetched, nothing is.

        Raises:
            DeliveryFailed: It did not arrive, and may if it is sent again, or from elsewhere.
            Late: It is not known whether it did.
        """
        name = message.conversation.channel
        log.info("a message on %s was not taken (%s)", name, type(error).__name__)
        if not message.push:
            return
        channel = self._channels.get(name)
        if channel is None:
            raise DeliveryFailed(channel=name, why="this process does not serve it", retryable=True)
        parts = channel.render(Reply(text=error.user_text, status="failed"))
        try:
            async with asyncio.timeout(self._seconds):
                receipt = await channel.send(message, parts)
        except TimeoutError:
            raise Late(what=f"sending on {name}", seconds=self._seconds) from None
        if receipt.delivered:
            return
        if receipt.retry_after is not None:
            raise DeliveryFailed(channel=name, why=receipt.why, retryable=True, retry_after=receipt.retry_after)
        log.warning("a person on %s could not be told that a message was not taken: %s", name, receipt.why)
