"""Connections in memory: those of one process, such as a test's or a bridge's, forgotten when it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from switchboard.connections import Chunk, Connection, Step, encoded_size
from switchboard.errors import BadInput
from switchboard.identity import Conversation

CONTRADICTS = "A part of that frame contradicts the others. Send it anew."
TOO_LARGE = "That frame is too large. Shorten the message, or attach it as a file."


@dataclass(slots=True, kw_only=True)
class _Parts:
    total: int
    there: dict[int, str] = field(default_factory=dict)


class MemoryConnectionStore:
    """A `ConnectionStore` in dictionaries."""

    def __init__(self) -> None:
        self._connections: dict[str, Connection] = {}
        self._parts: dict[tuple[str, str], _Parts] = {}
        self._marks: dict[str, str] = {}

    async def add(self, connection: Connection) -> None:
        """See `ConnectionStore.add`."""
        self._connections.setdefault(connection.id, connection)

    async def get(self, connection_id: str, *, now: float) -> Connection | None:
        """See `ConnectionStore.get`."""
        found = self._connections.get(connection_id)
        return found if found is not None and found.expires_at > now else None

    async def join(self, connection_id: str, conversation: Conversation, *, now: float) -> bool:
        """See `ConnectionStore.join`."""
        found = await self.get(connection_id, now=now)
        if found is None or found.conversation not in (None, conversation):
            return False
        self._connections[connection_id] = replace(found, conversation=conversation)
        return True

    async def step(self, connection_id: str, *, after: str, to: str, now: float) -> Step | None:
        """See `ConnectionStore.step`."""
        found = await self.get(connection_id, now=now)
        if found is None:
            return None
        taken = self._marks.get(connection_id, "") in (after, to)
        if taken:
            self._marks[connection_id] = to
        return Step(connection=found, taken=taken)

    async def of(self, conversation: Conversation, *, now: float) -> Sequence[Connection]:
        """See `ConnectionStore.of`."""
        return [
            each for each in self._connections.values() if each.conversation == conversation and each.expires_at > now
        ]

    async def remove(self, connection_id: str) -> None:
        """See `ConnectionStore.remove`."""
        self._connections.pop(connection_id, None)
        self._marks.pop(connection_id, None)
        for key in [key for key in self._parts if key[0] == connection_id]:
            del self._parts[key]

    async def keep(self, connection_id: str, chunk: Chunk, *, most: int, until: float) -> str | None:
        """See `ConnectionStore.keep`. Parts of a frame that never became whole go with their connection."""
        key = (connection_id, chunk.frame)
        parts = self._parts.get(key) or _Parts(total=chunk.total)
        if parts.total != chunk.total or parts.there.get(chunk.index, chunk.data) != chunk.data:
            raise BadInput(CONTRADICTS)
        there = {**parts.there, chunk.index: chunk.data}
        if sum(map(encoded_size, there.values())) > most:
            raise BadInput(TOO_LARGE, status=413)
        parts.there = there
        self._parts[key] = parts
        if len(there) < chunk.total:
            return None
        del self._parts[key]
        return "".join(there[index] for index in sorted(there))

    async def close(self) -> None:
        """See `ConnectionStore.close`."""
