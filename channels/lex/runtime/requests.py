"""Requests of the Lex V2 runtime API, checked as the service checks them. Pure."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.lex.limits import INPUT_TEXT
from channels.lex.runtime.errors import LexError
from channels.lex.runtime.sessions import SessionKey
from switchboard.rendering import measure

LARGEST_BODY = 100_000
LARGEST_HEADER = 100_000
_PATTERNS = {
    "botId": re.compile(r"[0-9a-zA-Z]{10}"),
    "botAliasId": re.compile(r"[0-9a-zA-Z]{10}"),
    "localeId": re.compile(r"[a-z]{2}_[A-Z0-9]{2,3}"),
    "sessionId": re.compile(r"[0-9a-zA-Z._:-]{2,100}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client sends: text, a session state, request attributes, or messages to keep; what is absent is empty."""

    text: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    request_attributes: Mapping[str, str] = field(default_factory=dict)
    messages: tuple[Any, ...] = ()


def session_key(path: Mapping[str, str]) -> SessionKey:
    """The session that a path names.

    Raises:
        LexError: A part of it is not what the service allows.
    """
    for name, pattern in _PATTERNS.items():
        if not pattern.fullmatch(path[name]):
            raise LexError("ValidationException", f"The {name} does not match {pattern.pattern}.")
    return path["botId"], path["botAliasId"], path["localeId"], path["sessionId"]


def from_body(body: bytes, *, needs_text: bool) -> Asked:
    """A request whose members are in a JSON body.

    Raises:
        LexError: It is malformed or over a limit.
    """
    data = _json(body, "body")
    messages = data.get("messages", [])
    if not isinstance(messages, list):
        raise LexError("ValidationException", "The messages are not a list.")
    return Asked(
        text=_text(data.get("text")) if needs_text else "",
        state=_state(data.get("sessionState")),
        request_attributes=_strings(data.get("requestAttributes"), "requestAttributes"),
        messages=tuple(messages),
    )


def from_headers(headers: Mapping[str, str], body: bytes) -> Asked:
    """A request for text whose members are in headers, as JSON, compressed by gzip and in base64. Raises as above."""
    kind = headers.get("content-type", "").replace(" ", "").lower()
    wanted = headers.get("response-content-type", "text/plain").lower()
    if not kind.startswith("text/plain") or not wanted.startswith("text/plain"):
        raise LexError("ValidationException", "The local runtime takes and gives text/plain; charset=utf-8 alone.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise LexError("ValidationException", "The text is not UTF-8.") from None
    attributes = unpacked(headers.get("x-amz-lex-request-attributes", ""))
    return Asked(
        text=_text(text),
        state=_state(unpacked(headers.get("x-amz-lex-session-state", ""))),
        request_attributes=_strings(attributes, "requestAttributes"),
    )


def packed(value: object) -> str:
    """A value as a header carries it."""
    squeezing = zlib.compressobj(wbits=31)
    data = json.dumps(value).encode()
    return base64.b64encode(squeezing.compress(data) + squeezing.flush()).decode()


def unpacked(header: str) -> Mapping[str, Any] | None:
    """The value in a header; ``None`` for an empty one. Raises as above."""
    if not header:
        return None
    unpacking = zlib.decompressobj(wbits=31)
    try:
        data = unpacking.decompress(base64.b64decode(header, validate=True), LARGEST_HEADER)
    except (ValueError, binascii.Error, zlib.error):
        data = b""
    if not data or not unpacking.eof:
        raise LexError("ValidationException", "A header is too large, or not JSON compressed by gzip and in base64.")
    return _json(data, "header")


def _json(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        value = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        raise LexError("ValidationException", f"The {name} is not JSON.") from None
    if not isinstance(value, dict):
        raise LexError("ValidationException", f"The {name} is not an object.")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not 1 <= measure(value, "utf16_units") <= INPUT_TEXT:
        raise LexError("ValidationException", f"The text has to have 1 to {INPUT_TEXT} characters.")
    return value


def _state(value: object) -> Mapping[str, Any]:
    if not isinstance(value or {}, dict):
        raise LexError("ValidationException", "The sessionState is not an object.")
    state: dict[str, Any] = dict(value or {})  # type: ignore[call-overload]
    if "sessionAttributes" in state:
        state["sessionAttributes"] = _strings(state["sessionAttributes"], "sessionAttributes")
    for name in ("intent", "dialogAction"):
        if not isinstance(state.get(name) or {}, dict):
            raise LexError("ValidationException", f"The {name} is not an object.")
    return state


def _strings(value: object, name: str) -> dict[str, str]:
    given = {} if value is None else value
    if not isinstance(given, dict) or not all(key and isinstance(each, str) for key, each in given.items()):
        raise LexError("ValidationException", f"The {name} have to be texts by name.")
    return given
