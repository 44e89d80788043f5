"""What is said in four languages: complete, with the same gaps, and in the language of whoever writes."""

import ast
import re
from pathlib import Path

import pytest

from tests.tools.drafts.conftest import TEMPLATES, Gathered
from tools.drafts import texts
from tools.drafts.backend import Field
from tools.drafts.texts import LANGUAGES, PHRASES, Says, phrases

CODE = Path(texts.__file__).parent
MADE_UP = {"change_deadline", "change_duration", "change_date", "model", "default", "settings", "computed"}
"""Phrases whose names are put together of parts in the code."""


def gaps(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def flat(language: str) -> dict[str, str]:
    found = dict(phrases(language))
    return {**{f"like.{name}": text for name, text in found.pop("like").items()}, **found}  # type: ignore[attr-defined,dict-item]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_phrase_with_the_same_gaps(language: str) -> None:
    english, other = flat("en"), flat(language)
    assert other.keys() == english.keys()
    assert {name for name in english if name != "change_deadline" and gaps(other[name]) - gaps(english[name])} == set()
    asked = {name for name, text in english.items() if text.endswith("?")}
    assert {name for name in asked if not other[name].rstrip().endswith("?")} == set()


def test_every_phrase_is_said_somewhere_and_every_one_that_is_said_is_there() -> None:
    said = {
        node.value
        for path in CODE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    names = {name for name in flat("en") if "." not in name and not name.startswith("ask_")} - MADE_UP
    assert names - said == set()
    called = {
        node.args[0].value
        for path in CODE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "says"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert called - flat("en").keys() == set()


def test_there_is_a_file_of_phrases_for_each_language_and_no_other() -> None:
    assert {path.stem for path in PHRASES.glob("*.toml")} == set(LANGUAGES)


def test_a_language_without_phrases_is_answered_in_english() -> None:
    assert Says("ja")("dropped") == Says("en")("dropped")


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_built_in_template_asks_in_each_language(name: str) -> None:
    def lacking(field: Field) -> set[str]:
        there = field.questions if field.question else field.labels
        return set() if field.label == field.labels.get("body") else set(LANGUAGES) - there.keys()

    assert {field.name: lacking(field) for field in TEMPLATES[name].fields if lacking(field)} == {}


@pytest.mark.parametrize(
    ("language", "said", "question"),
    [
        ("de", ("Erstelle eine Geheimhaltungsvereinbarung zwischen Acme AG und Beta GmbH",), "Worüber wollen"),
        ("fr", ("Rédige un accord de confidentialité entre Acme SA et Beta SARL",), "De quoi les parties"),
        ("es", ("Redacta un acuerdo de confidencialidad entre Acme SA y Beta SL",), "¿De qué quieren hablar"),
        ("de", ("Brief an Frau Weber über die Heizung von Tom Maier", "Sie ist kaputt", "vom 31.6.2026"), ""),
    ],
)
def test_questions_come_in_the_language_that_is_spoken(
    gathered: Gathered, language: str, said: tuple[str, ...], question: str
) -> None:
    kind = "letter" if said[0].startswith("Brief") else "nda"
    state = gathered(kind, *said, language=language)
    if question:
        assert state.asked is not None
        assert state.asked.told_in(language).question.startswith(question)
    else:
        assert state.fault is not None
        assert "gibt es nicht" in state.fault.text


def test_a_bare_address_answers_the_question_for_a_party(gathered: Gathered) -> None:
    said = ("invoice from Me Ltd, 3 days consulting at 900 EUR, VAT 20%", "ACME Ltd, 1 Market Street, London")
    state = gathered("invoice", *said)
    assert getattr(state.values["buyer"].value, "address", ()) == ("1 Market Street", "London")
