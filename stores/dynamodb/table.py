"""The table: consistent reads, and writes that happen whole, once, or not at all.

A write whose answer is lost is told from one that never arrived by its stamp: every versioned item carries the random
stamp of the write that made it. So a conditional write that fails because an earlier attempt of itself had succeeded
counts as written, and after a time-out the item is read to learn the outcome.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from stores.aws import AwsClient, AwsError
from stores.dynamodb import keys
from stores.dynamodb.answers import in_the_way, met_another
from stores.dynamodb.definition import EXPIRES
from stores.dynamodb.items import Item, Key, Record, Value, notation, plain, whole
from switchboard.errors import BackendError

ALIVE = "(attribute_not_exists(expires) OR expires > :now)"
MOST_ACTIONS = 100
MOST_BYTES = 4_000_000
"""DynamoDB's limits to one transaction."""
BATCH = 100
"""Keys in one BatchGetItem."""
PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds, give or take a half, before trying again where two transactions met."""

Action = dict[str, dict[str, Any]]


class Table:
    """A DynamoDB table as `definition` describes it.

    Args:
        prefix: Put before every partition's name, so that installations can share a table.
        retention_days: After so many days without a write an item is gone; 0 keeps all.
        clock: Seconds since the epoch, by which items expire.
    """

    def __init__(
        self,
        client: AwsClient,
        name: str,
        *,
        prefix: str = "",
        retention_days: int = 0,
        clock: Callable[[], float] = time.time,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self.name = name
        self._clock = clock
        self._client = client
        self._prefix = prefix
        self._retention = retention_days * 86_400
        self._pauses = pauses

    def lifetime(self, seconds: int = 0) -> Item:
        """The attribute by which an item written now expires: after ``seconds`` or the retention, if that is sooner."""
        shortest = min((limit for limit in (seconds, self._retention) if limit), default=0)
        return {EXPIRES: int(self._clock()) + shortest} if shortest else {}

    async def get(self, *wanted: Key) -> list[Record | None]:
        """What is stored under up to 100 keys, from one consistent view; parts of large bodies are read after it."""
        for pause in (*self._pauses, None):
            heads = await self._view(wanted)
            records = [None if head is None else await self._completed(head) for head in heads]
            if all(record is not None for record, head in zip(records, heads, strict=True) if head):
                return records
            await self._pause(pause, "get")
        raise AssertionError  # the last pause raises

    async def get_each(self, wanted: Sequence[Key]) -> list[Record]:
        """What is stored under any number of keys, each as it is when read; those that are not there are left out."""
        found: list[Record] = []
        for start in range(0, len(wanted), BATCH):
            ask = [notation(self._key(key)) for key in wanted[start : start + BATCH]]
            for pause in (*self._pauses, None):
                request = {self.name: {"Keys": ask, "ConsistentRead": True}}
                answer = await self._client.call("batch_get_item", RequestItems=request)
                heads = [self._ours(item) for item in answer["Responses"].get(self.name, [])]
                for head in filter(self._alive, heads):
                    found += filter(None, [await self._completed(head) or (await self.get(_key_of(head)))[0]])
                ask = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
                if not ask:
                    break
                await self._pause(pause, "batch_get_item")
        return found

    async def query(
        self,
        condition: str,
        values: Mapping[str, Value],
        *,
        index: str = "",
        names: Mapping[str, str] | None = None,
        backwards: bool = False,
        keys_only: bool = False,
        limit: int = 0,
    ) -> AsyncIterator[Item]:
        """Items in order of their sort key, page by page. ``:pk`` among the values is a partition's name.

        Args:
            condition: A key condition.
            index: An index's name; ``lists_1`` to ``lists_3`` follow the table with a delay. Indexes hold keys alone.
            names: What stands for names in the condition that are reserved words.
            keys_only: Bring nothing but keys, expired items among them.
            limit: Most items; 0 for all.
        """
        noted = {name: self._prefix + str(value) if name == ":pk" else value for name, value in values.items()}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": notation(noted),
            "ScanIndexForward": not backwards,
        }
        request |= {"IndexName": index} if index else {}
        request |= {} if index.startswith("lists") else {"ConsistentRead": True}
        request |= {"ExpressionAttributeNames": dict(names)} if names else {}
        request |= {"ProjectionExpression": "pk, sk"} if keys_only else {}
        request |= {"Limit": limit} if limit else {}
        left = limit
        while True:
            answer = await self._client.call("query", **request)
            for item in answer["Items"]:
                if self._alive(ours := self._ours(item)):
                    yield ours
            left -= len(answer["Items"])
            if not answer.get("LastEvaluatedKey") or (limit and left <= 0):
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            request |= {"Limit": left} if limit else {}

    async def swap(self, items: Sequence[Item], *, follows: int, others: Sequence[Item] = ()) -> Item | None:
        """Write a versioned item with its parts, if its stored version is ``follows`` (0: none), and others with it.

        Returns:
            ``None`` when all was written; otherwise nothing was, and this is what stands there (empty for nothing).

        Raises:
            BackendError: It could not be learnt whether it was written, or it does not fit a transaction.
        """
        guard = "attribute_not_exists(pk) OR expires <= :now" if follows == 0 else f"version = :follows AND {ALIVE}"
        first = self._put(items[0]) | self._guarded(guard, {":follows": follows})
        rest = [{"Put": self._put(item)} for item in (*items[1:], *others)]
        try:
            if rest:
                await self.transact([{"Put": first}, *rest])
            else:
                await self._retried("put_item", **first)
        except AwsError as error:
            there = in_the_way(error)
            if there is None and not error.retryable:
                raise
            found = await self._head(_key_of(items[0])) if there is None else self._ours(there)
            if found.get("stamp") == items[0]["stamp"]:
                return None
            if there is None:
                raise
            return found
        return None

    async def update(self, key: Key, expression: str, condition: str, values: Mapping[str, Value]) -> tuple[bool, Item]:
        """Change an item in place. Returns whether the condition held, and the item as it is then (empty for none)."""
        request = {"Key": notation(self._key(key)), "UpdateExpression": expression, "ReturnValues": "ALL_NEW"}
        request |= self._guarded(condition, values, expression)
        try:
            answer = await self._retried("update_item", TableName=self.name, **request)
        except AwsError as error:
            there = in_the_way(error)
            if there is None:
                raise
            return False, self._ours(there)
        return True, self._ours(answer["Attributes"])

    async def delete(self, key: Key, condition: str, values: Mapping[str, Value]) -> bool:
        """Remove an item if the condition holds. Returns whether it did."""
        request = {"Key": notation(self._key(key))} | self._guarded(condition, values)
        try:
            await self._retried("delete_item", TableName=self.name, **request)
        except AwsError as error:
            if in_the_way(error) is None:
                raise
            return False
        return True

    async def transact_if(
        self, key: Key, condition: str, values: Mapping[str, Value], actions: Sequence[Action]
    ) -> bool:
        """Run actions as one if the condition on another item holds. Returns whether it did."""
        check = {"Key": notation(self._key(key)), "TableName": self.name} | self._guarded(condition, values)
        try:
            await self.transact([{"ConditionCheck": check}, *actions])
        except AwsError as error:
            if in_the_way(error) is None:
                raise
            return False
        return True

    def put_action(self, item: Item) -> Action:
        """A part of a transaction: write an item."""
        return {"Put": self._put(item)}

    def delete_action(self, key: Key) -> Action:
        """A part of a transaction: remove an item."""
        return {"Delete": {"TableName": self.name, "Key": notation(self._key(key))}}

    async def transact(self, actions: Sequence[Action]) -> None:
        """Run actions as one; where another transaction is in the way, again a little later."""
        size = sum(
            len(value.get("B", "")) for action in actions for value in action.get("Put", {}).get("Item", {}).values()
        )
        if len(actions) > MOST_ACTIONS or size > MOST_BYTES:
            raise BackendError(service="dynamodb", operation="transact", code="too_big")
        await self._retried("transact_write_items", TransactItems=list(actions))

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    async def _view(self, wanted: Sequence[Key]) -> list[Item | None]:
        gets = [{"TableName": self.name, "Key": notation(self._key(key))} for key in wanted]
        if len(gets) == 1:
            answers = [await self._client.call("get_item", **gets[0], ConsistentRead=True)]
        else:
            answer = await self._retried("transact_get_items", TransactItems=[{"Get": get} for get in gets])
            answers = answer["Responses"]
        items = [self._ours(answer["Item"]) if answer.get("Item") else None for answer in answers]
        return [item if item and self._alive(item) else None for item in items]

    async def _completed(self, head: Item) -> Record | None:
        """The record that begins with ``head``; ``None`` if its parts have been replaced meanwhile."""
        if not head.get("parts"):
            return whole(head, ())
        values: Item = {
            ":pk": head["pk"],
            ":first": keys.part(str(head["sk"]), 0),
            ":last": keys.part(str(head["sk"]), 9999),
        }
        rest = [item async for item in self.query("pk = :pk AND sk BETWEEN :first AND :last", values)]
        return whole(head, rest)

    async def _head(self, key: Key) -> Item:
        answer = await self._client.call(
            "get_item", TableName=self.name, Key=notation(self._key(key)), ConsistentRead=True
        )
        return self._ours(answer["Item"]) if answer.get("Item") else {}

    async def _retried(self, operation: str, **parameters: Any) -> dict[str, Any]:
        for pause in (*self._pauses, None):
            try:
                return await self._client.call(operation, **parameters)
            except AwsError as error:
                if not met_another(error):
                    raise
            await self._pause(pause, operation)
        raise AssertionError  # the last pause raises

    async def _pause(self, seconds: float | None, operation: str) -> None:
        if seconds is None:
            raise BackendError(service="dynamodb", operation=operation, code="busy", retryable=True)
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter

    def _put(self, item: Item) -> dict[str, Any]:
        return {
            "TableName": self.name,
            "Item": notation({**item, "pk": self._prefix + str(item["pk"])} | self._lists(item)),
        }

    def _lists(self, item: Item) -> Item:
        return {name: self._prefix + str(item[name]) for name in ("list_1", "list_2", "list_3") if name in item}

    def _guarded(self, condition: str, values: Mapping[str, Value], expression: str = "") -> dict[str, Any]:
        known = {":now": int(self._clock()), **values}
        used = {name: value for name, value in known.items() if name in condition + expression}
        guard: dict[str, Any] = {
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return guard | ({"ExpressionAttributeValues": notation(used)} if used else {})

    def _key(self, key: Key) -> Item:
        return {"pk": self._prefix + key[0], "sk": key[1]}

    def _ours(self, item: Mapping[str, Mapping[str, Any]]) -> Item:
        found = plain(item)
        if "pk" in found:
            found["pk"] = str(found["pk"]).removeprefix(self._prefix)
        return found

    def _alive(self, item: Item) -> bool:
        """DynamoDB removes what has expired when it gets round to it."""
        return int(item.get(EXPIRES, 0)) > self._clock() or EXPIRES not in item


def _key_of(item: Item) -> Key:
    return str(item["pk"]), str(item["sk"])
