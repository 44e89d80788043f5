"""Taking messages in where others answer them: verified, parsed, queued and acknowledged, without the agent.

What a platform calls has a few seconds and may be called twice. So nothing heavy is imported here, and nothing is said
to be taken before the queue has it: whoever is told to try again may, since the queue takes each message once.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from switchboard.channels import Channel
from switchboard.errors import BackendError, BadInput, Refused
from switchboard.queues import MessageQueue

log = logging.getLogger("switchboard.channels")

Payload = TypeVar("Payload")

TAKEN, FORBIDDEN, UNAVAILABLE = 200, 403, 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a platform posted to our address, as it came: the payload of channels that are called so.

    Attributes:
        headers: By name in lower case. Untrusted, as all of it, until the channel has checked the signature.
        body: The bytes that were signed.
        received_at: Seconds since the epoch.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes
    received_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a payload.

    Attributes:
        status: The HTTP status that says it to the platform.
        messages: How many messages the queue has. Where the status is 503, those before the one that failed.
        text: What is wrong, in words for people; empty if nothing is.
    """

    status: int
    messages: int = 0
    text: str = ""


class Receiver(Generic[Payload]):
    """Puts what comes in on a channel into the queue of those that answer."""

    def __init__(self, channel: Channel[Payload, Any], queue: MessageQueue) -> None:
        self._channel = channel
        self._queue = queue

    async def receive(self, payload: Payload) -> Received:
        """Queue a payload's messages, in order. Safe to repeat."""
        try:
            messages = self._channel.parse(payload)
        except Refused as error:
            log.warning("a payload on %s was refused by %s", self._channel.name, error.policy)
            return Received(status=FORBIDDEN, text=error.user_text)
        except BadInput as error:
            return Received(status=error.status, text=error.user_text)
        for queued, message in enumerate(messages):
            try:
                await self._queue.send(message)
            except BackendError as error:
                log.warning("a message on %s could not be queued: %s", self._channel.name, error)
                return Received(status=UNAVAILABLE, messages=queued, text=error.user_text)
        return Received(status=TAKEN, messages=len(messages))

    async def close(self) -> None:
        """Let go of the queue."""
        await self._queue.close()
