"""Reading questions: what carries them, and that nothing in them can be syntax."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.retrieval import lexicon
from tools.retrieval.periods import Period
from tools.retrieval.query import MAX_TERMS, read


def said(question: str) -> list[str]:
    return [term.text for term in read(question).terms if term.weight == 1]


def test_the_words_that_only_ask_are_left_out() -> None:
    assert said("Please tell me: what is the hotel limit?") == ["hotel", "limit"]


def test_a_question_of_nothing_but_such_words_keeps_them() -> None:
    assert said("What is it?") == ["what", "is", "it"]


def test_periods_are_taken_out_and_years_count_less() -> None:
    query = read("Net sales in FY2018?")
    assert query.periods == (Period(year=2018),)
    assert "fy2018" not in said("Net sales in FY2018?")
    assert next(term for term in query.terms if term.text == "2018").weight < 1


def test_related_phrases_are_added_and_count_less() -> None:
    added = {term.text: term.weight for term in read("What was the capex?").terms}
    assert added["capex"] == 1
    assert 0 < added["purchases of property"] < 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much was paid?", True),
        ("What is the ratio?", True),
        ("Which 5 % is it?", True),
        ("Who signed the contract?", False),
        ("What is our policy on gifts?", False),
    ],
)
def test_a_question_after_figures_is_noticed(question: str, expected: bool) -> None:
    assert read(question).wants_figures is expected


@given(st.text(max_size=300))
def test_a_term_is_never_syntax(question: str) -> None:
    assert all(re.fullmatch(r"[\w ]+", term.text) and '"' not in term.text for term in read(question).terms)


def test_a_megabyte_of_text_is_read_within_bounds() -> None:
    query = read("".join(f"word{number} " for number in range(150_000)))
    assert len(query.terms) <= MAX_TERMS


def test_shouted_words_are_kept_in_mind() -> None:
    assert read("How did JnJ and AMEX do?").shouted == {"jnj", "amex"}


def test_every_related_phrase_is_made_of_words_alone() -> None:
    phrases = [phrase for _, meant in lexicon._rules() for phrase in meant]
    assert phrases
    assert all(re.fullmatch(r"[a-z]+( [a-z]+)*", phrase) for phrase in phrases)
