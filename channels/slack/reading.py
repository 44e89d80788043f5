"""Getting at the members of payloads that may hold anything, and at what people typed. Pure."""

import html
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from switchboard import BadInput

Payload: TypeAlias = Mapping[str, Any]

_ID = re.compile(r"[A-Z0-9]{2,40}")
_TS = re.compile(r"[0-9]{1,16}\.[0-9]{1,10}")
_MARKED = re.compile(r"<([^<>]*)>")
MALFORMED = "That is not something that Slack sends."


def at(payload: object, *path: str) -> object:
    """What is there, ``None`` if nothing is."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, Mapping) else None
    return payload


def text_at(payload: object, *path: str) -> str:
    """The text that is there; empty if there is none."""
    found = at(payload, *path)
    return found if isinstance(found, str) else ""


def id_at(payload: object, *path: str) -> str:
    """The id of a person, a channel or a workspace.

    Raises:
        BadInput: What is there is none.
    """
    return _matching(_ID, text_at(payload, *path))


def ts_at(payload: object, *path: str) -> str:
    """The time that names a post, as the text that it is: as a number it would lose digits.

    Raises:
        BadInput: What is there is none.
    """
    return _matching(_TS, text_at(payload, *path))


def is_ts(text: str) -> bool:
    """Whether a text is a time that names a post."""
    return bool(_TS.fullmatch(text))


def typed(text: str, *, own: str = "") -> str:
    """What a person typed: escapes undone, mentions and links as words, mentions of ``own`` left out."""

    def word(found: re.Match[str]) -> str:
        target, bar, label = found[1].partition("|")
        match target[:1]:
            case "@":
                return "" if target[1:] == own else f"@{(label or target[1:]).lstrip('@')}"
            case "#":
                return f"#{(label or target[1:]).lstrip('#')}"
            case "!":
                return label or f"@{target[1:].partition('^')[0]}"
            case _:
                address = target.removeprefix("mailto:")
                known = not bar or label in (address, re.sub(r"^https?://", "", address))
                return address if known else f"{label} ({address})"

    return html_unescape(_MARKED.sub(word, text)).strip()


def html_unescape(text: str) -> str:
    """Slack escapes three characters; others are as they were typed."""
    return re.sub(r"&(?:amp|lt|gt);", lambda found: html.unescape(found[0]), text)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise BadInput(MALFORMED)
    return text
