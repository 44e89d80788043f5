"""Conversations in a DynamoDB table: the inbox as an item that is compared and swapped, all else along with it."""

import math
import secrets
import zlib
from collections.abc import Sequence

from stores.dynamodb import keys
from stores.dynamodb.erasure import erase
from stores.dynamodb.items import Item, Record, Value, damaged, pack, record_items, unpack
from stores.dynamodb.log import EventLog
from stores.dynamodb.states import Recent, State, state_of
from stores.dynamodb.table import Table
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId
from switchboard.storage import Change, ConversationSummary, Inbox, Snapshot, Turn

MOST = 1_000_000
"""A limit above it means the same."""
LARGEST = 10**37
"""A number that an index can hold."""


class DynamoConversationStore:
    """A `ConversationStore` in a DynamoDB table, for any number of processes. Reads are strongly consistent."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._log = EventLog(table)
        self._recent = Recent()

    async def read(
        self, conversation: Conversation, message_id: MessageId | None = None, *, memory: bool = False
    ) -> Snapshot:
        """See `ConversationStore.read`."""
        partition = keys.conversation(conversation)
        wanted = [keys.INBOX]
        wanted += [] if message_id is None else [keys.turn(message_id)]
        wanted += [keys.MEMORY] if memory else []
        records = await self._table.get(*((partition, name) for name in wanted))
        found = dict(zip(wanted, records, strict=True))
        state = self._seen(conversation, state_of(found[keys.INBOX]))
        if state is None:
            return Snapshot(inbox=Inbox())
        turn = None if message_id is None else _turn(found[keys.turn(message_id)])
        return Snapshot(inbox=state.inbox, turn=turn, memory=_memory(found.get(keys.MEMORY)))

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """See `ConversationStore.turn`."""
        return (await self.read(conversation, message_id)).turn

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        """See `ConversationStore.commit`."""
        follows = change.follows
        before = await self._before(conversation, follows)
        if before is None:
            return False
        state = before.after(change)
        items = state.items(conversation, self._table.lifetime())
        others = self._rest(conversation, change)
        there = await self._table.swap(items, follows=follows, others=others)
        if there is not None and "deleting" in there and follows == 0:
            await erase(self._table, conversation)  # somebody did not get to the end of it
            there = await self._table.swap(items, follows=follows, others=others)
        if there is None:
            self._recent.see(state)
        return there is None

    async def memory(self, conversation: Conversation) -> bytes | None:
        """See `ConversationStore.memory`."""
        return (await self.read(conversation, memory=True)).memory

    async def append_events(
        self, conversation: Conversation, message_id: MessageId, fence: int, events: Sequence[Event]
    ) -> None:
        """See `ConversationStore.append_events`."""
        await self._log.append(conversation, message_id, fence, events)

    async def events(self, conversation: Conversation, message_id: MessageId, after: int = 0) -> Sequence[Event]:
        """See `ConversationStore.events`."""
        return await self._log.read(conversation, message_id, after)

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `ConversationStore.transcript`."""
        if limit <= 0:
            return []
        partition = keys.conversation(conversation)
        end = LARGEST if before is None else max(-LARGEST, min(before, LARGEST))
        found = self._table.query(
            "pk = :pk AND #number < :before",
            {":pk": partition, ":before": end},
            index="turns",
            names={"#number": "number"},
            backwards=True,
            limit=min(limit, MOST),
        )
        wanted = [(partition, str(item["sk"])) async for item in found]
        if not wanted:
            return []
        records = await self._table.get_each([(partition, keys.INBOX), *wanted])
        if not any(record.item["sk"] == keys.INBOX and state_of(record) for record in records):
            return []
        turns = [unpack(Turn, record.body) for record in records if record.item["sk"] != keys.INBOX]
        return sorted(turns, key=lambda turn: turn.number)

    async def list_conversations(
        self, *, tenant: str, principal: str | None = None, before: float | None = None, limit: int = 100
    ) -> Sequence[ConversationSummary]:
        """See `ConversationStore.list_conversations`. Of one person all are looked at, to find the newest."""
        if limit <= 0:
            return []
        if principal is None:
            used: dict[str, Value] = {":pk": f"used/{keys.bounded(tenant)}"}
            condition = "list_1 = :pk"
            if before is not None:
                used[":rank"] = keys.rank(math.nextafter(before, -math.inf), "", newest_first=True)
                condition += " AND rank_1 >= :rank"
            items = self._table.query(condition, used, index="lists_1", limit=min(limit, MOST))
            partitions = [str(item["pk"]) async for item in items]
        else:
            items = self._table.query("pk = :pk", {":pk": keys.person(tenant, principal)})
            partitions = [str(item["sk"]) async for item in items]
        states = [state for state in await self._states(partitions) if before is None or state.updated_at < before]
        states.sort(key=lambda state: (-state.updated_at, state.key))
        return [state.summary for state in states[:limit]]

    async def pending(self, *, tenant: str, limit: int = 1000) -> Sequence[Conversation]:
        """See `ConversationStore.pending`."""
        if limit <= 0:
            return []
        waiting = {":pk": f"pending/{keys.bounded(tenant)}"}
        items = self._table.query("list_2 = :pk", waiting, index="lists_2", limit=min(limit, MOST))
        states = [state for state in await self._states([str(item["pk"]) async for item in items]) if state.pending]
        states.sort(key=lambda state: (state.updated_at, state.key))
        return [Conversation.from_key(state.key) for state in states]

    async def outgoing(
        self, *, tenant: str, channel: str, before: float | None = None, limit: int = 100
    ) -> Sequence[Conversation]:
        """See `ConversationStore.outgoing`."""
        if limit <= 0:
            return []
        place: dict[str, Value] = {":pk": keys.outbox(tenant, channel)}
        condition = "list_3 = :pk"
        if before is not None:
            place[":rank"] = keys.rank(math.nextafter(before, math.inf), "")
            condition += " AND rank_3 < :rank"
        items = self._table.query(condition, place, index="lists_3", limit=min(limit, MOST))
        states = await self._states([str(item["pk"]) async for item in items])
        found = [(math.inf if (at := state.inbox.sends_at) is None else at, state) for state in states]
        due = [(at, state.key) for at, state in found if state.inbox.outbox and (before is None or at <= before)]
        return [Conversation.from_key(key) for _, key in sorted(due)]

    async def delete(self, conversation: Conversation) -> bool:
        """See `ConversationStore.delete`. Safe to repeat, and to go on with where it was broken off."""
        self._recent.forget(conversation.key)
        return await erase(self._table, conversation)

    async def close(self) -> None:
        """See `ConversationStore.close`."""
        await self._table.close()

    async def _before(self, conversation: Conversation, version: int) -> State | None:
        """The state that a change starts from; ``None`` if another is stored."""
        if version <= 0:
            return State(key=conversation.key, inbox=Inbox()) if version == 0 else None
        if (known := self._recent.at(conversation.key, version)) is None:
            await self.read(conversation)
            known = self._recent.at(conversation.key, version)
        return known

    def _seen(self, conversation: Conversation, state: State | None) -> State | None:
        if state is None:
            self._recent.forget(conversation.key)
        else:
            self._recent.see(state)
        return state

    def _rest(self, conversation: Conversation, change: Change) -> list[Item]:
        """What a change writes besides the inbox."""
        partition, lifetime = keys.conversation(conversation), self._table.lifetime()
        stamped: Item = {"stamp": secrets.token_hex(16), **lifetime}
        items: list[Item] = []
        for turn in {turn.message.id: turn for turn in change.turns}.values():
            items += record_items((partition, keys.turn(turn.message.id)), pack(turn), number=turn.number, **stamped)
        for principal in sorted({turn.message.principal.id for turn in change.turns}):
            items.append({"pk": keys.person(conversation.tenant, principal), "sk": partition, **lifetime})
        if change.memory is not None:
            items += record_items((partition, keys.MEMORY), zlib.compress(change.memory), **stamped)
        for message_id in dict.fromkeys(change.forget_events):
            items.append(self._log.mark(conversation, message_id, change.inbox.fence))
        return items

    async def _states(self, partitions: Sequence[str]) -> list[State]:
        records = await self._table.get_each([(partition, keys.INBOX) for partition in dict.fromkeys(partitions)])
        return [state for record in records if (state := state_of(record)) is not None]


def _turn(record: Record | None) -> Turn | None:
    return None if record is None else unpack(Turn, record.body)


def _memory(record: Record | None) -> bytes | None:
    if record is None:
        return None
    try:
        return zlib.decompress(record.body)
    except zlib.error as error:
        raise damaged() from error
