"""What the three Office formats share: how their libraries fail, and the properties that every file carries."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

from switchboard import SwitchboardError
from tools.reading.reasons import unreadable
from tools.reading.words import one_line

_PROPERTIES = ("title", "author", "subject", "keywords", "category", "created", "modified")


@contextmanager
def opening(name: str) -> Iterator[None]:
    """Turn whatever a library raises on a malformed file into one answer.

    The libraries walk foreign XML and raise whatever comes of it (`KeyError`, `AttributeError`, lxml's own errors),
    so this is a boundary where every exception means the same: the file is damaged.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # They warn of features that do not matter to a reader.
            yield
    except (SwitchboardError, MemoryError):
        raise
    except Exception as error:
        raise unreadable(name, "damaged") from error


def core_metadata(properties: Any) -> dict[str, str]:
    """The core properties that are set, as text."""
    found = {key: plain(getattr(properties, key, None)) for key in _PROPERTIES}
    found["author"] = found["author"] or plain(getattr(properties, "creator", None))  # openpyxl's word for it
    return {key: value for key, value in found.items() if value}


def plain(value: object) -> str:
    """A value as text: dates as ISO 8601, whole numbers without a fraction, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return one_line(str(value))
