"""Connections in a DynamoDB table: each an item of its own, and one in the list of its conversation.

The list is a partition, not an index, as an index is late: who says hello and sends a message at once must be found by
whoever answers it. All items expire by themselves, since nobody is sure to be told of a connection's end.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from stores.connections import CONTRADICTS, TOO_LARGE
from stores.dynamodb import keys
from stores.dynamodb.definition import EXPIRES
from stores.dynamodb.items import Item, Value, pack, unpack
from stores.dynamodb.table import Table
from switchboard.connections import Chunk, Connection, Step, encoded_size
from switchboard.errors import BadInput
from switchboard.identity import Conversation

_KEEP = (
    f"SET #part = :data, all_parts = :all, {EXPIRES} = :expires,"
    " kept_parts = if_not_exists(kept_parts, :none) + :one, kept_bytes = if_not_exists(kept_bytes, :none) + :bytes"
)
_FITS = (
    "attribute_not_exists(#part) AND (attribute_not_exists(all_parts) OR all_parts = :all)"
    " AND (attribute_not_exists(kept_bytes) OR kept_bytes <= :room)"
)

_STANDS = (
    "stands_at = :after OR stands_at = :to"
    " OR (attribute_exists(pk) AND attribute_not_exists(stands_at) AND :after = :first)"
)


class DynamoConnectionStore:
    """A `ConnectionStore` in a DynamoDB table, for any number of processes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def add(self, connection: Connection) -> None:
        """See `ConnectionStore.add`."""
        key = (keys.connection(connection.id), keys.CONNECTION)
        await self._table.update(
            key, f"SET body = :body, {EXPIRES} = :expires", "attribute_not_exists(pk)", _of(connection)
        )

    async def get(self, connection_id: str, *, now: float) -> Connection | None:
        """See `ConnectionStore.get`."""
        (record,) = await self._table.get((keys.connection(connection_id), keys.CONNECTION))
        found = None if record is None else unpack(Connection, record.body)
        return found if found is not None and found.expires_at > now else None

    async def join(self, connection_id: str, conversation: Conversation, *, now: float) -> bool:
        """See `ConnectionStore.join`. After a crash between the two writes, hello can be said again."""
        found = await self.get(connection_id, now=now)
        if found is None or found.conversation not in (None, conversation):
            return False
        joined = replace(found, conversation=conversation)
        values = _of(joined)
        key = (keys.connection(connection_id), keys.CONNECTION)
        held, _ = await self._table.update(key, "SET body = :body", "attribute_exists(pk)", {":body": values[":body"]})
        if not held:
            return False
        item: Item = {
            "pk": keys.audience(conversation),
            "sk": keys.bounded(connection_id),
            "body": values[":body"],
            EXPIRES: values[":expires"],
        }
        return await self._table.transact_if(key, "attribute_exists(pk)", {}, [self._table.put_action(item)])

    async def step(self, connection_id: str, *, after: str, to: str, now: float) -> Step | None:
        """See `ConnectionStore.step`."""
        key = (keys.connection(connection_id), keys.CONNECTION)
        values: dict[str, Value] = {":after": after, ":to": to, ":first": ""}
        held, there = await self._table.update(key, "SET stands_at = :to", _STANDS, values)
        found = unpack(Connection, _bytes(there)) if there else None
        if found is None or found.expires_at <= now:
            return None
        return Step(connection=found, taken=held)

    async def of(self, conversation: Conversation, *, now: float) -> Sequence[Connection]:
        """See `ConnectionStore.of`."""
        items = self._table.query("pk = :pk", {":pk": keys.audience(conversation)})
        found = [unpack(Connection, _bytes(item)) async for item in items]
        return [connection for connection in found if connection.expires_at > now]

    async def remove(self, connection_id: str) -> None:
        """See `ConnectionStore.remove`. Parts of frames expire."""
        key = (keys.connection(connection_id), keys.CONNECTION)
        (record,) = await self._table.get(key)
        if record is None:
            return
        conversation = unpack(Connection, record.body).conversation
        await self._table.delete(key, "attribute_exists(pk)", {})
        if conversation is not None:
            place = (keys.audience(conversation), keys.bounded(connection_id))
            await self._table.delete(place, "attribute_exists(pk)", {})

    async def keep(self, connection_id: str, chunk: Chunk, *, most: int, until: float) -> str | None:
        """See `ConnectionStore.keep`. Whoever adds the last part has them all; a part that comes twice counts once."""
        key, name = (keys.connection(connection_id), keys.chunks(chunk.frame)), f"part_{chunk.index}"
        data, size = chunk.data.encode("utf-8", "surrogatepass"), encoded_size(chunk.data)
        if size > most:
            raise BadInput(TOO_LARGE, status=413)
        values: dict[str, Value] = {
            ":data": data,
            ":all": chunk.total,
            ":expires": math.ceil(until),
            ":none": 0,
            ":one": 1,
            ":bytes": size,
            ":room": most - size,
        }
        held, there = await self._table.update(key, _KEEP.replace("#part", name), _FITS.replace("#part", name), values)
        if not held and there.get(name) != data:
            too_large = name not in there and there.get("all_parts") == chunk.total
            raise BadInput(TOO_LARGE, status=413) if too_large else BadInput(CONTRADICTS)
        if there.get("kept_parts") != chunk.total or there.get("all_parts") != chunk.total:
            return None
        await self._table.delete(key, "attribute_exists(pk)", {})
        return b"".join(_bytes(there, f"part_{index}") for index in range(chunk.total)).decode("utf-8", "surrogatepass")

    async def close(self) -> None:
        """See `ConnectionStore.close`."""
        await self._table.close()


def _of(connection: Connection) -> dict[str, Value]:
    return {":body": pack(connection), ":expires": math.ceil(connection.expires_at)}


def _bytes(item: Item, name: str = "body") -> bytes:
    found = item.get(name, b"")
    return found if isinstance(found, bytes) else b""
