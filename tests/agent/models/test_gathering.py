from typing import Any

import pytest
from langchain_core.messages import ToolMessage

from agent.models import phrases
from tests.agent.models.conftest import Talk
from tests.agent.models.corpus import LIST, SEARCH, shown

EXAMPLES = ("Draft an NDA between us and a supplier", "Write an invoice for a customer", "Draft an invoice")
DRAFT = {
    "type": "function",
    "function": {
        "name": "draft_paper",
        "description": "Draft a paper.\n\nExamples:\n" + "\n".join(f"- {example}" for example in EXAMPLES),
        "parameters": {
            "type": "object",
            "properties": {"facts": {"type": "array", "items": {"type": "string"}}, "kind": {"type": "string"}},
        },
    },
}
FIRST = "Draft an NDA between Acme and Beta"


def asking(name: str, arguments: dict[str, Any]) -> ToolMessage | str:
    """A tool that asks once and is satisfied by whatever is said then."""
    if name != "draft_paper":
        return shown(())
    return "For how long is it?" if len(arguments["facts"]) == 1 else "Here is the draft."


@pytest.fixture
def talk() -> Talk:
    return Talk([SEARCH, LIST, DRAFT], asking)


def facts(talk: Talk) -> list[list[str]]:
    """What the tool was given for the last message, call by call."""
    return [arguments["facts"] for name, arguments in talk.calls if name == "draft_paper"]


def test_an_answer_to_the_tools_question_goes_to_it_after_what_was_said_before(talk: Talk) -> None:
    assert talk.say(FIRST) == "For how long is it?"
    assert talk.say("three years") == "Here is the draft."
    assert facts(talk) == [[FIRST, "three years"]]


@pytest.mark.parametrize("text", ["make it 5 years", "change the second party to Gamma", "the date is 1 May 2026"])
def test_a_change_goes_to_what_was_made_even_after_another_question(talk: Talk, text: str) -> None:
    for said in (FIRST, "three years", "What documents do you have?", text):
        talk.say(said)
    assert facts(talk) == [[FIRST, "three years", text]]


@pytest.mark.parametrize(
    "text",
    [
        "could you make it 5 years?",
        "notice: 3 days",
        "in German",
        "no, 14 days",
        "nein, 14 Tage",
        "actually 900 EUR",
        "ohne Steuer",
        "prices include VAT",
    ],
)
def test_what_follows_a_draft_may_be_put_politely_or_shortly(talk: Talk, text: str) -> None:
    for said in (FIRST, "three years", text):
        talk.say(said)
    assert facts(talk) == [[FIRST, "three years", text]]


def test_a_question_is_still_answered_after_another_was_asked_in_between(talk: Talk) -> None:
    for said in (FIRST, "What is the notice period?", "three years"):
        talk.say(said)
    assert facts(talk) == [[FIRST, "three years"]]


@pytest.mark.parametrize("text", ["What is the notice period?", "thanks", "hello", "which files can you see?"])
def test_a_question_or_a_courtesy_is_no_answer(talk: Talk, text: str) -> None:
    talk.say(FIRST)
    talk.say(text)
    assert facts(talk) == []


@pytest.mark.parametrize("text", ["Write an invoice for Gamma Ltd", "I need an invoice for Gamma Ltd"])
def test_a_new_request_begins_anew(talk: Talk, text: str) -> None:
    talk.say(FIRST)
    talk.say(text)
    assert facts(talk) == [[text]]


@pytest.mark.parametrize("text", ["what else do you need?", "What is still missing?", "show it to me again"])
def test_what_is_lacking_is_told_by_the_tool_itself(talk: Talk, text: str) -> None:
    talk.say(FIRST)
    assert talk.say(text) == "For how long is it?"
    assert facts(talk) == [[FIRST]]


def test_another_paper_is_no_change_of_the_last(talk: Talk) -> None:
    for said in (FIRST, "three years", "Write me an invoice for Gamma Ltd"):
        talk.say(said)
    assert facts(talk) == [["Write me an invoice for Gamma Ltd"]]


@pytest.mark.parametrize("text", ["yes", "No."])
def test_a_yes_may_be_what_the_tool_has_asked_for(talk: Talk, text: str) -> None:
    talk.say(FIRST)
    talk.say(text)
    assert facts(talk) == [[FIRST, text]]


@pytest.mark.parametrize("text", ["yes", "No."])
def test_a_yes_to_nothing_is_told_that_nothing_was_asked(talk: Talk, text: str) -> None:
    assert talk.say(text) == phrases.NOTHING_ASKED
    talk.say(FIRST)
    talk.say("three years")
    assert talk.say(text) == phrases.NOTHING_ASKED
    assert talk.calls == []


def test_a_no_with_thanks_changes_nothing(talk: Talk) -> None:
    for said in (FIRST, "three years", "no thanks"):
        talk.say(said)
    assert talk.calls == []


def test_a_topic_after_a_finished_draft_is_looked_up(talk: Talk) -> None:
    for said in (FIRST, "three years", "parental leave"):
        talk.say(said)
    assert talk.calls[-1][0] == "search_documents"


@pytest.mark.parametrize(
    "text",
    ["Write an invoice for me", "I need an invoice", "invoice for Gamma, 3 days at 900 EUR", "Can you draft an NDA?"],
)
def test_a_request_and_an_order_with_figures_are_for_it(talk: Talk, text: str) -> None:
    talk.say(text)
    assert facts(talk) == [[text]]


@pytest.mark.parametrize("text", ["What is in the NDA?", "invoice", "NDA with Beta", "Where is the invoice from Acme?"])
def test_a_question_and_a_topic_are_looked_up(talk: Talk, text: str) -> None:
    talk.say(text)
    assert [name for name, _ in talk.calls] == ["search_documents"]


def test_a_change_without_anything_made_is_no_call_of_the_tool(talk: Talk) -> None:
    talk.say("make it 5 years")
    assert facts(talk) == []
