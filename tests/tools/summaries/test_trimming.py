"""What is left out of a sentence, and what never is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.summaries.phrases import phrases
from tools.summaries.trimming import trimmed, without_lead_in

ENGLISH = phrases("en")


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("In addition, the board declared a dividend of $0.20.", "The board declared a dividend of $0.20."),
        ("And we generated $1.2 billion in free cash flow.", "We generated $1.2 billion in free cash flow."),
        ("We are pleased to report that revenue grew by 5 per cent.", "Revenue grew by 5 per cent."),
        ("Our G&A expense was $31 million compared to $66 million.", "Our G&A expense was $31 million."),
        ("Net debt was $2 million at year end, reflecting lower capex.", "Net debt was $2 million at year end."),
        ("Given the recovery, we raised our guidance to $5.10.", "We raised our guidance to $5.10."),
    ],
)
def test_lead_ins_occasions_and_explanations_are_left_out(sentence: str, kept: str) -> None:
    assert trimmed(sentence, ENGLISH) == kept


@pytest.mark.parametrize(
    "sentence",
    [
        "Revenue was $5 million, which excludes the mill in Leeds.",
        "The growth of 10% in sales leaders was driven by new products.",
        "Sales rose in all of our markets, reflecting demand.",
        "The fall in income for the year ended 2015, compared to $4 in 2014, came from higher costs.",
        "For the year 2021, we expect sales growth of 5%.",
        "Unless prices rise, we expect earnings of $5 a share.",
        "The loan (of $5 million, which is secured) runs until 2030.",
        "If demand holds, we expect a margin of 12% next year.",
    ],
)
def test_what_limits_a_statement_or_leaves_no_sentence_is_kept(sentence: str) -> None:
    assert trimmed(sentence, ENGLISH) == sentence


def test_only_the_lead_in_is_left_out_of_other_documents() -> None:
    sentence = "However, the fee is 5 EUR a day, which includes tax."
    assert without_lead_in(sentence, ENGLISH) == "The fee is 5 EUR a day, which includes tax."


def test_other_languages_keep_their_word_order() -> None:
    german = "Allerdings stieg der Umsatz im dritten Quartal um 5 Prozent."
    assert trimmed(german, phrases("de")) == german
    assert trimmed("En outre, le loyer augmente de 5 % par an.", phrases("fr")) == "Le loyer augmente de 5 % par an."


PIECES = st.sampled_from(
    (
        *("In addition,", "we", "sales", "rose", "5%", ", which", "is", "(", ")", "compared to", "$4", ", and our"),
        *("Given it,", "And", "unless"),
    )
)


@given(st.lists(PIECES, min_size=1, max_size=25).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_what_is_kept_is_a_run_of_the_sentences_own_words(sentence: str) -> None:
    kept = trimmed(f"{sentence}.", ENGLISH)
    assert kept[1:].rstrip(".") in sentence
    assert kept[0].lower() in sentence.lower()
