"""Conversations in a SQLite file: the inbox as a row that is compared and swapped, and what belongs to it beside it."""

import json
import math
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from stores.sqlite.database import Database
from stores.sqlite.rows import LARGEST, exact, load, load_event, name, pack, unpack, whole
from stores.sqlite.schema import CONVERSATIONS
from stores.summaries import first_text, used_at
from switchboard import wire
from switchboard.errors import Fenced
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId
from switchboard.storage import Change, ConversationSummary, Inbox, Snapshot, Turn

_READ = """
    SELECT c.inbox, t.body, m.body FROM conversations c
    LEFT JOIN turns t ON t.conversation = c.id AND t.message = ?
    LEFT JOIN memories m ON m.conversation = c.id AND ?
    WHERE c.key = ?
"""
_LIST = """
    SELECT c.key, c.inbox, c.updated_at, c.first_text,
        (SELECT json_group_array(hex(p.principal)) FROM participants p WHERE p.conversation = c.id)
    FROM conversations c WHERE c.tenant = ? AND c.updated_at <= ?
    ORDER BY c.updated_at DESC, c.key LIMIT ?
"""
NEVER = math.inf
"""When a conversation with nothing but dead letters sends."""
_LIST_OF_ONE = """
    SELECT c.key, c.inbox, c.updated_at, c.first_text,
        (SELECT json_group_array(hex(p.principal)) FROM participants p WHERE p.conversation = c.id)
    FROM participants mine CROSS JOIN conversations c ON c.id = mine.conversation
    WHERE mine.principal = ? AND c.tenant = ? AND c.updated_at <= ?
    ORDER BY c.updated_at DESC, c.key LIMIT ?
"""


class SqliteConversationStore:
    """A `ConversationStore` in a SQLite file on a local disk, which several stores and processes may share.

    Raises:
        ConfigError: The file can't be opened, is not one of ours, or comes from a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, schema=CONVERSATIONS)

    async def read(
        self, conversation: Conversation, message_id: MessageId | None = None, *, memory: bool = False
    ) -> Snapshot:
        """See `ConversationStore.read`."""

        def work(connection: sqlite3.Connection) -> Snapshot:
            row = connection.execute(_READ, (exact(message_id), memory, conversation.key)).fetchone()
            if row is None:
                return Snapshot(inbox=Inbox())
            inbox, turn, remembered = row
            return Snapshot(
                inbox=load(Inbox, inbox), turn=None if turn is None else unpack(Turn, turn), memory=remembered
            )

        return await self._database.read("conversations", "read", work)

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """See `ConversationStore.turn`."""
        return (await self.read(conversation, message_id)).turn

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        """See `ConversationStore.commit`."""

        def work(connection: sqlite3.Connection) -> bool:
            row = _swap_inbox(connection, conversation, change.inbox, change.follows)
            if row is not None:
                _write_rest(connection, row, change)
            return row is not None

        return await self._database.write("conversations", "commit", work)

    async def memory(self, conversation: Conversation) -> bytes | None:
        """See `ConversationStore.memory`."""
        query = "SELECT m.body FROM conversations c JOIN memories m ON m.conversation = c.id WHERE c.key = ?"

        def work(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute(query, (conversation.key,)).fetchone()
            return None if row is None else bytes(row[0])

        return await self._database.read("conversations", "memory", work)

    async def append_events(
        self, conversation: Conversation, message_id: MessageId, fence: int, events: Sequence[Event]
    ) -> None:
        """See `ConversationStore.append_events`."""
        holder = "SELECT id FROM conversations WHERE key = ? AND fence = ? AND answering = ?"
        insert = "INSERT INTO events (conversation, message, seq, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        message = exact(message_id)
        rows = [(event.seq, wire.dumps(event)) for event in events]

        def work(connection: sqlite3.Connection) -> None:
            found = connection.execute(holder, (conversation.key, fence, message)).fetchone()
            if found is None:
                raise Fenced(operation="append_events")
            connection.executemany(insert, [(found[0], message, seq, body) for seq, body in rows])

        await self._database.write("conversations", "append_events", work)

    async def events(self, conversation: Conversation, message_id: MessageId, after: int = 0) -> Sequence[Event]:
        """See `ConversationStore.events`."""
        query = (
            "SELECT e.body FROM conversations c JOIN events e ON e.conversation = c.id"
            " WHERE c.key = ? AND e.message = ? AND e.seq > ? ORDER BY e.seq"
        )

        def work(connection: sqlite3.Connection) -> list[Event]:
            rows = connection.execute(query, (conversation.key, exact(message_id), whole(after)))
            return [load_event(body) for (body,) in rows]

        return await self._database.read("conversations", "events", work)

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `ConversationStore.transcript`."""
        query = (
            "SELECT t.body FROM conversations c JOIN turns t ON t.conversation = c.id"
            " WHERE c.key = ? AND t.number < ? ORDER BY t.number DESC LIMIT ?"
        )
        end = LARGEST if before is None else whole(before)

        def work(connection: sqlite3.Connection) -> list[Turn]:
            rows = connection.execute(query, (conversation.key, end, whole(max(0, limit)))).fetchall()
            return [unpack(Turn, body) for (body,) in reversed(rows)]

        return await self._database.read("conversations", "transcript", work)

    async def list_conversations(
        self, *, tenant: str, principal: str | None = None, before: float | None = None, limit: int = 100
    ) -> Sequence[ConversationSummary]:
        """See `ConversationStore.list_conversations`."""
        latest = math.inf if before is None else math.nextafter(before, -math.inf)
        values: tuple[bytes | int | float, ...] = (exact(tenant), latest, whole(max(0, limit)))
        if principal is not None:
            values = (exact(principal), *values)
        query = _LIST if principal is None else _LIST_OF_ONE

        def work(connection: sqlite3.Connection) -> list[ConversationSummary]:
            return [_summary(*row) for row in connection.execute(query, values)]

        return await self._database.read("conversations", "list_conversations", work)

    async def pending(self, *, tenant: str, limit: int = 1000) -> Sequence[Conversation]:
        """See `ConversationStore.pending`."""
        query = "SELECT key FROM conversations WHERE tenant = ? AND pending ORDER BY updated_at, key LIMIT ?"

        def work(connection: sqlite3.Connection) -> list[Conversation]:
            rows = connection.execute(query, (exact(tenant), whole(max(0, limit))))
            return [Conversation.from_key(key) for (key,) in rows]

        return await self._database.read("conversations", "pending", work)

    async def outgoing(
        self, *, tenant: str, channel: str, before: float | None = None, limit: int = 100
    ) -> Sequence[Conversation]:
        """See `ConversationStore.outgoing`."""
        query = (
            "SELECT key FROM conversations WHERE tenant = ? AND channel = ? AND sends_at <= ?"
            " ORDER BY sends_at, key LIMIT ?"
        )
        latest = NEVER if before is None else before
        values = (exact(tenant), exact(channel), latest, whole(max(0, limit)))

        def work(connection: sqlite3.Connection) -> list[Conversation]:
            return [Conversation.from_key(key) for (key,) in connection.execute(query, values)]

        return await self._database.read("conversations", "outgoing", work)

    async def delete(self, conversation: Conversation) -> bool:
        """See `ConversationStore.delete`. What it held is overwritten in the file, and the log is emptied."""

        def work(connection: sqlite3.Connection) -> bool:
            return connection.execute("DELETE FROM conversations WHERE key = ?", (conversation.key,)).rowcount > 0

        there = await self._database.write("conversations", "delete", work)
        await self._database.shrink_log()
        return there

    async def close(self) -> None:
        """See `ConversationStore.close`."""
        await self._database.close()


def _swap_inbox(connection: sqlite3.Connection, conversation: Conversation, inbox: Inbox, follows: int) -> int | None:
    """Write the inbox if the stored version is ``follows``. Returns the conversation's row, or ``None``."""
    answering = exact(inbox.lease.message_id) if inbox.lease else None
    pending = inbox.lease is not None or bool(inbox.queue)
    sends_at = (NEVER if inbox.sends_at is None else inbox.sends_at) if inbox.outbox else None
    state = (inbox.version, inbox.fence, answering, pending, wire.dumps(inbox), sends_at)
    if follows == 0:
        statement = (
            "INSERT INTO conversations (version, fence, answering, pending, inbox, sends_at, key, tenant, channel)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
        )
        place = (conversation.key, exact(conversation.tenant), exact(conversation.channel))
        found = connection.execute(statement, (*state, *place)).fetchone()
    else:
        statement = (
            "UPDATE conversations SET version = ?, fence = ?, answering = ?, pending = ?, inbox = ?, sends_at = ?"
            " WHERE key = ? AND version = ? RETURNING id"
        )
        found = connection.execute(statement, (*state, conversation.key, follows)).fetchone()
    return None if found is None else int(found[0])


def _write_rest(connection: sqlite3.Connection, row: int, change: Change) -> None:
    """Write what a change holds besides the inbox."""
    for turn in change.turns:
        message = turn.message
        connection.execute(
            "INSERT INTO turns (conversation, message, number, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (conversation, message) DO UPDATE SET number = excluded.number, body = excluded.body",
            (row, exact(message.id), turn.number, pack(turn)),
        )
        connection.execute(
            "INSERT INTO participants (conversation, principal) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (row, exact(message.principal.id)),
        )
        connection.execute(
            "UPDATE conversations SET updated_at = max(updated_at, ?), first_text = coalesce(?, first_text)"
            " WHERE id = ?",
            (used_at(turn), json.dumps(first_text(turn)) if turn.number == 0 else None, row),
        )
    if change.memory is not None:
        connection.execute(
            "INSERT INTO memories (conversation, body) VALUES (?, ?)"
            " ON CONFLICT (conversation) DO UPDATE SET body = excluded.body",
            (row, change.memory),
        )
    for message_id in change.forget_events:
        connection.execute("DELETE FROM events WHERE conversation = ? AND message = ?", (row, exact(message_id)))


def _summary(key: str, inbox: str, updated_at: float, text: str, principals: str) -> ConversationSummary:
    return ConversationSummary(
        conversation=Conversation.from_key(key),
        principals=frozenset(name(bytes.fromhex(principal)) for principal in json.loads(principals)),
        turns=load(Inbox, inbox).turns,
        updated_at=updated_at,
        first_text=json.loads(text),
    )
