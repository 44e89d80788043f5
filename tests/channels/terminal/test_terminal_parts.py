"""The parts of a reply, in a pipe and on a screen."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from channels.terminal.markdown import settled
from channels.terminal.parts import Answer, Files, Note, Options, Part, Place, Sources, describe, reply_parts
from switchboard import Artifact, Citation, JobStarted, Question, Reply, Warning

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\u202e[bold red]x[/]"
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b\x07]*\x1b\\")
PAGE = Citation(number=1, title="Policy", source="policy.pdf", page=3, document="d")
LINKED = Citation(number=2, title="Prices", source="https://e.com/p", link="https://e.com/p")


def shown(part: Part, console: Console) -> str:
    console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


PARTS: list[Part] = [
    Answer(
        f"{HOSTILE}\n\n`{HOSTILE}`\n\n```{HOSTILE}\n{HOSTILE}\n```\n\n[a](https://e.com/{HOSTILE}) &#27;[31m &#x9b;"
    ),
    Note(HOSTILE),
    Options(HOSTILE, (HOSTILE,)),
    Sources((Citation(number=1, title=HOSTILE, source=HOSTILE, link=f"https://e.com/{HOSTILE}", document=HOSTILE),)),
    Files((Artifact(name=HOSTILE, media_type=HOSTILE, size=1, digest="0", link=HOSTILE),)),
    Place(describe(Citation(title=HOSTILE, source=HOSTILE)), HOSTILE, HOSTILE),
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_nothing_in_a_part_reaches_the_terminal_as_a_command(part: Part, screen: Console) -> None:
    left = OURS.sub("", shown(part, screen))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", left)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_nothing_in_a_part_reaches_a_pipe_as_a_command(part: Part) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", str(part))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_markup_of_our_library_is_not_obeyed(part: Part, screen: Console) -> None:
    assert "[bold red]" in " ".join(OURS.sub("", shown(part, screen)).split())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1 *_`#>-+[]()!|~\n\\<&;:/.=\x1b"), max_size=80))
def test_any_text_can_be_shown(text: str) -> None:
    import io

    console = Console(file=io.StringIO(), force_terminal=True, width=30)
    shown(Answer(text), console)


def test_html_is_shown_as_text(screen: Console) -> None:
    assert "<script>alert(1)</script>" in shown(Answer("<script>alert(1)</script>"), screen)


def test_a_link_shows_where_it_leads(screen: Console) -> None:
    assert "https://evil.example" in shown(Answer("[https://bank.example](https://evil.example)"), screen)


def test_a_link_that_is_not_for_the_web_stays_text(screen: Console) -> None:
    assert "[x](javascript:alert(1))" in shown(Answer("[x](javascript:alert(1))"), screen)


def test_a_source_on_the_web_is_a_link_of_the_terminal(screen: Console) -> None:
    assert ";https://e.com/p\x1b\\" in shown(Sources((LINKED,)), screen)


def test_a_source_of_the_library_says_how_to_open_it(screen: Console) -> None:
    assert "/open 1" in shown(Sources((PAGE,)), screen)


def test_sources_in_a_pipe_are_numbered_lines() -> None:
    assert str(Sources((PAGE, LINKED))) == "Sources:\n[1] Policy, page 3, policy.pdf\n[2] Prices <https://e.com/p>"


def test_an_answer_in_a_pipe_is_the_markdown_itself() -> None:
    assert str(Answer("# A\n\n- *b*\n")) == "# A\n\n- *b*"


def test_a_narrow_screen_wraps_and_loses_nothing() -> None:
    import io

    console = Console(file=io.StringIO(), force_terminal=True, width=12, markup=False)
    words = re.sub(r"\s", "", OURS.sub("", shown(Sources((PAGE,)), console)))
    assert words == "Sources[1]Policy,page3,policy.pdf/open1"


def test_options_are_numbered() -> None:
    assert str(Options("Which?", ("A", "B"))) == "Which?\n  1. A\n  2. B"


def test_what_is_to_be_agreed_to_stands_line_by_line(screen: Console) -> None:
    question = Options("May I do this?\n\n- pay (sum: `100`)\n- tell ann", ("Yes", "No"))
    assert str(question) == "May I do this?\n\n- pay (sum: `100`)\n- tell ann\n  1. Yes\n  2. No"
    lines = [line.strip() for line in OURS.sub("", shown(question, screen)).splitlines() if line.strip()]
    assert lines == ["May I do this?", "• pay (sum: 100)", "• tell ann", "1. Yes", "2. No"]


def test_a_whole_reply_has_its_parts_in_order() -> None:
    reply = Reply(
        text="Yes [1].",
        status="partial",
        citations=(PAGE,),
        artifacts=(Artifact(name="a.png", media_type="image/png", size=1500, digest="0"),),
        warnings=(Warning(text="Page 7 is blank.", code="blank"),),
        question=Question(text="More?", options=("Yes",)),
        job=JobStarted(job_id="j", text="I am on it."),
    )
    assert [type(part) for part in reply_parts(reply)] == [Answer, Note, Note, Options, Sources, Files]


def test_a_stopped_reply_says_so() -> None:
    assert str(reply_parts(Reply(text="So", status="stopped"))[-1]) == "Stopped. What was there is kept."


def test_a_partial_reply_without_a_reason_says_so() -> None:
    assert str(reply_parts(Reply(text="So", status="partial"))[-1]) == "This answer is incomplete."


def test_a_failed_reply_names_its_incident() -> None:
    failed = reply_parts(Reply(text="That failed.", status="failed", incident="ab12"))
    assert str(failed[0]) == "That failed. (incident ab12)"


def test_an_empty_reply_says_that_it_is_empty() -> None:
    assert [str(part) for part in reply_parts(Reply(text=" ", status="complete"))] == ["(no answer)"]


def test_a_job_that_the_text_tells_of_is_not_told_twice() -> None:
    reply = Reply(text="I am on it.", status="complete", job=JobStarted(job_id="j", text="I am on it."))
    assert [type(part) for part in reply_parts(reply)] == [Answer]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("One.\n\nTwo", "Two"),
        ("One", "One"),
        ("- a\n- b\n", "- a\n- b\n"),
        ("```\na\n\nb", "```\na\n\nb"),
        ("# A\n\n| a |\n|---|\n| 1 |\n", "| a |\n|---|\n| 1 |\n"),
        ("", ""),
    ],
)
def test_only_the_last_block_of_a_growing_text_can_change(text: str, rest: str) -> None:
    assert text[settled(text) :] == rest
