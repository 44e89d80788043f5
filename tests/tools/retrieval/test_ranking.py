"""How evidence becomes an order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tools.retrieval.ranking import Evidence, lexical, rarity, score, spread


def evidence(*terms: list[float], documents: list[int] | None = None) -> Evidence:
    """Evidence of terms alone, over units that are in one document unless said otherwise."""
    units = len(terms[0]) if terms else 0
    document = np.array(documents or [0] * units, dtype=np.int64)
    zeros = np.zeros(int(document.max(initial=-1)) + 1, dtype=np.float32)
    return Evidence(
        units=np.arange(units),
        document=document,
        terms=[np.array(term, dtype=np.float32) for term in terms],
        weights=[1.0] * len(terms),
        named=zeros,
        fitting=zeros,
        figures=None,
        meaning=None,
    )


def array(*values: float) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    return np.array(values, dtype=np.float32)


def test_the_unit_with_more_of_the_terms_comes_first() -> None:
    scores = score(evidence([1, 1, 0], [0, 1, 0]))
    assert scores.argmax() == 1
    assert scores[2] == 0


def test_a_rare_term_counts_more_than_a_frequent_one() -> None:
    scores = lexical(evidence([1, 0, 0, 0], [0, 1, 1, 1]))
    assert scores[0] > scores[1]


def test_a_term_on_every_page_of_its_document_counts_less_than_one_that_tells_pages_apart() -> None:
    scores = lexical(evidence([1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 1, 0], documents=[0, 0, 1, 1, 2, 2]))
    assert scores[2] > scores[0]


def test_the_named_document_comes_before_one_with_the_same_words() -> None:
    tie = evidence([1, 1], documents=[0, 1])
    assert score(replace(tie, named=array(0, 1))).argmax() == 1


def test_the_fitting_period_comes_before_one_with_the_same_words() -> None:
    tie = evidence([1, 1], documents=[0, 1])
    assert score(replace(tie, fitting=array(0, 1))).argmax() == 1


def test_a_table_comes_first_when_figures_are_wanted() -> None:
    assert score(replace(evidence([1, 1]), figures=array(0, 1))).argmax() == 1


def test_a_unit_without_the_words_is_found_by_meaning_from_a_certain_likeness_on() -> None:
    scores = score(replace(evidence([0, 0]), meaning=array(0.2, 0.6)))
    assert scores[0] == 0
    assert scores[1] > 0


def test_a_period_alone_finds_nothing() -> None:
    assert not score(replace(evidence([0, 0], documents=[0, 1]), fitting=array(1, 1))).any()


def test_without_units_there_are_no_scores() -> None:
    assert score(evidence([])).shape == (0,)


@given(arrays(np.float32, (3, 6), elements=st.floats(0, 3, width=32)))
def test_scores_are_between_0_and_1(terms: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> None:
    made = evidence(*terms.tolist(), documents=[0, 0, 1, 1, 2, 2])
    scores = score(replace(made, meaning=array(*[1.0] * 6), named=array(1, 1, 1)))
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize("holding", range(11))
def test_rarity_is_never_negative_and_falls(holding: int) -> None:
    assert rarity(np.array(0), np.array(10)) >= rarity(np.array(holding), np.array(10)) > 0


def test_a_short_list_is_not_one_document_alone_where_another_is_nearly_as_good() -> None:
    placed = spread([0, 1, 2, 3, 4, 5], [0.9, 0.9, 0.8, 0.8, 0.7, 0.65], [1, 1, 1, 1, 1, 2])
    assert placed == [(0, 0.9), (1, 0.9), (2, 0.8), (3, 0.8), (5, 0.7), (4, 0.7)]


def test_a_document_that_is_far_better_keeps_its_places() -> None:
    placed = spread([0, 1, 2, 3, 4, 5], [0.9, 0.9, 0.8, 0.8, 0.7, 0.5], [1, 1, 1, 1, 1, 2])
    assert [unit for unit, _ in placed] == [0, 1, 2, 3, 4, 5]


def test_two_documents_in_a_short_list_are_left_in_their_order() -> None:
    placed = spread([0, 1, 2, 3, 4, 5], [0.9, 0.9, 0.8, 0.8, 0.7, 0.7], [1, 2, 1, 1, 1, 3])
    assert [unit for unit, _ in placed] == [0, 1, 2, 3, 4, 5]
