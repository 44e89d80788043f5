from datetime import date
from typing import Any

import pytest

from agent.models.arguments import Filled, Said, answered, fill
from agent.models.cards import Card, cards
from agent.models.meaning import Meaning

TODAY = date(2026, 3, 2)


def card(required: tuple[str, ...] = (), **properties: dict[str, Any]) -> Card:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    (made,) = cards([{"function": {"name": "some_tool", "description": "Does it.", "parameters": parameters}}])
    return made


def filled(text: str, meaning: Meaning, made: Card, **said: Any) -> Filled:
    return fill(made, Said(**{"text": text, "query": text, "today": TODAY} | said), meaning)


STRING = {"type": "string"}


@pytest.mark.parametrize("name", ["query", "question", "text", "input"])
def test_a_free_text_gets_the_question_as_it_stands_by_itself(name: str, meaning: Meaning) -> None:
    made = filled("and 2022?", meaning, card((name,), **{name: STRING}), query="Revenue in 2022?")
    assert made == Filled(arguments={name: "Revenue in 2022?"})


def test_a_picture_is_asked_for_by_what_it_shows(meaning: Meaning) -> None:
    made = filled("Please draw me a picture of a red fox", meaning, card(("prompt",), prompt=STRING))
    assert made.arguments == {"prompt": "a red fox"}


def test_a_language_and_a_focus_are_given_only_when_they_are_wanted(meaning: Meaning) -> None:
    tool = card((), focus=STRING, language=STRING)
    made = filled("Summarise it in German, especially the costs", meaning, tool)
    assert made.arguments == {"focus": "the costs", "language": "de"}
    assert filled("Summarise it", meaning, tool).arguments == {}


def test_a_document_is_given_only_when_one_is_meant(meaning: Meaning) -> None:
    tool = card((), query=STRING, document=STRING)
    assert filled("x", meaning, tool, document="a.pdf").arguments["document"] == "a.pdf"
    assert "document" not in filled("x", meaning, tool).arguments


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"enum": ["short", "long"]}, "a short one please", "short"),
        ({"enum": ["price_list", "contract"]}, "the price list", "price_list"),
        ({"enum": ["kilometres", "miles"]}, "how far is it in km, metric please", "kilometres"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "make 4 of them", 4),
        ({"type": ["integer", "null"]}, "make 4 of them", 4),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "make 4 of them", 4),
        ({"type": "number"}, "scale by 2.5", 2.5),
        ({"type": "string", "format": "date"}, "on 17 May 2026", "2026-05-17"),
        ({"type": "string", "format": "email"}, "to a@b.example", "a@b.example"),
        ({"type": "string", "pattern": "^[A-Z]{3}-\\d+$"}, "see ABC-12, please", "ABC-12"),
        ({"type": "string"}, "call it “Blue sky”", "Blue sky"),
        ({"type": "array", "items": {"enum": ["red", "green", "blue"]}}, "red and blue", ["red", "blue"]),
        ({"type": "array", "items": {"type": "string"}}, "“one” and “two”", ["one", "two"]),
    ],
)
def test_a_value_is_found_by_its_schema(schema: dict[str, Any], text: str, value: Any, meaning: Meaning) -> None:
    assert filled(text, meaning, card(("it", "other"), it=schema, other={"type": "object"})).arguments["it"] == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("job_id", "how far is job J-17?", "J-17"),
        ("city", "weather in New York tomorrow", "New York"),
        ("start_date", "from 2026-04-01", "2026-04-01"),
        ("website_url", "look at https://a.example", "https://a.example"),
    ],
)
def test_a_value_is_found_by_its_name(name: str, text: str, value: str, meaning: Meaning) -> None:
    assert filled(text, meaning, card((), **{name: STRING})).arguments == {name: value}


@pytest.mark.parametrize(
    ("text", "value"), [("with captions", True), ("without captions", False), ("no captions", False)]
)
def test_a_flag_is_set_as_it_is_spoken_of(text: str, value: bool, meaning: Meaning) -> None:
    assert filled(text, meaning, card((), captions={"type": "boolean"})).arguments == {"captions": value}


def test_what_was_not_said_is_left_out(meaning: Meaning) -> None:
    optional = card(
        (),
        filters={"type": "array", "items": STRING},
        limit={"type": "integer"},
        flag={"type": "boolean"},
        kind={"enum": ["a1", "b2"]},
        name=STRING,
    )
    assert filled("please “go” ahead", meaning, optional) == Filled()


def test_a_number_out_of_bounds_is_not_taken(meaning: Meaning) -> None:
    assert filled("make 40", meaning, card(("n",), n={"type": "integer", "maximum": 9})).missing == "n"


def test_what_can_not_be_found_is_missing(meaning: Meaning) -> None:
    assert filled("is it done?", meaning, card(("job",), job=STRING)).missing == "job"


def test_a_broken_pattern_finds_nothing(meaning: Meaning) -> None:
    assert filled("x", meaning, card(("code",), code={"type": "string", "pattern": "("})).missing == "code"


def test_the_one_text_that_a_tool_takes_is_the_message(meaning: Meaning) -> None:
    assert filled("mighty oaks", meaning, card(("sentence",), sentence=STRING)).arguments == {"sentence": "mighty oaks"}


def test_the_answer_to_a_question_back_is_taken_as_it_is(meaning: Meaning) -> None:
    said = Said(text="number seventeen.", query="number seventeen.", today=TODAY)
    assert answered("job", card(("job",), job=STRING), said, meaning) == "number seventeen"


def test_an_answer_that_does_not_fit_is_not_taken(meaning: Meaning) -> None:
    said = Said(text="the purple one", query="the purple one", today=TODAY)
    assert answered("n", card(("n",), n={"type": "integer"}), said, meaning) is None
