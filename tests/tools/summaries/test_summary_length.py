"""How many sentences a length means."""

from hypothesis import given
from hypothesis import strategies as st

from tools.summaries.backend import Section, Sentence, Summary, sentence_count


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_longer_document_never_has_the_shorter_summary(pages: int, more: int) -> None:
    for length in ("short", "medium", "long"):
        assert sentence_count(pages, length) <= sentence_count(pages + more, length)


@given(st.integers(0, 10_000))
def test_short_is_shorter_than_medium_and_medium_than_long(pages: int) -> None:
    assert 1 < sentence_count(pages, "short") < sentence_count(pages, "medium") < sentence_count(pages, "long")


def test_hundreds_of_pages_still_make_a_summary_that_one_can_read() -> None:
    assert [sentence_count(300, length) for length in ("short", "medium", "long")] == [6, 16, 40]


def test_the_sentences_of_all_sections_are_in_reading_order() -> None:
    first, second = Sentence(text="One.", pages=(1,)), Sentence(text="Two.", pages=(2,))
    summary = Summary(sections=(Section(sentences=(first,)), Section(sentences=(second,))), method="written")
    assert summary.sentences == (first, second)
