"""Foreign text in Markdown."""

from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tools.markdown import escaped, unescaped

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
