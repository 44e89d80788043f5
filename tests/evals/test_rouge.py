"""ROUGE against the reference implementation, with the same words given to both."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from evals.rouge import Rouge, rouge, tokens

WORDS = st.sampled_from(["sales", "rose", "fell", "by", "5", "percent", "the"])
LINES = st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=4)


class Tokenizer:
    """Our words for the other implementation."""

    def tokenize(self, text: str) -> list[str]:
        return list(tokens(text))


SCORER = RougeScorer(["rouge1", "rouge2", "rougeLsum"], tokenizer=Tokenizer())
THEIR_WORDS = RougeScorer(["rouge1"], use_stemmer=True)


@given(LINES, LINES)
@settings(max_examples=200, deadline=None)
def test_it_measures_what_the_reference_implementation_measures(summary: list[str], reference: list[str]) -> None:
    theirs = SCORER.score("\n".join(reference), "\n".join(summary))
    ours = rouge(summary, reference)
    expected = [theirs[name].fmeasure for name in ("rouge1", "rouge2", "rougeLsum")]
    assert [ours.one, ours.two, ours.longest] == pytest.approx(expected)


def test_its_words_are_those_of_the_reference_implementation_but_for_rare_stems() -> None:
    summary, reference = "Quarterly sales were rising by 5.5%.", "Sales rose 5.5 percent in the quarter; prices rising."
    theirs = THEIR_WORDS.score(reference, summary)["rouge1"].fmeasure
    assert rouge([summary], [reference]).one == pytest.approx(theirs)


def test_the_same_text_scores_one_and_another_nought() -> None:
    assert rouge(["Sales rose."], ["sales ROSE"]) == Rouge(one=1, two=1, longest=1)
    assert rouge(["Sales rose."], ["nothing like it"]) == Rouge(one=0, two=0, longest=0)


def test_nothing_compared_with_nothing_scores_nought() -> None:
    assert rouge([], []) == Rouge(one=0, two=0, longest=0)
