"""What stands between words and SQLite's values.

Names that come from outside (message ids, principals) are bound as bytes: SQLite's text holds neither lone surrogates
nor, safely, NUL, and a name that is changed on its way is another person's name.
"""

import json
import zlib
from typing import TypeVar, overload

from switchboard import wire
from switchboard.errors import BackendError, BadInput
from switchboard.events import Event

T = TypeVar("T")

LARGEST = 2**63 - 1
"""The largest integer that SQLite can hold."""


@overload
def exact(text: str) -> bytes: ...
@overload
def exact(text: None) -> None: ...
def exact(text: str | None) -> bytes | None:
    """A name as bytes that no two names share."""
    return None if text is None else text.encode("utf-8", "surrogatepass")


def name(data: bytes) -> str:
    """A name read back."""
    return data.decode("utf-8", "surrogatepass")


def whole(number: int) -> int:
    """The number, or the nearest one that SQLite can hold."""
    return max(-LARGEST, min(number, LARGEST))


def load(kind: type[T], text: str) -> T:
    """A word read back from JSON text.

    Raises:
        BackendError: ``code`` is ``damaged``: it does not have the shape in which it was written.
    """
    try:
        return wire.loads(kind, text)
    except BadInput as error:
        raise _damaged() from error


def pack(word: object) -> bytes:
    """A word as compressed JSON: half the size for a turn, at about the cost of writing the JSON."""
    return zlib.compress(wire.dumps(word).encode())


def unpack(kind: type[T], data: bytes) -> T:
    """A word that was packed. Raises as ``load``."""
    try:
        return load(kind, zlib.decompress(data).decode())
    except (zlib.error, TypeError, ValueError) as error:
        raise _damaged() from error


def load_event(text: str) -> Event:
    """An event read back from JSON text. Raises as ``load``."""
    try:
        return wire.event_from_json(json.loads(text))
    except (BadInput, ValueError) as error:
        raise _damaged() from error


def _damaged() -> BackendError:
    return BackendError(service="sqlite", operation="load", code="damaged")
