"""Changes to a draft that name what is there: lines that are removed, words that take the place of others."""

import re
from collections.abc import Callable
from dataclasses import replace

from tools.drafts.backend import Known, Line, Party
from tools.drafts.sheet import unquoted

_ADDS = re.compile(
    r"\s*(?:please\s+)?(?:add|also|plus|and|additionally|noch|auch|ergänze|füge|ajoute\w*|añad\w+|agrega\w*)\b",
    re.IGNORECASE,
)
_REMOVES = re.compile(
    r"\s*(?:please\s+)?(?:remove|delete|drop|entferne|lösche|supprime\w*|quita|elimina)\s+(?:(?:the|die|der|das|den|le|la|les|el|los|las)\s+)?(.+)",
    re.IGNORECASE,
)
_REPLACES = re.compile(
    r"\s*(?:please\s+)?(?:replace|ersetze|remplace[zr]?|reemplaza)\s+(.+?)\s+(?:with|by|durch|par|por)\s+(.+)",
    re.IGNORECASE,
)
_GENERAL = frozenset(
    {
        "line",
        "lines",
        "item",
        "items",
        "clause",
        "clauses",
        "position",
        "posten",
        "zeile",
        "ligne",
        "lignes",
        "línea",
        "líneas",
    }
)


def adds(text: str) -> bool:
    """Whether a text adds to what there is, rather than taking its place."""
    return bool(_ADDS.match(text))


def edits(text: str) -> Callable[[Known], Known | None] | None:
    """What a text does to values by naming what is in them; ``None`` if it says no such thing."""
    bare = text.strip().rstrip(".!")
    if match := _REPLACES.fullmatch(bare):
        old, new = unquoted(match[1]), unquoted(match[2])
        return lambda value: _replaced(value, old, new)
    if match := _REMOVES.fullmatch(bare):
        words = [word for word in re.findall(r"\w+", match[1].casefold()) if word not in _GENERAL]
        return lambda value: _without(value, words)
    return None


def _without(value: Known, words: list[str]) -> Known | None:
    """Lines and clauses less those in which all the words stand."""
    if not isinstance(value, tuple) or not words:
        return None
    if lines := [each for each in value if isinstance(each, Line)]:
        return tuple(line for line in lines if not _named(line.description, words))
    return tuple(str(each) for each in value if not _named(str(each), words))


def _named(text: str, words: list[str]) -> bool:
    return all(word in text.casefold() for word in words)


def _replaced(value: Known, old: str, new: str) -> Known | None:
    """Text with other words in it; figures and dates have other ways to be changed."""
    match value:
        case str():
            return value.replace(old, new)
        case Party():
            address = tuple(line.replace(old, new) for line in value.address)
            return replace(value, name=value.name.replace(old, new), address=address)
        case tuple():
            lines = [each for each in value if isinstance(each, Line)]
            if lines:
                return tuple(replace(line, description=line.description.replace(old, new)) for line in lines)
            return tuple(str(each).replace(old, new) for each in value)
        case _:
            return None
