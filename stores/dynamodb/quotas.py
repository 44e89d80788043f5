"""Quotas in a DynamoDB table: the places of a quota are attributes of one item, which one conditional write counts.

An item has an attribute for each place that is held, named after its holder, and their number. A place that has come
free is only removed, and no longer counted, once the item looks full; that write's condition names each place that it
removes, so that none is removed that was renewed meanwhile. So a place costs one request, and now and then two.

A large quota is shared out over several items, since one item carries only so many writes a second. Its last few
places may then be refused although there are some in another share; never are more given than there are. A quota that
is made larger or smaller begins anew.
"""

import hashlib
import math

from stores.dynamodb import keys
from stores.dynamodb.definition import EXPIRES
from stores.dynamodb.items import Item, Key, Value
from stores.dynamodb.table import Table
from switchboard.errors import BackendError
from switchboard.quotas import free_at

SHARE = 200
"""Most places in one item, of about 30 bytes each."""
SWEPT = 50
"""Most places that one write removes: an expression has at most 4 kB."""
TRIES = 10
"""Attempts to remove what has come free while others do the same."""
SPARE = 3_600
"""Seconds for which an item outlives its last place, whatever the clocks say."""


class DynamoQuotaStore:
    """A `QuotaStore` in a DynamoDB table, for any number of processes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def take(self, key: str, holder: str, *, most: int, now: float, until: float) -> float | None:
        """See `QuotaStore.take`."""
        item, places = _share(key, holder, most)
        name, moment = _name(holder), math.floor(now * 1_000_000)
        free: dict[str, int] = {}
        for _ in range(TRIES):
            taken, there = await self._table.update(item, *_taking(name, places, until, free))
            if taken:
                return None
            held = _held(there)
            active = [end for end in held.values() if end > moment]
            if held.get(name, 0) > moment:
                return None
            if len(active) >= places:
                return free_at(active, places) / 1_000_000
            free = dict([(other, end) for other, end in held.items() if end <= moment][:SWEPT])
            free |= {name: held[name]} if name in held else {}
        raise BackendError(service="dynamodb", operation="take", code="busy", retryable=True)

    async def renew(self, key: str, holder: str, *, most: int, until: float) -> bool:
        """See `QuotaStore.renew`."""
        item, _ = _share(key, holder, most)
        name, values = _name(holder), {":until": _end(until), ":expires": int(until) + SPARE}
        expression = f"SET {name} = :until, {EXPIRES} = :expires"
        renewed, _ = await self._table.update(item, expression, f"attribute_exists({name})", values)
        return renewed

    async def give(self, key: str, holder: str, *, most: int) -> None:
        """See `QuotaStore.give`."""
        item, _ = _share(key, holder, most)
        name = _name(holder)
        expression = f"REMOVE {name} SET places = places - :one"
        await self._table.update(item, expression, f"attribute_exists({name})", {":one": 1})

    async def close(self) -> None:
        """See `QuotaStore.close`."""
        await self._table.close()


def _taking(name: str, most: int, until: float, free: dict[str, int]) -> tuple[str, str, dict[str, Value]]:
    """The update that takes a place and removes those that are free, and its condition and values.

    Args:
        free: Places that have come free, with the times until which they were held.
    """
    gone = [other for other in free if other != name]
    expression = f"SET {name} = :until, {EXPIRES} = :expires, places = if_not_exists(places, :none) + :more"
    if gone:
        expression += f" REMOVE {', '.join(gone)}"
    still = [f"{other} = :free{number}" for number, other in enumerate(free)]
    still += [] if name in free else [f"attribute_not_exists({name})"]
    values: dict[str, Value] = {
        ":until": _end(until),
        ":expires": int(until) + SPARE,
        ":none": 0,
        ":more": 1 - len(free),
        ":most": most + len(free),
    }
    values |= {f":free{number}": end for number, end in enumerate(free.values())}
    return expression, " AND ".join(["(attribute_not_exists(places) OR places < :most)", *still]), values


def _share(key: str, holder: str, most: int) -> tuple[Key, int]:
    """The item in which a holder's place is counted, and how many places that has."""
    shares = math.ceil(most / SHARE)
    number = int(_digest(holder)[-8:], 16) % shares
    return (keys.quota(key, most, number), keys.QUOTA), most // shares + (number < most % shares)


def _held(item: Item) -> dict[str, int]:
    """The places in an item, and until when they are held."""
    return {name: end for name, end in item.items() if isinstance(end, int) and name not in ("places", EXPIRES)}


def _name(holder: str) -> str:
    """The attribute of a holder's place; a letter first, so that it needs no quoting."""
    return f"h{_digest(holder)[:16]}"


def _digest(holder: str) -> str:
    return hashlib.sha256(holder.encode("utf-8", "surrogatepass")).hexdigest()


def _end(until: float) -> int:
    """Microseconds, not a moment too soon."""
    return math.ceil(until * 1_000_000)
