"""What is known of one method of one address; the routes and the OpenAPI are made of a table of these."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.responses import Response

from channels.http.house import Call

Handler: TypeAlias = Callable[[Call], Awaitable[Response]]
Schema: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something in the path, the query or a header."""

    name: str
    place: str
    about: str
    schema: Schema
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address.

    Attributes:
        body: The type of the JSON body; ``bytes`` for a file.
        gives: By status, what the answer holds: a type, ``bytes`` for a file, or a schema.
        streams: What comes if the answer is a stream of server-sent events; empty where it never is.
        problems: The refusals that it has besides those of all.
        ticket: Whether a signed link opens it without a credential.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    gives: Mapping[int, Any] = field(default_factory=dict)
    streams: str = ""
    problems: tuple[int, ...] = ()
    ticket: bool = False


def text(pattern: str) -> Schema:
    """Text of a form."""
    return {"type": "string", "pattern": pattern}


def in_path(name: str, schema: Schema) -> Parameter:
    """The id of something."""
    return Parameter(name=name, place="path", about=f"Id of the {name}.", schema=schema, required=True)


def in_query(name: str, about: str, schema: Schema, *, required: bool = False) -> Parameter:
    """A parameter after the question mark."""
    return Parameter(name=name, place="query", about=about, schema=schema, required=required)


def in_header(name: str, about: str, schema: Schema) -> Parameter:
    """A header; none is needed."""
    return Parameter(name=name, place="header", about=about, schema=schema)
