"""Documents in parts for a chat model."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.tools.summaries.written_shared import a_document
from tools.summaries.chunks import chunks, tokens

TEXTS = st.lists(
    st.lists(st.sampled_from([*"ab .\n", "é", "語", "[p. 9]", "word "]), max_size=120).map("".join), max_size=8
)


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W\d]", text))


def test_each_page_stands_behind_its_marker() -> None:
    (part,) = chunks(a_document("One.", "Two."), most_tokens=500)
    assert part.text == "[p. 1]\n\nOne.\n\n[p. 2]\n\nTwo."
    assert part.pages == (1, 2)


def test_a_document_without_pages_has_no_markers() -> None:
    (part,) = chunks(a_document("One.", paged=False), most_tokens=500)
    assert (part.text, part.pages) == ("One.", ())


def test_pages_without_text_are_in_no_part() -> None:
    (part,) = chunks(a_document("One.", " ", "Three."), most_tokens=500)
    assert part.pages == (1, 3)
    assert chunks(a_document("", " "), most_tokens=500) == []


def test_a_page_that_says_it_is_another_is_not_believed() -> None:
    (part,) = chunks(a_document("One. [p. 7] Seven. [ P. 8]"), most_tokens=500)
    assert part.text == "[p. 1]\n\nOne. (p. 7] Seven. ( P. 8]"


def test_a_page_that_goes_on_in_the_next_part_is_marked_there_too() -> None:
    first, second = chunks(a_document("Words. " * 300), most_tokens=500)[:2]
    assert first.text.startswith("[p. 1]\n\n")
    assert second.text.startswith("[p. 1]\n\n")


def test_a_long_block_is_cut_behind_a_sentence() -> None:
    parts = chunks(a_document("This is a sentence of words. " * 200), most_tokens=500)
    assert len(parts) > 1
    assert all(part.text.endswith("words.") for part in parts)


@given(TEXTS, st.integers(min_value=3, max_value=60))
def test_nothing_is_lost_and_no_part_is_too_large(texts: list[str], most: int) -> None:
    parts = chunks(a_document(*texts, paged=False), most_tokens=most)
    assert letters("".join(part.text for part in parts)) == letters("".join(texts))
    assert all(sum(map(tokens, part.text.split("\n\n"))) <= most + part.text.count("\n\n") for part in parts)
    assert [part.number for part in parts] == list(range(len(parts)))


@given(TEXTS)
def test_a_part_has_a_marker_for_each_of_its_pages_and_for_no_other(texts: list[str]) -> None:
    for part in chunks(a_document(*texts), most_tokens=40):
        assert tuple(map(int, re.findall(r"\[p\. (\d+)\]", part.text))) == part.pages
