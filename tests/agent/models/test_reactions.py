from typing import Any

import pytest

from agent.models import phrases
from agent.models.reactions import reaction
from tests.agent.models.conftest import Talk
from tests.agent.models.corpus import PASSAGES, SEARCH, TOOLS, shown

SUMMARIZE: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "summarize_document",
        "description": "Summarise a document.\n\nExamples:\n    - Summarise this document\n    - Give me a summary",
        "parameters": {
            "type": "object",
            "properties": {
                "document": {"type": "string"},
                "length": {"type": "string", "enum": ["short", "medium", "long"]},
            },
        },
    },
}


@pytest.fixture
def reading() -> Talk:
    """A conversation in which documents can be searched and summarised."""
    return Talk(
        [*TOOLS, SUMMARIZE],
        lambda name, _: shown(PASSAGES) if name == "search_documents" else "A summary, page by page.",
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(
            (text, "more")
            for text in ("more", "Tell me more!", "go on", "anything else?", "more details please", "mehr")
        ),
        *((text, "shorter") for text in ("shorter please", "make it shorter", "kürzer")),
        *(
            (text, "where")
            for text in ("which page says that?", "Which document is that from?", "Are you sure?", "source?")
        ),
        *((text, "where") for text in ("where does it say that?", "really?", "Auf welcher Seite steht das?")),
        *((text, "why") for text in ("why?", "But why is that so?", "warum?")),
    ],
)
def test_what_is_said_to_an_answer_is_understood(text: str, wanted: str) -> None:
    assert reaction(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "more than two days?",
        "tell me more about trains",
        "detail the costs",
        "why did sales fall?",
        "which page is on tyres?",
        "where is the workshop?",
    ],
)
def test_what_says_something_of_its_own_is_no_reaction(text: str) -> None:
    assert reaction(text) == ""


def test_more_is_more_of_it_even_after_thanks(talk: Talk) -> None:
    talk.say("What is the daily allowance for Germany in 2026?")
    talk.say("thanks")
    assert "Germany, 2026" not in talk.say("more")
    assert talk.calls == [("search_documents", {"query": "What is the daily allowance for Germany in 2026?"})]


def test_asked_for_more_again_and_again_it_comes_to_an_end(talk: Talk) -> None:
    talk.say("How many weeks of parental leave do I get?")
    answers = [talk.say("more") for _ in range(4)]
    assert answers[-1] == phrases.NOTHING_MORE
    assert len({answer for answer in answers if answer != phrases.NOTHING_MORE}) == answers.index(phrases.NOTHING_MORE)


def test_asked_which_page_says_so_it_shows_the_quote_with_its_page(talk: Talk) -> None:
    talk.say("What is the daily allowance for Germany in 2026?")
    answer = talk.say("which page says that?")
    assert answer.startswith(phrases.FROM)
    assert "**Travel policy** (page 1)" in answer
    assert "[3]" in answer


def test_asked_why_it_quotes_a_reason(talk: Talk) -> None:
    talk.say("What was the revenue in Q3 2025?")
    assert "because touring bicycles sold well" in talk.say("why?")


def test_asked_why_where_nothing_says_so_it_makes_no_reason_up(talk: Talk) -> None:
    talk.say("How many weeks of parental leave do I get?")
    assert talk.say("why?") == phrases.NO_REASON


def test_more_of_a_summary_is_a_longer_one_up_to_the_longest(reading: Talk) -> None:
    reading.say("Summarise this document\n[attached: q3.xlsx]")
    reading.say("more")
    assert reading.calls == [("summarize_document", {"document": "q3.xlsx", "length": "long"})]
    assert reading.say("more") == phrases.LONGEST


def test_less_of_a_summary_is_a_shorter_one_up_to_the_shortest(reading: Talk) -> None:
    reading.say("Summarise this document\n[attached: q3.xlsx]")
    reading.say("shorter, please")
    assert reading.calls == [("summarize_document", {"document": "q3.xlsx", "length": "short"})]
    assert reading.say("make it shorter") == phrases.SHORTEST


def test_asked_where_a_summary_is_from_it_points_to_its_numbers(reading: Talk) -> None:
    reading.say("Summarise this document\n[attached: q3.xlsx]")
    assert reading.say("which page says that?") == phrases.PAGES
    assert reading.calls == []


def test_more_of_what_is_complete_is_nothing_more(talk: Talk) -> None:
    talk.say("What documents do you have?")
    assert talk.say("more") == phrases.NOTHING_MORE


def test_a_reaction_to_nothing_is_an_ordinary_message(talk: Talk) -> None:
    talk.say("more")
    assert talk.calls == [(SEARCH["function"]["name"], {"query": "more"})]
