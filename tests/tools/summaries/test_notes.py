"""Answers of chat models, read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.summaries.backend import Section, Sentence
from tools.summaries.notes import as_notes, pages_of, sections

ALL = range(1, 100)


def told(text: str, allowed: range = ALL) -> list[tuple[str, tuple[int, ...]]]:
    return [(each.text, each.pages) for section in sections(text, allowed=allowed) for each in section.sentences]


@pytest.mark.parametrize(
    ("line", "pages"),
    [
        ("- Sales rose. [p. 3]", (3,)),
        ("* Sales rose [p. 3].", (3,)),
        ("1. Sales rose. [p.3, 7]", (3, 7)),
        ("Sales rose. [pp. 3-5]", (3, 4, 5)),
        ("**Sales rose.** [p. 3–5; 9]", (3, 4, 5, 9)),
        ("- Sales rose. [page 3][page 7]", (3, 7)),
        ("- Sales rose. [p. 3] [p. 7].", (3, 7)),
        ("- Sales rose. [Pages 3 and 7]", (3, 7)),
        ("• Sales rose. [p. 200]", ()),
        ("Sales rose.", ()),
    ],
)
def test_pages_are_read_however_they_are_written(line: str, pages: tuple[int, ...]) -> None:
    assert told(line) == [("Sales rose.", pages)]


def test_a_page_that_the_model_was_not_given_is_dropped() -> None:
    assert told("- Sales rose. [p. 3, 8]", range(1, 5)) == [("Sales rose.", (3,))]


def test_several_sentences_on_a_line_each_keep_their_pages() -> None:
    assert told("Sales rose [p. 1]. Costs fell [p. 2], which helped.") == [
        ("Sales rose.", (1,)),
        ("Costs fell.", (2,)),
        ("which helped.", ()),
    ]


def test_headings_begin_sections_and_empty_ones_are_left_out() -> None:
    found = sections(
        "## Sales [p. 1]\n- They rose. [p. 1]\n## Nothing\n### **Costs**\n- They fell. [p. 2]", allowed=ALL
    )
    assert [section.title for section in found] == ["Sales", "Costs"]


def test_lines_that_only_introduce_are_left_out() -> None:
    assert told("Here is the summary:\n\n- Sales rose. [p. 1]") == [("Sales rose.", (1,))]


def test_nothing_worth_noting_is_no_note() -> None:
    assert told("NOTHING") == []


def test_of_an_answer_that_broke_off_the_last_half_sentence_is_dropped() -> None:
    text = "- Sales rose. [p. 1]\n- Costs fell [p. 2] and the outl"
    assert [each.text for section in sections(text, allowed=ALL, cut=True) for each in section.sentences] == [
        "Sales rose.",
        "Costs fell.",
    ]


def test_a_range_of_pages_without_end_is_its_two_ends() -> None:
    assert told("Sales rose. [p. 1-99999]") == [("Sales rose.", (1,))]


@given(st.lists(st.sampled_from([*"-*#[]p.123,– \n", "word", "[p. 2]", "## "])).map("".join))
def test_whatever_a_model_writes_only_allowed_pages_come_out(text: str) -> None:
    assert pages_of(sections(text, allowed=(1, 2))) <= {1, 2}
    assert all(each.text for section in sections(text, allowed=(1, 2)) for each in section.sentences)


@given(
    st.lists(
        st.builds(
            lambda words, pages: Sentence(text=f"{' '.join(words)}.", pages=tuple(sorted(pages))),
            st.lists(st.sampled_from(["Sales", "rose", "to 3.5", "million"]), min_size=1, max_size=5),
            st.frozensets(st.integers(1, 99), min_size=1, max_size=4),
        ),
        min_size=1,
    )
)
def test_notes_are_read_as_they_were_written_down(sentences: list[Sentence]) -> None:
    assert sections(as_notes([Section(sentences=tuple(sentences))]), allowed=ALL)[0].sentences == tuple(sentences)
