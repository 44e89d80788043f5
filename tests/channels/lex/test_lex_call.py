"""Every kind of call is read, whatever is missing, new or wrong in it."""

from typing import Any

import pytest

from channels.lex.call import read
from switchboard import BadInput

from .lexing import NAMES, payload


@pytest.mark.parametrize("name", NAMES)
def test_every_payload_is_read(name: str) -> None:
    call = read(payload(name))
    assert (call.bot_id, call.alias_id, call.locale) == ("A1B2C3D4E5", "TSTALIASID", "en_GB")
    assert call.words == payload(name)["inputTranscript"]


@pytest.mark.parametrize("event", [None, [], "hello", 7, {}, {"sessionId": 5}, {"sessionId": " "}])
def test_what_is_no_call_is_refused(event: Any) -> None:
    with pytest.raises(BadInput):
        read(event)


def test_a_session_is_all_that_a_call_needs() -> None:
    call = read({"sessionId": "s1"})
    assert (call.words, call.intent, call.source) == ("", None, "FulfillmentCodeHook")


def test_a_slot_without_a_value_is_none() -> None:
    intent = read(payload("dialog_null_slots")).intent
    assert intent is not None
    assert (dict(intent.slots), intent.filled) == ({"Topic": None, "Year": None}, {})


def test_a_slot_is_sent_back_as_it_came() -> None:
    intent = read(payload("list_and_composite_slots")).intent
    sent = payload("list_and_composite_slots")["sessionState"]["intent"]["slots"]
    assert intent is not None
    assert intent.filled == {"Colours": "red, blue", "Address": "Main Street, 5"}
    assert intent.slots["Address"] is not None
    assert intent.slots["Address"].raw == sent["Address"]
    assert intent.slots["Colours"] is not None
    assert intent.slots["Colours"].raw == {name: sent["Colours"][name] for name in ("shape", "values")}


def test_a_slot_without_an_interpretation_is_what_was_said() -> None:
    event = payload("dialog_filled")
    event["sessionState"]["intent"]["slots"] = {"Topic": {"value": {"originalValue": "leave"}}}
    intent = read(event).intent
    assert intent is not None
    assert intent.filled == {"Topic": "leave"}


def test_slots_within_slots_have_an_end() -> None:
    slot: dict[str, Any] = {"shape": "Scalar", "value": {"interpretedValue": "x"}}
    for _ in range(2_000):
        slot = {"shape": "Composite", "subSlots": {"a": slot}}
    event = payload("dialog_filled")
    event["sessionState"]["intent"]["slots"] = {"Deep": slot}
    intent = read(event).intent
    assert intent is not None
    assert intent.slots == {"Deep": None}


def test_without_an_intent_in_the_state_the_first_interpretation_counts() -> None:
    event = payload("ask_anything_intent")
    del event["sessionState"]["intent"]
    intent = read(event).intent
    assert intent is not None
    assert intent.name == "AskAnything"


@pytest.mark.parametrize(
    ("mode", "response", "speech"),
    [
        ("Text", "text/plain; charset=utf-8", False),
        ("Speech", "audio/mpeg", True),
        ("DTMF", "audio/pcm", True),
        ("Speech", "text/plain; charset=utf-8", False),
        ("Speech", None, True),
        (None, None, False),
    ],
)
def test_the_answer_is_read_aloud_where_audio_is_wanted(mode: str | None, response: str | None, speech: bool) -> None:
    assert read(payload(inputMode=mode, responseContentType=response)).speech is speech


def test_what_the_platform_shows_is_known() -> None:
    assert read(payload("connect_chat")).accepted == {"PlainText", "CustomPayload", "ImageResponseCard"}


def test_half_a_character_becomes_a_whole_one() -> None:
    event = payload(inputTranscript="a\ud800b")
    event["sessionState"]["sessionAttributes"] = {"k\udc00": "\ud800", "n": None, "o": {}}
    call = read(event)
    assert (call.words, call.attributes) == ("a\ufffdb", {"k\ufffd": "\ufffd"})
