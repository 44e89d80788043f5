"""What the local runtime asks the code hook, and what it makes of the answer. Pure.

It understands no language: every text falls to the fallback intent, unless the client named an intent or the last
answer asked for a slot or a yes; those are filled with the text.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from channels.lex.dialog import FALLBACK
from channels.lex.runtime.requests import Asked
from channels.lex.runtime.sessions import SessionKey

YES = frozenset({"yes", "y", "ok", "sure"})


def event(
    key: SessionKey,
    asked: Asked,
    state: Mapping[str, Any],
    *,
    request_id: str,
    slots: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """The call of the code hook for a text.

    Args:
        key: The session.
        asked: What the client sent.
        state: The session's state, what the client sent of it included.
        request_id: Of this call.
        slots: Those of each intent. As with Lex, an intent comes with all of its slots, filled or not.
    """
    bot, alias, locale, session = key
    intent = _intent(asked, state, slots)
    return {
        "messageVersion": "1.0",
        "invocationSource": "FulfillmentCodeHook",
        "inputMode": "Text",
        "responseContentType": "text/plain; charset=utf-8",
        "sessionId": session,
        "inputTranscript": asked.text,
        "bot": {"id": bot, "name": "local", "aliasId": alias, "aliasName": "local", "localeId": locale, "version": "1"},
        "interpretations": [{"interpretationSource": "Lex", "intent": intent}],
        "requestAttributes": dict(asked.request_attributes),
        "sessionState": {
            "activeContexts": state.get("activeContexts", []),
            "sessionAttributes": dict(state.get("sessionAttributes", {})),
            "intent": intent,
            "originatingRequestId": request_id,
        },
        "transcriptions": [
            {"transcription": asked.text, "transcriptionConfidence": 1.0, "resolvedContext": {}, "resolvedSlots": {}}
        ],
    }


def after(response: Mapping[str, Any], state: Mapping[str, Any], *, request_id: str) -> dict[str, Any]:
    """The session's state after an answer. Attributes are always there: clients rely on it."""
    answered = response["sessionState"]
    attributes = answered.get("sessionAttributes", state.get("sessionAttributes", {}))
    kept = {"activeContexts": state.get("activeContexts", []), **answered}
    return {**kept, "sessionAttributes": dict(attributes), "originatingRequestId": request_id}


def interpretations(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a client is told of how its text was understood."""
    return [{"interpretationSource": "Lex", "intent": state.get("intent") or {"name": FALLBACK}}]


def _intent(asked: Asked, state: Mapping[str, Any], slots: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """The intent of a text, as it stands when Lex is ready to fulfil it."""
    action = state.get("dialogAction") or {}
    known, kind = state.get("intent") or {}, action.get("type")
    named = asked.state.get("intent") or (known if kind in ("ElicitSlot", "ConfirmIntent") else {})
    intent = {"confirmationState": "None", **named, "name": named.get("name") or FALLBACK}
    intent["slots"] = {**dict.fromkeys(slots.get(str(intent["name"]), ())), **(named.get("slots") or {})}
    if kind == "ElicitSlot" and not asked.state.get("intent"):
        value = {"originalValue": asked.text, "interpretedValue": asked.text, "resolvedValues": []}
        filled = {"shape": "Scalar", "value": value}
        intent["slots"][str(action.get("slotToElicit"))] = filled
    if kind == "ConfirmIntent" and not asked.state.get("intent"):
        agreed = asked.text.strip().casefold().rstrip(".!") in YES
        intent["confirmationState"] = "Confirmed" if agreed else "Denied"
    return {**intent, "state": "ReadyForFulfillment"}
