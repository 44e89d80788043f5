"""Events of running turns: bundles as they were appended, merged when read, gone by themselves after the turn."""

import json
import secrets
import time
import zlib
from collections.abc import Callable, Sequence

from stores.dynamodb import keys
from stores.dynamodb.items import Item, Key, damaged, record_items, whole
from stores.dynamodb.table import ALIVE, Table
from switchboard import wire
from switchboard.errors import BadInput, Fenced
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId

KEPT_SECONDS = 2 * 86_400
"""Twice the longest turn. Deleting is left to the table's time to live, which costs nothing."""


class EventLog:
    """The event logs of a table's conversations.

    Forgetting is a mark: bundles that were written before it are no longer read. It outlives them.
    """

    def __init__(self, table: Table, nanoseconds: Callable[[], int] = time.time_ns) -> None:
        self._table = table
        self._nanoseconds = nanoseconds
        self._latest = 0

    async def append(
        self, conversation: Conversation, message_id: MessageId, fence: int, events: Sequence[Event]
    ) -> None:
        """See `ConversationStore.append_events`."""
        partition = keys.conversation(conversation)
        puts = [
            self._table.put_action(item)
            for item in (self._bundle(partition, message_id, fence, events) if events else ())
        ]
        condition = f"fence = :fence AND answering = :message AND {ALIVE}"
        values: Item = {":fence": fence, ":message": keys.bounded(message_id)}
        if not await self._table.transact_if((partition, keys.INBOX), condition, values, puts):
            raise Fenced(operation="append_events")

    async def read(self, conversation: Conversation, message_id: MessageId, after: int) -> Sequence[Event]:
        """See `ConversationStore.events`."""
        first, last = keys.events_after(message_id, after)
        values = {":pk": keys.conversation(conversation), ":first": first, ":last": last}
        found = [item async for item in self._table.query("pk = :pk AND sk BETWEEN :first AND :last", values)]
        forgotten = next((str(item["order"]) for item in found if item["sk"] == last), "")
        bundles = [item for item in found if "order" in item and str(item["order"]) > forgotten]
        merged: dict[int, Event] = {}
        for bundle in sorted(bundles, key=lambda item: str(item["order"])):
            for event in _unbundled(bundle, found):
                merged.setdefault(event.seq, event)
        return [merged[seq] for seq in sorted(merged) if seq > after]

    def mark(self, conversation: Conversation, message_id: MessageId, fence: int) -> Item:
        """The item that makes a message's events forgotten, up to now."""
        return {
            "pk": keys.conversation(conversation),
            "sk": keys.forgotten(message_id),
            "order": self._order(fence),
            **self._table.lifetime(2 * KEPT_SECONDS),
        }

    def _bundle(self, partition: str, message_id: MessageId, fence: int, events: Sequence[Event]) -> list[Item]:
        order = self._order(fence)
        key: Key = (partition, keys.events(message_id, max(event.seq for event in events), order))
        body = zlib.compress(json.dumps([wire.to_json(event, compact=True) for event in events]).encode())
        lifetime = self._table.lifetime(KEPT_SECONDS)
        return record_items(key, body, stamp=secrets.token_hex(16), order=order, **lifetime)

    def _order(self, fence: int) -> str:
        """Later than every order before it, even where the clock stands still or is put back."""
        self._latest = max(self._latest + 1, self._nanoseconds())
        return keys.order(fence, self._latest)


def _unbundled(head: Item, found: Sequence[Item]) -> list[Event]:
    record = whole(head, found) if head.get("parts") else whole(head, ())
    if record is None:
        raise damaged()
    try:
        return [wire.event_from_json(data) for data in json.loads(zlib.decompress(record.body))]
    except (zlib.error, ValueError, BadInput) as error:
        raise damaged() from error
