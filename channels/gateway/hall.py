"""The hall: frames to one connection, or to all that show a conversation; whoever is gone is forgotten."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from channels.gateway.posting import Gone, Post
from channels.websocket.chunks import fitting
from channels.websocket.protocol import Response, write
from switchboard import BackendError, Conversation
from switchboard.connections import Connection, ConnectionStore

log = logging.getLogger("switchboard.channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom something has reached: so many have it, so many are there but could not be served."""

    reached: int = 0
    failed: int = 0

    @property
    def nobody(self) -> bool:
        """Whether nobody is there."""
        return not self.reached and not self.failed


class Hall:
    """Everybody who is connected."""

    def __init__(self, connections: ConnectionStore, post: Post, *, clock: Callable[[], float] = time.time) -> None:
        self.connections = connections
        self.clock = clock
        self._post = post

    async def send(self, connection: Connection, *responses: Response) -> bool:
        """Send frames, in order. Returns whether the connection is still there.

        Raises:
            BackendError: They did not all arrive, or nobody knows.
        """
        try:
            for response in responses:
                for text in fitting(write(response), name=secrets.token_hex(8)):
                    await self._post.send(connection, text)
        except Gone:
            await self.connections.remove(connection.id)
            return False
        return True

    async def tell(self, conversation: Conversation, *responses: Response, but: str = "") -> Reach:
        """Send frames to all that show the conversation, side by side, except the connection ``but``.

        Raises:
            BackendError: It could not be looked up who that is.
        """
        there = await self.connections.of(conversation, now=self.clock())
        sent = await asyncio.gather(*(self._tried(each, responses) for each in there if each.id != but))
        return Reach(reached=sent.count(True), failed=sent.count(None))

    async def close(self) -> None:
        """Let go of connections of our own."""
        await self.connections.close()
        await self._post.close()

    async def _tried(self, connection: Connection, responses: tuple[Response, ...]) -> bool | None:
        """Whether a connection was there; ``None`` if nobody knows. One that can't be served keeps no other waiting."""
        try:
            return await self.send(connection, *responses)
        except BackendError as error:
            log.warning("a window was not served, it asks for what it misses: %s", error)
            return None
