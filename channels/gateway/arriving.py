"""A frame's arrival: whose it is, what it asks for, and whether a message comes in its turn.

A gateway hands each frame to a process of its own, so two messages race. Each answer to a message brings a mark, which
the next message has to show. Nobody knows a mark before that answer, so whoever shows it has waited for it: no message
is put into the queue while one before it is on its way there. Looking costs no request, as it is the one for the
connection.
"""

import hashlib
import hmac
from dataclasses import dataclass

from channels.gateway.hall import Hall
from channels.websocket import protocol as p
from channels.websocket import texts
from switchboard import SwitchboardError
from switchboard.connections import Chunk, Connection

LARGEST = 131_072
"""Bytes of what a client says in chunks."""
CHUNK_SECONDS = 60.0
_PURPOSE = b"switchboard order 1\0"
_MARK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A frame of a connection that is known.

    Attributes:
        request: What it asks for; ``None`` for nothing yet, as other chunks are missing, or where it is refused.
        next: Of a message that came in its turn, what the next one shows.
        refused: Why it is not done.
    """

    connection: Connection
    request: p.Request | None = None
    next: str = ""
    refused: SwitchboardError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Takes frames in. ``secret`` makes the marks."""

    hall: Hall
    bounds: p.Bounds
    secret: bytes

    async def of(self, connection_id: str, text: str | None) -> Arrival | None:
        """A frame, or with ``None`` one that is not text; ``None`` where the connection is not known."""
        request: p.Request | None = None
        refused: SwitchboardError | None = None
        try:
            request = self._read(text)
        except p.BadFrame as error:
            refused = error
        if isinstance(request, p.Say):
            return await self._in_turn(request, connection_id)
        connection = await self.hall.connections.get(connection_id, now=self.hall.clock())
        if connection is None:
            return None
        if isinstance(request, p.Chunk):
            try:
                request = await self._joined(request, connection)
            except SwitchboardError as error:
                request, refused = None, error
        if isinstance(request, p.Say):
            return await self._in_turn(request, connection_id)
        return Arrival(connection=connection, request=request, refused=refused)

    def _read(self, text: str | None) -> p.Request:
        if text is None:
            raise p.BadFrame(texts.BINARY, code="malformed")
        return p.read(text, bounds=self.bounds)

    async def _joined(self, part: p.Chunk, connection: Connection) -> p.Request | None:
        chunk = Chunk(frame=part.frame, index=part.index, total=part.total, data=part.data)
        until = self.hall.clock() + CHUNK_SECONDS
        whole = await self.hall.connections.keep(connection.id, chunk, most=LARGEST, until=until)
        if whole is None:
            return None
        request = self._read(whole)
        if isinstance(request, p.Chunk):
            raise p.BadFrame(texts.BAD_MEMBERS, code="malformed")
        return request

    async def _in_turn(self, request: p.Say, connection_id: str) -> Arrival | None:
        """A message, which may come again until another has followed it."""
        mark = self._mark(connection_id, request.id)
        hall = self.hall
        step = await hall.connections.step(connection_id, after=request.after, to=mark, now=hall.clock())
        if step is None:
            return None
        if not step.taken:
            refused = p.BadFrame(texts.OUT_OF_ORDER, code="out_of_order", about=request.id)
            return Arrival(connection=step.connection, refused=refused)
        return Arrival(connection=step.connection, request=request, next=mark)

    def _mark(self, connection_id: str, message_id: str) -> str:
        said = f"{connection_id}\0{message_id}".encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, _PURPOSE + said, hashlib.sha256).hexdigest()[:_MARK]
