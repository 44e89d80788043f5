"""Damaged payloads: real ones in which members were removed, exchanged, doubled or replaced with junk."""

import copy
import random
from collections.abc import Sequence
from typing import Any

JUNK: tuple[Any, ...] = (
    None, True, -1, 1e308, 2**70, "", " ", "x" * 5_000, "\ud800", "\x00\x1b", "😀" * 300, [], {}, [None], {"": None},
    {"name": None}, [[[]]], {"value": "x"}, {"principal": "admin"}, "job:1", "../../etc/passwd", "a.b.c",
)  # fmt: skip


def mutated(chance: random.Random, payload: Any, junk: Sequence[Any] = JUNK) -> Any:
    """A copy of the payload with one to four faults."""
    event = copy.deepcopy(payload)
    for _ in range(chance.randint(1, 4)):
        if not (there := places(event)):
            return event
        place, key = chance.choice(there)
        match chance.randrange(4):
            case 0 if isinstance(place, dict):
                del place[key]
            case 1:
                place[key] = copy.deepcopy(chance.choice([holder[at] for holder, at in there]))
            case 2 if isinstance(place, dict):
                place[chance.choice(["new", "slots", "", "x" * 300])] = copy.deepcopy(chance.choice(junk))
            case _:
                place[key] = copy.deepcopy(chance.choice(junk))
    return event


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every member and item in a value."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]
