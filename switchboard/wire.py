"""The words as JSON and back: one codec for stores, sockets and scripts, so that they can't drift apart.

A word becomes an object with a member per field; an event has ``kind`` besides. Fields that hold their default are
left out when ``compact`` is asked for (stores do), and are present otherwise (people's scripts like to rely on them).
Unknown members are ignored when reading, so that an older reader understands a newer writer.
"""

import json
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from switchboard.errors import BadInput
from switchboard.events import EVENT_TYPES, Event
from switchboard.reply import Reply

T = TypeVar("T")
_EVENTS: dict[str, type[Event]] = {event.kind: event for event in EVENT_TYPES}


def to_json(word: object, *, compact: bool = False) -> dict[str, Any]:
    """A word as a JSON object."""
    out: dict[str, Any] = {"kind": word.kind} if type(word) in EVENT_TYPES else {}  # type: ignore[attr-defined]
    for field in _fields(cast("Any", type(word))):
        value = getattr(word, field.name)
        if not (compact and _is_default(field, value)):
            out[field.name] = _plain(value, compact)
    return out


def dumps(word: object, *, compact: bool = True) -> str:
    """A word as JSON text in one line. Lone surrogates survive, as escapes."""
    return json.dumps(to_json(word, compact=compact), separators=(",", ":"))


def from_json(kind: type[T], data: object) -> T:
    """Read a word back.

    Raises:
        BadInput: The data does not have the word's shape.
    """
    try:
        word: T = _reader(cast("Any", kind))(data)
        return word
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadInput(f"This is not a valid {kind.__name__}.") from error


def loads(kind: type[T], text: str) -> T:
    """Read a word from JSON text. Raises as ``from_json``."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("This is not valid JSON.") from error
    return from_json(kind, data)


def event_from_json(data: object) -> Event:
    """Read an event by its ``kind``. Raises as ``from_json``."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in _EVENTS:
        raise BadInput("This is not a known event.")
    return from_json(_EVENTS[kind], data)


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """A reply as scripts read it; ``docs/protocol.md`` describes the members."""
    return {"kind": "reply", **to_json(reply)}


@cache
def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind)


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and bool(value == field.default_factory())


def _plain(value: Any, compact: bool) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item, compact) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return {key: _plain(item, compact) for key, item in value.items()}
    return to_json(value, compact=compact)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """A function that checks and converts JSON data to ``kind``. Made once for each type."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional_reader(arguments)
    if origin is Literal:
        return lambda data: arguments[arguments.index(data)]
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            item = _reader(arguments[0])
            return lambda data: tuple(item(entry) for entry in _of(list, data))
        items = [_reader(argument) for argument in arguments]
        return lambda data: tuple(read(entry) for read, entry in zip(items, _of(list, data), strict=True))
    if origin is frozenset:
        item = _reader(arguments[0])
        return lambda data: frozenset(item(entry) for entry in _of(list, data))
    if origin is dict:
        return lambda data: dict(_of(dict, data))
    if is_dataclass(kind):
        return _word_reader(kind)
    if kind is float:
        return lambda data: float(data) if type(data) in (int, float) else _of(float, data)
    return lambda data: _of(kind, data)


def _optional_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    (inner,) = (argument for argument in arguments if argument is not NoneType)
    read = _reader(inner)
    return lambda data: None if data is None else read(data)


def _word_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}

    def read(data: Any) -> Any:
        given = _of(dict, data)
        return kind(**{name: read_field(given[name]) for name, read_field in readers.items() if name in given})

    return read


def _of(kind: Any, data: Any) -> Any:
    if type(data) is not kind:
        raise TypeError(f"{kind.__name__} expected")
    return data
