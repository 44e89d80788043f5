"""Sidecars: what stands beside a document about it, in Amazon Kendra's format for S3 (``report.pdf.metadata.json``).

The members are those of Kendra's developer guide ("Amazon S3 document metadata"): ``DocumentId``, ``Attributes``,
``AccessControlList``, ``Title`` and ``ContentType``, all optional. Wherever the guide is silent, the closed reading is
taken:

- Whoever is not allowed may not read: a list that only denies, or an empty one, lets nobody read. (In Kendra a document
  *without* a list is public; here that takes ``--public``.)
- An unknown member, such as a misspelt ``AccessControlLists``, makes the whole sidecar unreadable, and with it the
  document, since what was meant as a lock must not be passed over in silence.
- An access configuration that is kept in Kendra itself can't be looked up here and is refused as well.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from switchboard import Unreadable
from tools.reading.words import one_line
from tools.retrieval.backend import Access, Value

SUFFIX = ".metadata.json"
MOST_BYTES = 1_000_000

_MEMBERS = ("DocumentId", "Attributes", "AccessControlList", "Title", "ContentType")
_ELSEWHERE = ("AccessControlConfigurationId", "HierarchicalAccessControlList")
_DATES = ("_created_at", "_last_updated_at")
_ENTRY = {"Name", "Type", "Access"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What a sidecar says.

    Attributes:
        document_id: The document's identity among those ingested with it; empty if it has none of its own.
        uri: Where people find it; only a web address, as it becomes a link.
        access: ``None`` where there is no access list.
    """

    document_id: str = ""
    title: str = ""
    uri: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    access: Access | None = None


def beside(document: Path) -> Path:
    """Where the document's sidecar would be."""
    return document.with_name(document.name + SUFFIX)


def parse(data: bytes, *, name: str) -> Sidecar:
    """Read a sidecar.

    Args:
        name: The document's, for the error.

    Raises:
        Unreadable: It is not a sidecar that can be trusted; the document must not be ingested.
    """
    try:
        return _sidecar(_load(data))
    except ValueError as error:
        raise Unreadable(name=name, reason=f"its {SUFFIX} file is not right: {error}", code="sidecar") from error
    except RecursionError as error:
        raise Unreadable(name=name, reason=f"its {SUFFIX} file nests too deeply", code="sidecar") from error


def _load(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
    try:
        loaded = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno} is not valid JSON") from None
    if not isinstance(loaded, dict):
        raise ValueError("it must hold one JSON object")
    return loaded


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two members of one name leave open which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f'"{one_line(twice)}" stands in it twice')
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")


def _sidecar(data: dict[str, Any]) -> Sidecar:
    for name in data:
        if name in _ELSEWHERE:
            raise ValueError(
                f'"{name}" is kept in Amazon Kendra and can\'t be looked up; list users and groups instead'
            )
        if name not in _MEMBERS:
            likely = get_close_matches(name, _MEMBERS, 1)
            hint = f'; did you mean "{likely[0]}"?' if likely else f"; known are {', '.join(_MEMBERS)}"
            raise ValueError(f'"{one_line(name)}" is not known{hint}')
    _text(data, "ContentType")  # The bytes tell the kind; what is claimed only has to be well-formed.
    attributes = _attributes(data.get("Attributes", {}))
    return Sidecar(
        document_id=_text(data, "DocumentId"),
        title=one_line(_text(data, "Title")),
        uri=_link(attributes.get("_source_uri", "")),
        attributes=attributes,
        access=_access(data["AccessControlList"]) if "AccessControlList" in data else None,
    )


def _text(data: dict[str, Any], member: str) -> str:
    value = data.get(member, "")
    if not isinstance(value, str):
        raise ValueError(f'"{member}" must be a text')
    return value


def _attributes(data: object) -> dict[str, Value]:
    if not isinstance(data, dict):
        raise ValueError('"Attributes" must be an object')
    return {str(name): _value(name, value) for name, value in data.items() if value is not None}


def _value(name: str, value: object) -> Value:
    match value:
        case str() if name in _DATES:
            return _moment(name, value)
        case bool():
            return str(value).lower()
        case str():
            return one_line(value)
        case int() | float() if name not in _DATES and math.isfinite(value):
            return float(value)
        case list() if all(isinstance(item, str) for item in value):
            return tuple(one_line(item) for item in value)
    raise ValueError(f'the attribute "{one_line(name)}" must be a text, a number, a list of texts or an ISO 8601 date')


def _moment(name: str, value: str) -> str:
    """A moment in UTC, so that moments can be compared as texts; a day stays a day."""
    try:
        if len(value) == 10:
            return date.fromisoformat(value).isoformat()
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f'"{name}" must be an ISO 8601 date such as 2026-03-25T12:30:10+01:00') from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()


def _link(value: Value) -> str:
    """The address if a browser may follow it."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return ""
    return str(value) if parts and parts.scheme in ("http", "https") and parts.netloc else ""


def _access(entries: object) -> Access:
    if not isinstance(entries, list):
        raise ValueError('"AccessControlList" must be a list')
    found: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != _ENTRY:
            raise ValueError(
                'each entry of "AccessControlList" must have "Name", "Type" and "Access", and nothing else'
            )
        name, kind, access = entry["Name"], entry["Type"], entry["Access"]
        if not isinstance(name, str) or not name.strip():
            raise ValueError('"Name" in "AccessControlList" must be the name of a user or a group')
        if kind not in ("USER", "GROUP") or access not in ("ALLOW", "DENY"):
            raise ValueError('in "AccessControlList", "Type" is USER or GROUP and "Access" is ALLOW or DENY')
        found.setdefault((kind, access), set()).add(name)
    return Access(
        users=frozenset(found.get(("USER", "ALLOW"), ())),
        groups=frozenset(found.get(("GROUP", "ALLOW"), ())),
        denied_users=frozenset(found.get(("USER", "DENY"), ())),
        denied_groups=frozenset(found.get(("GROUP", "DENY"), ())),
    )
