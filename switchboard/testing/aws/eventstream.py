"""Amazon's event streams from the service's side: events as the frames in which they are sent. Pure."""

import struct
from collections.abc import Mapping
from zlib import crc32

MEDIA_TYPE = "application/vnd.amazon.eventstream"
_TEXT = 7
"""The type of a header's value."""


def frame(kind: str, body: bytes) -> bytes:
    """An event of a kind, with JSON in it."""
    named = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(_header(name, value) for name, value in _encoded(named).items())
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    whole = prelude + struct.pack(">I", crc32(prelude)) + headers + body
    return whole + struct.pack(">I", crc32(whole))


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in headers.items()}


def _header(name: bytes, value: bytes) -> bytes:
    return struct.pack(">B", len(name)) + name + struct.pack(">BH", _TEXT, len(value)) + value
