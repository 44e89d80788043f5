import pytest

from agent.models.followups import standalone, topic
from agent.models.meaning import Meaning


@pytest.mark.parametrize(
    ("before", "said", "meant"),
    [
        ("What was revenue in 2021?", "and for 2022?", "What was revenue in 2022?"),
        ("What was revenue in 2021 and 2022?", "and for 2019?", "What was revenue in 2019?"),
        ("What was revenue in Q3 2021?", "and Q4?", "What was revenue in Q4 2021?"),
        ("What was revenue in 2021?", "and operating profit?", "What was operating profit in 2021?"),
        ("What is the daily allowance for France?", "what about Germany?", "What is the daily allowance for Germany?"),
        ("What is the per diem in France in 2025?", "And Germany in 2026?", "What is the per diem in Germany in 2026?"),
        ("What is the per diem in France?", "Germany?", "What is the per diem in Germany?"),
        ("How many days of parental leave do I get?", "and sick leave?", "How many days of sick leave do I get?"),
        ("What does the policy say about trains?", "and about flights?", "What does the policy say about flights?"),
        (
            "How long does the contract with Norrland Steel run?",
            "who signed it?",
            "who signed the contract with Norrland Steel?",
        ),
        (
            "What is the notice period of the supply agreement?",
            "Who signed that contract?",
            "Who signed the supply agreement?",
        ),
        ("How heavy is the Ridge?", "And what does it cost?", "what does the Ridge cost?"),
        ("When is the invoice due?", "how much?", "how much is the invoice due?"),
        ("What is the price of the Ridge?", "why?", "why is the price of the Ridge?"),
        (
            "Wie hoch ist der Tagessatz für Frankreich?",
            "und für Deutschland?",
            "Wie hoch ist der Tagessatz für Deutschland?",
        ),
        ("Quel est le prix du Ridge en 2025 ?", "et en 2026 ?", "Quel est le prix du Ridge en 2026?"),
    ],
)
def test_a_follow_up_is_completed(before: str, said: str, meant: str, meaning: Meaning) -> None:
    assert standalone(said, before, meaning).query == meant


@pytest.mark.parametrize(
    "said",
    [
        "How do I claim hotel costs?",
        "Is it allowed to smoke in the yard?",
        "What was operating profit in 2022?",
        "Who pays for shipping of spare parts?",
        "What documents do you have?",
    ],
)
def test_a_question_that_stands_by_itself_is_left_alone(said: str, meaning: Meaning) -> None:
    assert standalone(said, "What is the price of the Ridge?", meaning).query == said


def test_the_first_question_follows_nothing(meaning: Meaning) -> None:
    assert standalone("and for 2022?", "", meaning).query == "and for 2022?"


def test_a_follow_up_on_a_follow_up_keeps_the_thread(meaning: Meaning) -> None:
    first = standalone("and for Germany?", "What is the daily allowance for France in 2025?", meaning).query
    assert standalone("2026?", first, meaning).query == "What is the daily allowance for Germany in 2026?"


@pytest.mark.parametrize(
    "said", ["What does that contract say about rent?", "What else is in it?", "in the same document"]
)
def test_pointing_to_the_document_is_noticed(said: str, meaning: Meaning) -> None:
    assert standalone(said, "Who signed the lease?", meaning).same_document


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What is the notice period of the supply agreement?", "the supply agreement"),
        ("How long does the contract with Norrland Steel run?", "the contract with Norrland Steel"),
        ("Who is the head of sales?", "the head of sales"),
        ("When did Marta Oduya join?", "Marta Oduya"),
        ("parental leave weeks", "parental leave weeks"),
    ],
)
def test_the_topic_is_the_last_thing_named(question: str, about: str) -> None:
    assert topic(question) == about
