"""Telling a person, on the channel from which a message came, that it was not taken and why."""

import logging
from typing import Any

from switchboard.errors import DeliveryFailed, SwitchboardError
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.reply import Reply

log = logging.getLogger("switchboard.agent")


class Refusing:
    """What `agent.consuming.Consuming` tells refusals to; each channel is made once."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._channels: dict[str, Any] = {}

    async def __call__(self, message: Message, error: SwitchboardError) -> None:
        """Send the error's sentence. Where nothing can be sent, because replies are fetched, nothing is.

        Raises:
            DeliveryFailed: It did not arrive, and may if it is sent again.
        """
        name = message.conversation.channel
        log.info("a message on %s was not taken (%s)", name, type(error).__name__)
        if not message.push:
            return
        if name not in self._channels:
            self._channels[name] = self._setup.channel(name)
        channel = self._channels[name]
        receipt = await channel.send(message, channel.render(Reply(text=error.user_text, status="failed")))
        if receipt.delivered:
            return
        if receipt.retry_after is not None:
            raise DeliveryFailed(channel=name, why=receipt.why, retryable=True, retry_after=receipt.retry_after)
        log.warning("a person on %s could not be told that a message was not taken: %s", name, receipt.why)
