"""What documents go by: names, periods and what people shorten them to."""

import pytest

from tools.retrieval.backend import Access, Source
from tools.retrieval.naming import facts, label, share, short_for
from tools.retrieval.periods import Period


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("amex", "American Express"),
        ("jnj", "Johnson & Johnson"),
        ("footlocker", "Foot Locker"),
        ("genmills", "General Mills"),
        ("ibm", "International Business Machines Corporation"),
        ("hr", "The Human Resources Handbook"),
    ],
)
def test_a_short_name_is_understood(word: str, name: str) -> None:
    made = label(Source(id="x", title=name, access=Access())).names
    assert any(short_for(word, words) for words in made)


@pytest.mark.parametrize("word", ["american", "xpress", "amexx", "", "locker"])
def test_other_words_are_not_short_names(word: str) -> None:
    assert not any(short_for(word, name) for name in [("american", "express"), ("foot", "locker"), ()])


@pytest.mark.parametrize(
    ("phrases", "expected"),
    [
        (["okapi", "foods"], 1.0),
        (["okapi"], 0.5),
        (["travels", "policies"], 1.0),
        (["policy"], 0.5),
        (["zebra"], 0.0),
        ([], 0.0),
    ],
)
def test_a_name_is_met_by_the_share_of_its_words_that_were_said(phrases: list[str], expected: float) -> None:
    assert share(phrases, [("okapi", "foods"), ("the", "travel", "policy", "2026")]) == expected


def test_a_label_has_names_and_periods_from_title_and_attributes() -> None:
    source = Source(id="x", title="Annual report", access=Access(), attributes={"company": "Okapi", "period": "2022"})
    assert label(source).names == (("annual", "report"), ("okapi",), ("2022",))
    assert label(source).periods == (Period(year=2022),)


def test_facts_hold_the_file_name_and_lists_and_numbers_but_no_addresses() -> None:
    attributes = {"_authors": ("Ann", "Bob"), "version": 2.0, "_source_uri": "https://x.example"}
    source = Source(id="x", title="Report", access=Access(), path="some/folder/q3-final.pdf", attributes=attributes)
    assert facts(source).split("\n") == ["Report", "q3-final", "Ann", "Bob", "2"]
