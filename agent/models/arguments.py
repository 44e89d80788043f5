"""Filling a tool's arguments from what the person said; what can't be filled is asked for, never made up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agent.models import values, wishes
from agent.models.cards import DOCUMENT, FREE_TEXT, GATHERED, Card
from agent.models.meaning import Meaning
from agent.models.words import stem, tokens

CHOSEN = 0.35
"""An option that is not named is meant if it is at least this near, and ``CHOSEN_MARGIN`` nearer than the next."""
CHOSEN_MARGIN = 0.08

_PLACE = re.compile(r"city|location|place|country|destination|origin|town|region|address", re.IGNORECASE)
_CODED = re.compile(r"(?:^|_)(?:id|ids|number|no|code|job|ticket|order|reference|key|sku)$", re.IGNORECASE)
_DATED = re.compile(r"(?:^|_)(?:date|day|when|since|until|before|after|from_date|to_date)(?:_|$)", re.IGNORECASE)
_PICTURE = re.compile(
    r"^(?:please |can you |could you )*(?:draw|generate|create|make|paint|design|show)(?: me| us)?\s+"
    r"(?:(?:an?|the|some)\s+)?(?:picture|image|drawing|illustration|painting|photo)s?\s+(?:of|with|showing)\s+",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:no|not|without|don't|never|ohne|kein\w*|sans|pas)\b", re.IGNORECASE)
_NOTHING = object()
_WISHES = {"focus": wishes.focus, "language": wishes.language}
"""Optional arguments of these names take what people say in such words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What there is to fill arguments from.

    Attributes:
        text: The message as written.
        query: The message as it stands by itself.
        document: The document that is meant, if any.
        files: The files that came with the message.
        today: For *tomorrow* and the like.
    """

    text: str
    query: str
    document: str = ""
    files: tuple[str, ...] = ()
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Arguments, and the first required one that could not be found (empty if all were)."""

    arguments: dict[str, Any] = field(default_factory=dict)
    missing: str = ""


def fill(card: Card, said: Said, meaning: Meaning) -> Filled:
    """The arguments that the person gave; optional ones only where they are plain."""
    filled: dict[str, Any] = {}
    for name, schema in card.properties.items():
        value = argument(name, schema, card, said, meaning)
        if value is not _NOTHING:
            filled[name] = value
    missing = next((name for name in card.properties if name in card.required and name not in filled), "")
    if missing and _is_only_text(missing, card):
        return Filled(arguments=filled | {missing: said.query})
    return Filled(arguments=filled, missing=missing)


def answered(name: str, card: Card, said: Said, meaning: Meaning) -> Any:
    """The value for an argument that was asked for: whatever was said, if it fits; otherwise ``None``."""
    schema = card.properties.get(name, {})
    value = argument(name, schema, card, said, meaning)
    if value is not _NOTHING:
        return value
    return said.text.strip(" .!\"'") if _kind(schema) == "string" and not schema.get("enum") else None


def argument(name: str, schema: Mapping[str, Any], card: Card, said: Said, meaning: Meaning) -> Any:
    """One argument's value, or the mark for nothing."""
    if name in GATHERED:
        return [said.text]
    schema = _inner(schema)
    required = name in card.required
    if options := schema.get("enum"):
        return _chosen(options, said.text, meaning if required else None)
    match _kind(schema):
        case "string":
            return _text(name, schema, said, required=required)
        case "integer" | "number" as kind:
            alone = sum(_kind(_inner(other)) in ("integer", "number") for other in card.properties.values()) == 1
            number = values.number_for(name, said.text, whole=kind == "integer", alone=alone)
            return _NOTHING if number is None or not _within(number, schema) else number
        case "boolean":
            return _yes_or_no(name, said.text)
        case "array":
            return _several(name, _inner(schema.get("items") or {}), said, required=required)
        case _:
            return _NOTHING


def _text(name: str, schema: Mapping[str, Any], said: Said, *, required: bool) -> Any:
    if name in FREE_TEXT:
        return _PICTURE.sub("", said.query) if name == "prompt" else said.query
    if name in DOCUMENT:
        return said.document or _NOTHING
    if name in _WISHES:
        return _WISHES[name](said.text) or _NOTHING
    shape = str(schema.get("format") or "")
    found: list[str] = []
    if pattern := schema.get("pattern"):
        found = _matching(str(pattern), said.text)
    elif shape in ("date", "date-time") or (_DATED.search(name) and not shape):
        found = [day.isoformat() for day in values.dates(said.text, today=said.today)]
    elif shape == "email" or "email" in name:
        found = values.mails(said.text)
    elif shape in ("uri", "url") or name.endswith("url"):
        found = values.urls(said.text)
    elif _CODED.search(name):
        found = values.codes(said.text)
    elif _PLACE.search(name):
        found = values.places(said.text)
    elif required:
        found = values.quoted(said.text)
    return found[0] if found else _NOTHING


def _several(name: str, items: Mapping[str, Any], said: Said, *, required: bool) -> Any:
    if options := items.get("enum"):
        found = [option for option in options if _mentions(said.text, str(option))]
    elif _kind(items) != "string":
        found = []
    elif name in DOCUMENT:
        found = list(said.files) or ([said.document] if said.document else [])
    elif name.removesuffix("s") in FREE_TEXT:
        found = [said.query]
    else:
        found = values.quoted(said.text) if required else []
    return found or _NOTHING


def _chosen(options: list[Any], text: str, meaning: Meaning | None) -> Any:
    """The option that the text names; for a required argument also the one that it means."""
    named = [option for option in options if _mentions(text, str(option))]
    if named:
        return max(named, key=lambda option: len(str(option)))
    if meaning is None:
        return _NOTHING
    near = meaning.to_known(text, tuple(str(option).replace("_", " ") for option in options))
    first, second, *_ = [*sorted(near, reverse=True), 0.0]
    return options[near.index(first)] if first >= CHOSEN and first - second >= CHOSEN_MARGIN else _NOTHING


def _mentions(text: str, option: str) -> bool:
    wanted = [stem(word) for word in tokens(option.replace("_", " "))]
    said = [stem(word) for word in tokens(text)]
    return bool(wanted) and any(said[at : at + len(wanted)] == wanted for at in range(len(said)))


def _yes_or_no(name: str, text: str) -> Any:
    """Whether a flag is spoken of, and as wanted or not."""
    match = re.search(rf"\b{re.escape(name.replace('_', ' '))}\w*", text, re.IGNORECASE)
    if not match:
        return _NOTHING
    return not _NEGATED.search(" ".join(text[: match.start()].split()[-2:]))


def _matching(pattern: str, text: str) -> list[str]:
    """Words that match a schema's pattern; a pattern that Python can't read finds nothing."""
    try:
        compiled = re.compile(pattern)
    except re.error:
        return []
    words = (word.strip(".,;:!?\"'()") for word in text.split())
    return [word for word in words if len(word) <= 100 and compiled.search(word)]


def _is_only_text(name: str, card: Card) -> bool:
    """Whether what is missing is the one free text that the tool takes, so that the message itself is meant."""
    texts = [other for other in card.required if _kind(_inner(card.properties[other])) == "string"]
    schema = _inner(card.properties[name])
    plain = not (schema.keys() & {"enum", "format", "pattern"}) and not _CODED.search(name) and not _PLACE.search(name)
    return texts == [name] and plain and name not in DOCUMENT and not _DATED.search(name)


def _within(number: float, schema: Mapping[str, Any]) -> bool:
    low, high = schema.get("minimum"), schema.get("maximum")
    return (low is None or number >= low) and (high is None or number <= high)


def _inner(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema without the ``null`` of an optional argument."""
    choices = [choice for choice in schema.get("anyOf") or () if choice.get("type") != "null"]
    return {**schema, **choices[0]} if len(choices) == 1 else schema


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    return str(kind[0] if isinstance(kind, list) and kind else kind or "")
