"""Connections that a gateway holds for us: who is at the other end, and which conversation they look at; the protocol.

Where sockets end in a gateway, no process has them: whoever wants to send looks here. An entry may outlive its socket,
as nobody is sure to be told of its end; sending then says so, and the entry is removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from switchboard.identity import Conversation, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A socket that a gateway holds.

    Attributes:
        id: The gateway's name for it.
        endpoint: Where the gateway takes what is to be sent through it.
        principal: Who opened it, as verified then.
        expires_at: Seconds since the epoch; by then the gateway has closed it.
        conversation: What it shows, once it has said hello.
    """

    id: str
    endpoint: str
    principal: Principal
    expires_at: float
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A connection, and whether it went on as was asked: it stood where the step begins, or had taken it before."""

    connection: Connection
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of a frame that was too large to be sent at once.

    Attributes:
        frame: Which frame: a name that the sender gives it, unique on the connection.
        index: Its place among the ``total`` parts, from 0.
    """

    frame: str
    index: int
    total: int
    data: str


class ConnectionStore(Protocol):
    """The open connections. Times are seconds since the epoch."""

    async def add(self, connection: Connection) -> None:
        """Remember a connection that was opened. Safe to repeat."""
        ...

    async def get(self, connection_id: str, *, now: float) -> Connection | None:
        """The connection, if it is known and can still be open."""
        ...

    async def join(self, connection_id: str, conversation: Conversation, *, now: float) -> bool:
        """From now on the connection shows a conversation. Returns whether it was there and showed no other."""
        ...

    async def step(self, connection_id: str, *, after: str, to: str, now: float) -> Step | None:
        """Let a connection go on from one mark to another, in a single request. It begins at the mark ``""``.

        Of two that step from the same mark one is taken; the same step can be repeated until another follows it.

        Returns:
            ``None`` if the connection is not known, or can't be open any more.
        """
        ...

    async def of(self, conversation: Conversation, *, now: float) -> Sequence[Connection]:
        """The connections that show a conversation, those that joined a moment ago among them."""
        ...

    async def remove(self, connection_id: str) -> None:
        """Forget a connection. Safe to repeat."""
        ...

    async def keep(self, connection_id: str, chunk: Chunk, *, most: int, until: float) -> str | None:
        """Keep a part of a frame until then. Safe to repeat.

        Args:
            most: Bytes of a whole frame, in UTF-8.

        Returns:
            The whole frame once all parts are there, which are then forgotten; ``None`` before.

        Raises:
            BadInput: It contradicts the parts that are there, or the frame becomes too large (status 413).
        """
        ...

    async def close(self) -> None:
        """Let go of connections of our own."""
        ...


def encoded_size(text: str) -> int:
    """Bytes of text in UTF-8, lone surrogates as the three that they would have."""
    return len(text.encode("utf-8", "surrogatepass"))
