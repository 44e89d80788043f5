"""The model's markers become numbers by use, whatever the pieces in which the text comes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.citing import LONGEST_SPAN, Citing, without_markers
from switchboard import Citation

PASSAGES = {number: Citation(number=number, title=f"T{number}", source="s", quote=f"q{number}") for number in (1, 2, 8)}
PIECES = [
    "[8]",
    "[2]",
    "[9]",
    " [1]",
    "[1, 2]",
    "[",
    "]",
    "(",
    "8",
    "12",
    ", ",
    "`",
    "``",
    "```",
    "~~~",
    "\\",
    "\n",
    " a",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=30).map("".join)


def citing_of(passages: dict[int, Citation]) -> Citing:
    citing = Citing()
    citing.known |= passages
    return citing


def read(pieces: list[str]) -> tuple[str, list[tuple[int, str]]]:
    """The text as shown, and the citations as number and title."""
    citing = citing_of(PASSAGES)
    shown = [*(citing.feed(piece) for piece in pieces), citing.end()]
    citations = [citation for used, _ in shown for citation in used]
    return "".join(text for _, text in shown), [(citation.number, citation.title) for citation in citations]


def test_markers_are_numbered_in_order_of_first_use() -> None:
    assert read(["a [8], b [2][8]."]) == ("a [1], b [2][1].", [(1, "T8"), (2, "T2")])


def test_a_citation_comes_with_the_text_that_first_uses_it() -> None:
    citing = citing_of(PASSAGES)
    shown = [citing.feed(piece) for piece in ("a", " [8]", ". b [8]", ".")]
    assert [(len(used), text) for used, text in shown] == [(0, "a"), (0, ""), (1, " [1]. b"), (0, " [1].")]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("It is so [9].", "It is so."),
        ("so [9][2]", "so [1]"),
        ("so [2][9][2]", "so [1]"),
        ("| x [7] |", "| x |"),
        ("[0]", ""),
    ],
)
def test_a_marker_that_leads_nowhere_is_dropped_with_the_blank_before_it(said: str, shown: str) -> None:
    assert read([said])[0] == shown


def test_several_numbers_in_one_marker_are_shown_apart() -> None:
    assert read(["so [8, 2]."])[0] == "so [1][2]."


@pytest.mark.parametrize(
    "text",
    [
        "`x[8]`",
        "``a ` [8]``",
        "```\na[8]\n```",
        "```\nopen [8]",
        "~~~\na[8]\n~~~",
        "````\n```\n[8]\n````",
        "[8](http://x)",
        "[1234]",
        "[a]",
        r"\[8\]",
        r"\[8]",
        "between [0, 5]",
    ],
)
def test_what_only_looks_like_a_marker_stays_as_it_is(text: str) -> None:
    assert read([text]) == (text, [])


@pytest.mark.parametrize("opened", ["an ` alone", "```x``` then", "```\ncode\n```\n", r"\` not code", "TeX ``quote'' "])
def test_markers_beside_code_are_found(opened: str) -> None:
    assert read([f"{opened} [8]\n`end`"])[0] == f"{opened} [1]\n`end`"


def test_the_same_passage_found_twice_is_one_source() -> None:
    again = replace(PASSAGES[1], number=5, score=0.4)
    used, text = citing_of(PASSAGES | {5: again}).feed("a [5][1].")
    assert (len(used), text) == (1, "a [1].")


def test_what_is_found_later_can_be_cited_from_then_on() -> None:
    citing = Citing()
    assert citing.feed("a [8]. ")[1] + citing.end()[1] == "a. "
    citing.known |= PASSAGES
    assert citing.feed("b [8].")[1] == "b [1]."


def test_a_marker_split_over_pieces_is_held_back_until_it_is_whole() -> None:
    citing = citing_of(PASSAGES)
    assert [citing.feed(piece)[1] for piece in ("so", " [", "8", "] it")] == ["so", "", "", " [1] it"]


def test_text_that_can_be_no_marker_is_not_held_back() -> None:
    assert Citing().feed("so [and")[1] == "so [and"


def test_a_backtick_that_nothing_closes_holds_only_so_much() -> None:
    assert Citing().feed("`" + "x" * (LONGEST_SPAN + 2))[1] != ""


def test_code_blocks_stream() -> None:
    assert Citing().feed("```\na = b[1]")[1] == "```\na = b[1]"


@given(TEXTS, st.data())
def test_how_the_text_is_cut_makes_no_difference(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert read(pieces) == read([text]) == read(list(text))


@given(TEXTS)
def test_only_known_numbers_can_be_cited(text: str) -> None:
    assert without_markers(text).count("[8](") == text.count("[8](")
    shown, citations = read([text])
    assert [number for number, _ in citations] == list(range(1, len(citations) + 1))
    assert len(shown) <= len(text) + 2 * text.count(",")


def test_all_markers_can_be_dropped() -> None:
    assert without_markers("a [1][2].") == "a."
