"""What stands under a title counts by what the title says, and by what it stands under itself."""

import pytest

from tools.summaries.paragraphs import Heading
from tools.summaries.phrases import phrases
from tools.summaries.sections import worths


def worth(*titles: tuple[str, int], language: str = "en") -> list[int]:
    return worths([Heading(text=text, level=level) for text, level in titles], phrases(language))


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "Executive summary", 2),
        ("en", "Purpose and scope", 1),
        ("en", "Trains", 0),
        ("en", "Appendix A: Rating scale", -1),
        ("en", "Item 1A. Risk Factors", -1),
        ("de", "Zusammenfassung", 2),
        ("de", "§ 7 Schlussbestimmungen", -1),
        ("fr", "Perspectives", 1),
        ("es", "PRIMERA. Objeto", 1),
        ("nl", "Summary", 2),
    ],
)
def test_a_title_says_what_stands_under_it(language: str, title: str, expected: int) -> None:
    assert worth((title, 1), language=language) == [expected]


def test_what_stands_below_a_title_is_worth_what_that_is_unless_it_says_more() -> None:
    assert worth(("Main findings", 1), ("Warehouse", 2), ("Definitions", 2), ("Canteen", 1)) == [1, 1, -1, 0]


def test_a_summary_in_an_appendix_is_none() -> None:
    assert worth(("Appendix B", 1), ("Summary of rates", 2)) == [-1, -1]


def test_among_titles_that_look_alike_the_notes_hold_up_to_the_next_chapter() -> None:
    titles = (
        "Overview",
        "Notes to the Accounts",
        "Income Taxes",
        "Overview",
        "Item 2. Management's Discussion",
        "Trade",
    )
    assert worth(*((title, 3) for title in titles)) == [1, -1, -1, -1, 1, 1]
