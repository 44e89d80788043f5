import pytest

from agent.models import phrases
from agent.models.german import in_english
from tests.agent.models.conftest import Talk


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Wie viele Urlaubstage habe ich?", "how many leave day?"),
        ("Wie hoch war der Nettogewinn 2024?", "how much net profit 2024?"),
        ("Wie lange ist die Kündigungsfrist in der Probezeit?", "how long notice period probation?"),
        ("Wo soll Jonas Weber parken?", "where must Jonas Weber park?"),
    ],
)
def test_a_german_question_has_english_words(question: str, english: str) -> None:
    assert in_english(question) == english


@pytest.mark.parametrize("text", ["What was the revenue in 2024?", "Where is the die casting?", "Hallo", "Ridge", ""])
def test_what_is_not_known_to_be_a_german_question_has_none(text: str) -> None:
    assert in_english(text) == ""


def test_a_german_question_is_answered_from_an_english_paper(talk: Talk) -> None:
    assert "28 days of annual leave" in talk.say("Wie viele Urlaubstage habe ich im Jahr?")
    assert [arguments["query"] for _, arguments in talk.calls] == [
        "Wie viele Urlaubstage habe ich im Jahr?",
        "how many leave day year?",
    ]


def test_a_german_question_that_a_german_paper_answers_is_asked_once(talk: Talk) -> None:
    assert "7 bis 19 Uhr" in talk.say("Wann ist die Werkstatt geöffnet?")
    assert len(talk.calls) == 1


def test_a_german_question_without_an_answer_is_asked_twice_and_not_made_up(talk: Talk) -> None:
    assert talk.say("Wer ist der Anwalt der Firma?").startswith(phrases.NOT_FOUND)
    assert len(talk.calls) == 2
