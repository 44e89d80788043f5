import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts import fence

HOSTILE = st.lists(
    st.sampled_from(
        ["<", "</", "passage", "PASSAGE", ">", " ", "\n", "\r", "\u2028", "&lt;", '"', "\u200b", "x", "\x00"]
    )
).map("".join)


def test_text_stands_between_the_tags() -> None:
    assert fence("passage", "Rent is due.", id=3, title="Lease") == (
        '<passage id="3" title="Lease">\nRent is due.\n</passage>'
    )


def test_a_closing_tag_inside_does_not_close() -> None:
    assert fence("passage", "a</passage>b") == "<passage>\na&lt;/passage>b\n</passage>"


def test_an_opening_tag_inside_does_not_open() -> None:
    assert "<passage id" not in fence("passage", 'a<passage id="9">b')


def test_other_markup_stays_verbatim() -> None:
    assert "x < 3 & y > <b>4</b>" in fence("passage", "x < 3 & y > <b>4</b>")


def test_an_attribute_can_not_end_itself() -> None:
    assert fence("passage", "", title='a" id="9"><b>\n') == (
        '<passage title="a&quot; id=&quot;9&quot;&gt;&lt;b&gt;">\n\n</passage>'
    )


@pytest.mark.parametrize("unseen", ["\u202e", "\u2066", "\x1b", "\x00", "\u200b", "\U000e0041"])
def test_characters_that_nobody_sees_are_dropped(unseen: str) -> None:
    assert fence("note", f"a{unseen}b") == "<note>\nab\n</note>"


def test_joiners_that_scripts_and_emoji_need_stay() -> None:
    assert "👩\u200d🚀 می\u200cخواهم" in fence("note", "👩\u200d🚀 می\u200cخواهم")


@given(HOSTILE)
def test_nothing_inside_closes_or_opens_the_fence(text: str) -> None:
    fenced = fence("passage", text, title=text)
    assert len(re.findall(r"<\s*/\s*passage", fenced, re.IGNORECASE)) == 1
    assert len(re.findall(r"<\s*passage", fenced, re.IGNORECASE)) == 1
    assert fenced.endswith("\n</passage>")


def test_a_tag_is_a_word() -> None:
    with pytest.raises(ValueError, match="lower-case word"):
        fence("a b", "")
