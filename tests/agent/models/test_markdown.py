from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from agent.models.markdown import LONGEST, escaped, quoted, shortened, table, unescaped
from tests.agent.shared import cited

HOSTILE = st.lists(
    st.sampled_from(
        [*"\\`*_[]()<>#+-=|~!&;:.\"' ", "a", "B", "1", "&lt;", "&#x41;", "](x)", "![", "<b>", "```", "~~", "12)"]
    )
).map("".join)


@given(HOSTILE)
def test_what_is_escaped_is_shown_letter_by_letter(text: str) -> None:
    folded = " ".join(text.split())
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(f"{escaped(text)}\n")
    inside = shown.removeprefix("<p>").removesuffix("</p>\n")
    assert "<" not in inside
    assert unescape(inside) == folded


@given(HOSTILE)
def test_unescaping_gives_the_text_back(text: str) -> None:
    assert unescaped(escaped(text)) == " ".join(text.split())


@pytest.mark.parametrize("text", ["see [7]", "[1][2]", "a [12] b"])
def test_numbers_in_a_quote_are_no_citations(text: str) -> None:
    assert cited(quoted(text)) == []


def test_a_long_quote_is_cut_visibly() -> None:
    assert quoted("word " * 500).endswith(" …”")
    assert len(quoted("word " * 500)) <= LONGEST + 5


def test_a_word_without_an_end_is_cut_too() -> None:
    assert len(shortened("x" * 10_000)) <= LONGEST + 2


def test_a_table_keeps_its_cells_apart() -> None:
    assert table(["", "a|b"], [["x", "1", "2"]]).splitlines() == [
        "|  | a\\|b |  |",
        "| --- | --- | --- |",
        "| x | 1 | 2 |",
    ]
