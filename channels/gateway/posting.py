"""Sending through a gateway: a text to one connection; a socket that is gone is told from a gateway that is busy."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from stores.aws import AwsClient, AwsError
from switchboard.connections import Connection

PAUSES = (0.25, 0.5, 1.0, 2.0)
"""Seconds, give or take a half, before a text is sent again that the gateway had no room for; the SDK has tried too."""


class Gone(Exception):
    """Nobody is at the other end any more."""


class Post(Protocol):
    """What takes texts to connections."""

    async def send(self, connection: Connection, text: str) -> None:
        """Send a text.

        Raises:
            Gone: The connection is closed.
            BackendError: It did not arrive, or nobody knows.
        """
        ...

    async def close(self) -> None:
        """Let go of connections of our own."""
        ...


class GatewayPost:
    """A `Post` through API Gateway.

    Args:
        client: Makes the client of an endpoint.
        endpoint: Used for all connections instead of their own.
    """

    def __init__(
        self,
        client: Callable[[str], AwsClient],
        *,
        endpoint: str = "",
        pauses: Sequence[float] = PAUSES,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._pauses = pauses
        self._pause = pause
        self._clients: dict[str, AwsClient] = {}

    async def send(self, connection: Connection, text: str) -> None:
        """See `Post.send`."""
        endpoint = self._endpoint or connection.endpoint
        if endpoint not in self._clients:
            self._clients[endpoint] = self._client(endpoint)
        pauses = iter(self._pauses)
        while True:
            try:
                await self._clients[endpoint].call("post_to_connection", ConnectionId=connection.id, Data=text.encode())
            except AwsError as error:
                if error.code == "GoneException":
                    raise Gone from None
                seconds = next(pauses, None)
                if seconds is None or not error.retryable:
                    raise
                await self._pause(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
            else:
                return

    async def close(self) -> None:
        """See `Post.close`."""
        for client in self._clients.values():
            await client.close()
