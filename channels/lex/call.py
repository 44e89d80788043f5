"""What Lex V2 sends to the function, read into values. Lenient, as members come and go without notice; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from channels.lex import texts
from switchboard import BadInput

Source = Literal["DialogCodeHook", "FulfillmentCodeHook"]
Confirmation = Literal["Confirmed", "Denied", "None"]
DEPTH = 5
"""Composite slots hold slots; more of that than this is nobody's bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot that has a value.

    Attributes:
        text: The value, for people: as interpreted, several parted by commas.
        raw: The slot in the service's form, fit to be sent back.
        values: The values one by one, where it is a list.
    """

    text: str
    raw: Mapping[str, Any]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What Lex takes the words to mean. A slot without a value is ``None``."""

    name: str
    slots: Mapping[str, Slot | None] = field(default_factory=dict)
    confirmation: Confirmation = "None"

    @property
    def filled(self) -> dict[str, str]:
        """The values of the slots that have one."""
        return {name: slot.text for name, slot in self.slots.items() if slot is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the function.

    Attributes:
        words: What the person said or typed, as transcribed.
        speech: Whether the answer is read aloud.
        attributes: The session's attributes: anybody's who may use the bot, so untrusted.
        accepted: Content types that the platform says it can show; empty where it does not say.
    """

    source: Source
    session_id: str
    bot_id: str
    alias_id: str
    locale: str
    words: str
    speech: bool = False
    intent: Intent | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()


def read(event: object) -> Call:
    """The event as a call.

    Raises:
        BadInput: It is not an object, or does not say which session it is about.
    """
    top, bot, state = _object(event), _object(_get(event, "bot")), _object(_get(event, "sessionState"))
    session_id = _text(top.get("sessionId"))
    if not session_id:
        raise BadInput(texts.MALFORMED)
    mode, response = _text(top.get("inputMode")), _text(top.get("responseContentType"))
    asked = _strings(top.get("requestAttributes"))
    accepted = asked.get("x-amz-lex:accept-content-types", "")
    dialog = top.get("invocationSource") == "DialogCodeHook"
    return Call(
        source="DialogCodeHook" if dialog else "FulfillmentCodeHook",
        session_id=session_id,
        bot_id=_text(bot.get("id")),
        alias_id=_text(bot.get("aliasId")),
        locale=_text(bot.get("localeId")),
        words=_text(top.get("inputTranscript")),
        speech=response.startswith("audio/") or (not response and mode == "Speech"),
        intent=_intent(state.get("intent")) or _first_intent(top.get("interpretations")),
        attributes=_strings(state.get("sessionAttributes")),
        accepted=frozenset(kind.strip() for kind in accepted.split(",") if kind.strip()),
    )


def _first_intent(interpretations: object) -> Intent | None:
    found = interpretations if isinstance(interpretations, list) else []
    return next((intent for each in found if (intent := _intent(_get(each, "intent")))), None)


def _intent(value: object) -> Intent | None:
    data = _object(value)
    name, confirmation = _text(data.get("name")), data.get("confirmationState")
    if not name:
        return None
    return Intent(
        name=name,
        slots={_whole(slot): _slot(raw) for slot, raw in _object(data.get("slots")).items() if slot},
        confirmation=cast("Confirmation", confirmation) if confirmation in get_args(Confirmation) else "None",
    )


def _slot(value: object, depth: int = 0) -> Slot | None:
    """A slot of one value, of a list of values, or of slots; ``None`` where there is no value in it."""
    data = _object(value)
    if depth > DEPTH:
        return None
    if data.get("shape") == "Composite":
        subs = {_whole(name): _slot(each, depth + 1) for name, each in _object(data.get("subSlots")).items() if name}
        filled = {name: slot.text for name, slot in subs.items() if slot}
        raw = {"shape": "Composite", "subSlots": {name: slot and dict(slot.raw) for name, slot in subs.items()}}
        return Slot(text=", ".join(filled.values()), raw=raw) if filled else None
    one = _object(data.get("value"))
    given = _text(one.get("interpretedValue")) or _text(one.get("originalValue"))
    values = data.get("values")
    many = [slot for each in (values if isinstance(values, list) else []) if (slot := _slot(each, depth + 1))]
    if data.get("shape") == "List" and many:
        return Slot(
            text=", ".join(slot.text for slot in many),
            raw={"shape": "List", "values": [dict(slot.raw) for slot in many]},
            values=tuple(slot.text for slot in many),
        )
    resolved = one.get("resolvedValues")
    scalar = {
        "originalValue": _text(one.get("originalValue")) or given,
        "interpretedValue": given,
        "resolvedValues": [text for each in (resolved if isinstance(resolved, list) else []) if (text := _text(each))],
    }
    return Slot(text=given, raw={"shape": "Scalar", "value": scalar}) if given else None


def _object(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _get(value: object, name: str) -> object:
    return _object(value).get(name)


def _text(value: object) -> str:
    return _whole(value).strip() if isinstance(value, str) else ""


def _strings(value: object) -> dict[str, str]:
    return {_whole(name): _whole(each) for name, each in _object(value).items() if name and isinstance(each, str)}


def _whole(text: str) -> str:
    """Halves of characters, which JSON can hold and stores can't, become the replacement character."""
    return text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")
