"""Items: plain values in DynamoDB's notation, and bodies of any size as items of at most 100 kB."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from stores.dynamodb import keys
from stores.dynamodb.definition import EXPIRES
from switchboard import wire
from switchboard.errors import BackendError, BadInput

T = TypeVar("T")
Value = str | int | bytes
Item = dict[str, Value]
Key = tuple[str, str]

PIECE = 90_000
"""Bytes of a body in one item; with keys and attributes an item stays under 100 kB. A turn of text has about 1 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An item with its whole body."""

    item: Item
    body: bytes


def notation(item: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    """Values as DynamoDB writes them."""
    return {name: _noted(value) for name, value in item.items()}


def plain(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """Values read from DynamoDB's notation; members of kinds that we do not write are left out."""
    found: Item = {}
    for name, noted in item.items():
        ((kind, value),) = noted.items()
        if kind in ("S", "B", "N"):
            found[name] = int(value) if kind == "N" else bytes(value) if kind == "B" else value
    return found


def record_items(key: Key, body: bytes, **attributes: Value) -> list[Item]:
    """A body as an item with ``attributes`` and, if it is large, the items of its other parts.

    ``stamp`` must be among the attributes: it says which parts belong together.
    """
    partition, sort_key = key
    pieces = [body[start : start + PIECE] for start in range(0, len(body), PIECE)] or [b""]
    shared: Item = {name: value for name, value in attributes.items() if name in ("stamp", EXPIRES)}
    head: Item = {**attributes, "pk": partition, "sk": sort_key, "body": pieces[0], "parts": len(pieces) - 1}
    rest: list[Item] = [
        {**shared, "pk": partition, "sk": keys.part(sort_key, number), "body": piece}
        for number, piece in enumerate(pieces[1:])
    ]
    return [head, *rest]


def whole(head: Item, rest: Sequence[Item]) -> Record | None:
    """The record of an item and its parts; ``None`` if they were not written together."""
    count = int(head.get("parts", 0))
    named = {str(item["sk"]): item for item in rest}
    parts = [named.get(keys.part(str(head["sk"]), number), {}) for number in range(count)]
    if any(item.get("stamp") != head["stamp"] for item in parts):
        return None
    return Record(item=head, body=b"".join(_bytes(item) for item in (head, *parts)))


def pack(word: object) -> bytes:
    """A word as compressed JSON."""
    return zlib.compress(wire.dumps(word).encode())


def unpack(kind: type[T], body: bytes) -> T:
    """A word that was packed.

    Raises:
        BackendError: ``code`` is ``damaged``.
    """
    try:
        return wire.loads(kind, zlib.decompress(body).decode())
    except (zlib.error, ValueError, BadInput) as error:
        raise damaged() from error


def damaged() -> BackendError:
    """What is raised for what does not have the shape in which it was written."""
    return BackendError(service="dynamodb", operation="load", code="damaged")


def _noted(value: Value) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    return {"B": value} if isinstance(value, bytes) else {"N": str(value)}


def _bytes(item: Item) -> bytes:
    body = item.get("body", b"")
    return body if isinstance(body, bytes) else b""
