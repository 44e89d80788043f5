"""Blocks to paragraphs: what is joined, what is left out, and where everything stands."""

import pytest

from tests.tools.summaries.written_documents import document, heading, items, table, text
from tools.reading.backend import Block
from tools.summaries.paragraphs import paragraphs

LONG = "The supplier delivers the frames to the yard in York and keeps"


def texts(*pages: tuple[Block, ...]) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(document(*pages)).paragraphs]


def test_a_sentence_that_goes_on_on_the_next_page_is_one_and_knows_both() -> None:
    body = paragraphs(document((text(f"First. {LONG}"),), (text("them insured. Then it ends."),)))
    (paragraph,) = body.paragraphs
    assert paragraph.text == f"First. {LONG} them insured. Then it ends."
    assert paragraph.pages(0, 6) == (1,)
    assert paragraph.pages(7, 7 + len(LONG) + 10) == (1, 2)
    assert paragraph.pages(len(paragraph.text) - 5, len(paragraph.text)) == (2,)


def test_broken_lines_of_a_scan_are_joined_and_paragraphs_are_not() -> None:
    first, second = "One line that is certainly long enough to have been broken at its end", "and goes on here."
    assert texts((text(f"{first}\n{second}"), text("Another one."))) == [f"{first} {second}", "Another one."]


def test_a_short_line_that_ends_without_a_stop_stays_by_itself() -> None:
    assert texts((text("Version 3.1 of 8 September\nOwner: Finance\nApproved."),)) == [
        "Version 3.1 of 8 September",
        "Owner: Finance",
        "Approved.",
    ]


def test_a_title_that_begins_a_sentence_is_part_of_it() -> None:
    body = paragraphs(
        document((heading("This Confidentiality Agreement is entered"), text("into by Acme Ltd in York.")))
    )
    assert [each.text for each in body.paragraphs] == [
        "This Confidentiality Agreement is entered into by Acme Ltd in York."
    ]
    assert body.headings == ()


def test_the_title_of_a_contract_and_its_parties_are_a_sentence() -> None:
    body = paragraphs(document((heading("Supply Agreement"), text("between Acme Ltd and Brightwater GmbH."))))
    assert [each.text for each in body.paragraphs] == ["Supply Agreement between Acme Ltd and Brightwater GmbH."]
    assert [each.text for each in body.headings] == ["Supply Agreement"]


def test_what_stands_above_a_table_does_not_go_on_below_it() -> None:
    above, below = "Consolidated results of operations for the six months ended December 31,", "Net sales rose by 6%."
    assert texts((text(above), table("a | b"), text(below))) == [above, below]


def test_what_a_mail_answers_to_is_left_out() -> None:
    assert texts((text("The frames are late.\n> Where are the frames?"),)) == ["The frames are late."]


def test_an_initial_is_no_mark() -> None:
    assert texts((text("T. Nairn reported that three offers had come in."),)) == [
        "T. Nairn reported that three offers had come in."
    ]


def test_a_line_above_a_sentence_in_one_block_is_its_title() -> None:
    body = paragraphs(document((text("2. Roof of the boathouse\nThree offers had come in by the end of May."),)))
    assert [(each.text, each.level) for each in body.headings] == [("Roof of the boathouse", 4)]
    assert [each.text for each in body.paragraphs] == ["Three offers had come in by the end of May."]


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("We ship inter-", "national orders.", "We ship international orders."),
        ("We have a long-", "term plan.", "We have a long-term plan. A long-term plan."),
    ],
)
def test_a_hyphen_at_a_lines_end_is_kept_where_the_word_has_it(first: str, second: str, whole: str) -> None:
    more = " A long-term plan." if "long" in first else ""
    assert texts((text(f"{first}\n{second}{more}"),)) == [whole]


def test_what_repeats_from_page_to_page_and_page_numbers_are_no_text() -> None:
    pages = [
        (text("Acme Ltd · Annual Report"), text(f"Sentence {word} is here."), text(f"Page {number} of 4"))
        for number, word in enumerate(("one", "two", "three", "four"), 1)
    ]
    assert texts(*pages) == [f"Sentence {word} is here." for word in ("one", "two", "three", "four")]


def test_a_sentence_that_two_pages_begin_with_is_no_running_head() -> None:
    repeated = text("The parties agree as follows.")
    assert len(texts((repeated,), (repeated,), (text("Other."),), (text("More."),), (text("End."),))) == 5


def test_contents_and_mail_headers_are_left_out() -> None:
    block = text("From: a@b.example\nSubject: Frames\nIntroduction ........ 7\nThe frames are late.")
    assert texts((block,)) == ["The frames are late."]


def test_behind_a_greeting_a_sentence_begins_with_a_capital() -> None:
    assert texts((text("Dear Jonas,"), text("we are glad that you join us."))) == ["We are glad that you join us."]


MARKS = ("- ", "• ", "1. ", "(a) ", "2.1 ", "iv) ", "Section 3. ", "Term 2.1 ", "Damages - Relief of the Company 10.1 ")


@pytest.mark.parametrize("mark", MARKS)
def test_an_items_mark_is_not_part_of_it(mark: str) -> None:
    (paragraph,) = paragraphs(document((items(f"{mark}The lead time is eight weeks."),))).paragraphs
    assert (paragraph.text, paragraph.kind) == ("The lead time is eight weeks.", "item")


def test_headings_part_the_text_and_tables_are_left_out() -> None:
    body = paragraphs(document((heading("1. Term", 2), text("One."), table("a | b"), heading("Price"), text("Two."))))
    assert [(each.text, each.level) for each in body.headings] == [("Term", 2), ("Price", 1)]
    assert [(each.text, each.section) for each in body.paragraphs] == [("One.", 1), ("Two.", 2)]


@pytest.mark.parametrize("piece", ["December 31, 2022", "Year ended", "(in millions)", "Total", "Level 2 value of"])
def test_a_bold_piece_of_a_table_opens_no_section(piece: str) -> None:
    assert paragraphs(document((heading(piece), text("One.")))).headings == ()
