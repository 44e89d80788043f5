"""How the pool and its workers talk: JSON in frames, never pickles, as a worker has had foreign files in its hands."""

import json
import struct
from typing import Any

from switchboard.errors import BadInput
from switchboard.wire import from_json, to_json
from tools.reading.backend import Document, Page

HEADER = struct.Struct(">I")


def frame(message: dict[str, Any]) -> bytes:
    """A message with its length in front."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    return HEADER.pack(len(body)) + body


def length(header: bytes) -> int:
    """The length of the message that follows."""
    return int(HEADER.unpack(header)[0])


def document_to_json(document: Document) -> dict[str, Any]:
    """A document as a worker sends it."""
    return to_json(document, compact=True)


def document_from_json(data: Any) -> Document:
    """A document as the pool receives it.

    Raises:
        BadInput: The data does not have a document's shape.
    """
    try:
        pages = tuple(from_json(Page, page) for page in data["pages"])
        metadata = {str(key): str(value) for key, value in data.get("metadata", {}).items()}
        warnings = tuple(str(warning) for warning in data.get("warnings", ()))
        missing = tuple(int(number) for number in data.get("missing", ()))
        texts = {key: str(data[key]) for key in ("name", "title", "media_type", "digest")}
        return Document(
            **texts,
            pages=pages,
            paged=bool(data.get("paged")),
            metadata=metadata,
            warnings=warnings,
            missing=missing,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("This is not a valid document.") from error
