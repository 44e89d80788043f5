from datetime import date

import pytest

from agent.models import values

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on 2026-05-17", ["2026-05-17"]),
        ("am 17. Mai 2026", ["2026-05-17"]),
        ("17.5.2026", ["2026-05-17"]),
        ("the 3rd of March 2026", ["2026-03-03"]),
        ("May 17, 2026", ["2026-05-17"]),
        ("tomorrow", ["2026-03-03"]),
        ("gestern", ["2026-03-01"]),
        ("on 2026-02-31", []),
        ("in 2026", []),
    ],
)
def test_dates_are_read(text: str, found: list[str]) -> None:
    assert [day.isoformat() for day in values.dates(text, today=TODAY)] == found


def test_numbers_are_read_with_what_they_count() -> None:
    assert values.numbers("three pages, 1,200.5 EUR") == [(1200.5, "eur"), (3.0, "page")]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("pages", "give me 3 pages of 10 chapters", 3),
        ("limit", "limit to 5 of the 20", 5),
        ("width", "a width of 512 and a height of 256", 512),
        ("count", "12 please", 12),
        ("count", "between 3 and 4", None),
        ("pages", "2.5 pages", None),
    ],
)
def test_a_number_is_found_for_its_argument(name: str, text: str, value: int | None) -> None:
    assert values.number_for(name, text, whole=True, alone=True) == value


def test_quoted_words_codes_and_addresses_are_found() -> None:
    assert values.quoted("call it \"Blue sky\" or 'red sea', don't") == ["Blue sky", "red sea"]
    assert values.codes("invoice INV-2024-001 and #17 of 2026-01-02 in 2026") == ["INV-2024-001", "17"]
    assert values.mails("write to a.b@c.example, please") == ["a.b@c.example"]
    assert values.urls("see https://a.example/x?y=1.") == ["https://a.example/x?y=1"]


def test_places_come_first_behind_a_preposition() -> None:
    assert values.places("What does Anna do in New York?") == ["New York", "Anna"]
