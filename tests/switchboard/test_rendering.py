"""Replies in messages that fit: nothing cut, nothing parted that belongs together."""

import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchboard import Artifact, Citation, JobStarted, Limits, Question, Reply, Warning
from switchboard.limits import TextUnit
from switchboard.rendering import MORE, cut, measure, paginate, render, split

units = st.sampled_from(["characters", "utf8_bytes", "utf16_units"])
prose = st.text(alphabet=string.ascii_letters + " .\n!?*`[]()0123456789é漢😀\u0301\u200d", max_size=600)


def bare(text: str) -> str:
    """A text without blanks, which a break may drop, and fences, which it may add."""
    return "".join(re.sub(r"^(`{3,}|~{3,})[^\n]*$", "", text, flags=re.MULTILINE).split())


@given(prose, st.integers(4, 200), units)
@example("word " * 100, 20, "characters")
def test_every_piece_fits_and_together_they_are_the_text(text: str, size: int, unit: TextUnit) -> None:
    pieces = split(text, size, unit)
    assert all(0 < measure(piece, unit) <= size for piece in pieces)
    assert bare("\n".join(pieces)) == bare(text)


@given(prose, st.integers(40, 200), st.integers(1, 4), units)
def test_what_does_not_fit_into_so_many_messages_is_kept(text: str, size: int, most: int, unit: TextUnit) -> None:
    messages, rest = paginate(text, Limits(text=size, unit=unit, messages=most))
    assert len(messages) <= most
    assert all(measure(message, unit) <= size for message in messages)
    shown = "\n".join(messages).replace(MORE, "")
    assert bare(shown + "\n" + rest) == bare(text)
    assert bool(rest) == any(message.endswith(MORE) for message in messages)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One two.\n\nThree four five six", "One two."),
        ("One two three\nfour five six", "One two three"),
        ("One two. Three four five", "One two."),
        ("He said “no.” Then nothing", "He said “no.”"),
        ("One two three four five", "One two three four"),
    ],
)
def test_a_break_is_where_a_reader_would_pause(text: str, first: str) -> None:
    assert cut(text, 20)[0] == first


@pytest.mark.parametrize(
    "whole", ["[the policy](https://a.example/b c)", "https://a.example/long/path", "**so it is**", "`x = 1`"]
)
def test_links_code_and_bold_words_are_not_parted(whole: str) -> None:
    text = f"Some words before {whole} and after"
    for size in range(len(whole) + 2, len(text)):
        assert sum(whole in piece for piece in split(text, size)) == 1


def test_a_code_block_is_closed_and_opened_again() -> None:
    text = "Look:\n\n```python\n" + "\n".join(f"line_{number} = {number}" for number in range(40)) + "\n```\n\nDone."
    pieces = split(text, 200)
    assert len(pieces) > 2
    assert all(piece.count("```") % 2 == 0 for piece in pieces)
    assert all(piece.startswith(("Look", "```python")) for piece in pieces[:-1])


def test_an_accent_stays_with_its_letter() -> None:
    assert cut("aaaae\u0301aaaa", 5)[0] == "aaaa"


def test_a_message_that_can_hold_nothing_is_a_mistake_in_the_limits() -> None:
    with pytest.raises(ValueError, match="can't hold"):
        split("漢", 2, "utf8_bytes")


@pytest.mark.parametrize(("unit", "size"), [("characters", 3), ("utf16_units", 4), ("utf8_bytes", 8)])
def test_a_size_has_a_unit(unit: TextUnit, size: int) -> None:
    assert measure("aé漢"[:2] + "😀", unit) == {"characters": 3, "utf16_units": 4, "utf8_bytes": 7}[unit] <= size


def test_everything_of_a_reply_is_told() -> None:
    reply = Reply(
        text="It is so [1].",
        status="partial",
        citations=(Citation(number=1, title="A\nb", source="a.pdf", page=2, link="https://a.example"),),
        warnings=(Warning(text="This is incomplete.", code="partial"),),
        artifacts=(Artifact(name="letter.docx", media_type="m", size=1, digest="d", link="https://b.example"),),
        job=JobStarted(job_id="j", text="The rest follows."),
    )
    (message,) = render(reply, Limits()).messages
    assert message == (
        "It is so [1].\n\nThis is incomplete.\n\nThe rest follows.\n\n[1] A b, page 2: https://a.example\n\n"
        "letter.docx https://b.example"
    )


def test_options_are_buttons_where_they_fit_and_a_numbered_list_where_not() -> None:
    reply = Reply(text="", status="complete", question=Question(text="Which?", options=("red", "blue")))
    fitting = render(reply, Limits(buttons=2, button_text=4))
    assert (fitting.messages, fitting.options) == (("Which?",), ("red", "blue"))
    for limits in (Limits(buttons=1, button_text=4), Limits(buttons=2, button_text=3), Limits()):
        assert render(reply, limits).messages == ("Which?\n\n1. red\n2. blue",)


def test_a_channel_gives_the_links() -> None:
    reply = Reply(text="x", status="complete", citations=(Citation(number=1, title="A", source="a"),))
    assert render(reply, Limits(), link=lambda citation: "https://c.example").messages == (
        "x\n\n[1] A: https://c.example",
    )


def test_plain_markup_leaves_no_marks_and_every_name_as_it_is() -> None:
    source = Citation(number=1, title="read_me *first*", source="r", link="https://a.example/_b_")
    question = Question(text="May I?\n\n- book room (day: `2027-01-08`)", options=("**Yes**",))
    reply = Reply(text="It is **so** [1].", status="complete", citations=(source,), question=question)
    (message,) = render(reply, Limits(markup="plain")).messages
    assert message == (
        "It is so [1].\n\nMay I?\n\n- book room (day: 2027-01-08)\n\n1. **Yes**"
        "\n\n[1] read_me *first*: https://a.example/_b_"
    )


def test_a_job_that_the_text_tells_of_is_not_told_of_again() -> None:
    reply = Reply(text="I am counting.", status="partial", job=JobStarted(job_id="j", text="I am counting."))
    assert render(reply, Limits()).messages == ("I am counting.",)
