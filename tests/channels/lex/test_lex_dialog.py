"""What a call asks for, and the answer's form: each dialog action where it belongs."""

import json
from typing import Any

import pytest

from channels.lex import texts
from channels.lex.call import read
from channels.lex.dialog import Ask, Command, Step, ToolNeeds, next_step
from channels.lex.parts import Text
from channels.lex.responses import respond
from switchboard import Call

from .lexing import a_channel, faults, payload, says

FIND = {"FindPolicy": {"tool": "search_documents", "slots": {"query": "Topic"}}}
NEEDS = {"search_documents": ToolNeeds(takes={"query": "string"}, required=("query",))}
CAREFUL = {"search_documents": ToolNeeds(takes={"query": "string"}, required=("query",), needs_approval=True)}


def step(event: Any, tools: Any = None, **settings: Any) -> Ask | Command | Step:
    return next_step(read(event), a_channel(**settings).settings, tools or {})


@pytest.mark.parametrize("name", ["fallback_text", "no_intent", "bedrock_interpretation", "speech", "unknown_members"])
def test_words_that_no_intent_takes_go_to_the_assistant(name: str) -> None:
    assert step(payload(name)) == Ask(text=payload(name)["inputTranscript"])


@pytest.mark.parametrize("name", ["KendraSearchIntent", "AMAZON.QnAIntent", "Ask our documents"])
def test_what_an_intent_of_amazons_has_searched_for_is_asked_in_the_persons_words(name: str) -> None:
    event = payload("kendra_response")
    event["sessionState"]["intent"]["name"] = name
    assert step(event) == Ask(text=event["inputTranscript"])


def test_an_intent_to_ask_anything_gives_its_slot() -> None:
    ask = {"AskAnything": "Question"}
    assert step(payload("ask_anything_intent"), ask=ask) == Ask(text="How much is the travel allowance?")


def test_without_a_slot_it_gives_all_that_was_said() -> None:
    assert step(payload("ask_anything_intent"), ask={"AskAnything": ""}) == Ask(text="I have a question")


def test_words_for_the_assistant_are_answered_at_the_dialog_hook_too() -> None:
    assert isinstance(step(payload(invocationSource="DialogCodeHook")), Ask)


def test_nothing_heard_is_asked_again() -> None:
    assert step(payload("empty_transcript")) == Step(action="ElicitIntent", text=texts.NOT_HEARD)


@pytest.mark.parametrize(
    ("words", "name"), [("More", "more"), ("show more!", "more"), (" Show  result. ", "result"), ("more leave?", None)]
)
def test_the_channels_own_words_are_heard(words: str, name: str | None) -> None:
    heard = step(says(words))
    assert heard == (Command(name=name) if name else Ask(text=words))  # type: ignore[arg-type]


def test_an_intent_that_nobody_mapped_is_left_to_lex_until_it_is_filled() -> None:
    assert step(payload("dialog_null_slots")) == Step(action="Delegate")


def test_then_its_name_and_slots_are_words_for_the_assistant() -> None:
    assert step(payload("fulfilment_slots")) == Ask(text="Find policy - Topic: parental leave; Year: 2026")


def test_an_argument_that_a_tool_needs_is_asked_for() -> None:
    asked = step(payload("dialog_null_slots"), NEEDS, intents=FIND)
    assert asked == Step(action="ElicitSlot", slot="Topic", text="Please tell me the topic.")


def test_slots_that_the_tool_can_do_without_are_left_to_lex() -> None:
    event = payload("confirmed", invocationSource="DialogCodeHook")
    assert step(event, NEEDS, intents=FIND) == Step(action="Delegate")


@pytest.mark.parametrize("name", ["dialog_filled", "fulfilment_slots"])
def test_a_filled_intent_asks_for_its_tool_by_the_names_of_the_arguments(name: str) -> None:
    asked = step(payload(name), NEEDS, intents=FIND)
    call = Call(tool="search_documents", arguments='{"query": "parental leave"}')
    assert asked == Ask(text="Search documents - query: parental leave; Year: 2026", call=call)


def test_a_list_of_values_is_a_list_where_the_tool_takes_one() -> None:
    slots = {"Topic": {"shape": "List", "values": [{"value": {"interpretedValue": each}} for each in ("a", "b")]}}
    event = payload("fulfilment_slots")
    event["sessionState"]["intent"]["slots"] = slots
    for kind, expected in (("array", ["a", "b"]), ("string", "a, b")):
        asked = step(event, {"search_documents": ToolNeeds(takes={"query": kind})}, intents=FIND)
        assert isinstance(asked, Ask)
        assert asked.call is not None
        assert json.loads(asked.call.arguments) == {"query": expected}


def test_a_tool_that_needs_approval_is_confirmed_first() -> None:
    asked = step(payload("dialog_filled"), CAREFUL, intents=FIND)
    assert isinstance(asked, Step)
    assert asked.action == "ConfirmIntent"
    assert "parental leave" in asked.text
    call = Call(tool="search_documents", arguments='{"query": "parental leave"}', approved=True)
    confirmed = step(payload("confirmed"), CAREFUL, intents=FIND)
    assert confirmed == Ask(text="Search documents - query: parental leave", call=call)


def test_what_is_denied_is_closed_and_not_done() -> None:
    denied = Step(action="Close", text=texts.CANCELLED, failed=True)
    assert step(payload("denied"), CAREFUL, intents=FIND) == denied


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("fallback_text", Step(action="Close")),
        ("fallback_text", Step(action="ElicitIntent")),
        ("no_intent", Step(action="Close")),
        ("dialog_null_slots", Step(action="ElicitSlot", slot="Topic")),
        ("dialog_filled", Step(action="ConfirmIntent")),
        ("dialog_null_slots", Step(action="Delegate")),
        ("list_and_composite_slots", Step(action="Close", failed=True)),
    ],
)
def test_an_answer_is_as_the_service_wants_it(name: str, made: Step) -> None:
    call = read(payload(name))
    response = respond(call, made, [Text(content="Hello")], {"a": "b"})
    state = response["sessionState"]
    assert faults(response) == []
    assert state["sessionAttributes"] == {"a": "b"}
    action = state["dialogAction"]["type"]
    assert action == (made.action if call.intent else "ElicitIntent")
    assert ("messages" in response) is (action != "Delegate")
    assert ("intent" in state) is (action != "ElicitIntent")
    assert state["dialogAction"].get("slotToElicit", "") == made.slot


def test_an_intent_is_closed_with_how_it_ended() -> None:
    call = read(payload())
    for failed, ended in ((False, "Fulfilled"), (True, "Failed")):
        response = respond(call, Step(action="Close", failed=failed), [], {})
        assert response["sessionState"]["intent"]["state"] == ended


def test_contexts_and_hints_are_left_as_they_are() -> None:
    event = payload("contexts_and_hints")
    for made in (Step(action="Close"), Step(action="ElicitIntent"), Step(action="Delegate")):
        assert not {"activeContexts", "runtimeHints"} & respond(read(event), made, [], {})["sessionState"].keys()


def test_slots_are_kept_while_others_are_filled() -> None:
    event = payload("fulfilment_slots")
    response = respond(read(event), Step(action="ConfirmIntent"), [], {})
    assert response["sessionState"]["intent"]["slots"] == event["sessionState"]["intent"]["slots"]
