from datetime import date

import pytest

from tools.drafts.backend import Duration
from tools.drafts.dates import after, dates

TODAY = date(2026, 3, 1)


def read(text: str, *, month_first: bool = False) -> list[date | None]:
    return [day for _, day in dates(text, today=TODAY, month_first=month_first)]


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-04",
        "4.5.2026",
        "04/05/2026",
        "4 May 2026",
        "4th of May 2026",
        "May 4, 2026",
        "4. Mai 2026",
        "4 mai 2026",
        "4 de mayo de 2026",
    ],
)
def test_a_date_is_read_as_people_write_it(written: str) -> None:
    assert read(written) == [date(2026, 5, 4)]


def test_figures_with_strokes_follow_the_country() -> None:
    assert read("04/05/2026", month_first=True) == [date(2026, 4, 5)]


def test_tomorrow_is_counted_from_today() -> None:
    assert read("tomorrow") == read("morgen") == [date(2026, 3, 2)]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("next Friday", date(2026, 3, 6)),
        ("due on Sunday", date(2026, 3, 8)),
        ("nächsten Freitag", date(2026, 3, 6)),
        ("vendredi prochain", date(2026, 3, 6)),
        ("el próximo viernes", date(2026, 3, 6)),
        ("Friday", date(2026, 3, 6)),
        ("end of the month", date(2026, 3, 31)),
        ("zum Monatsende", date(2026, 3, 31)),
        ("3 May", date(2026, 5, 3)),
        ("1. Februar", date(2027, 2, 1)),
        ("29 February", date(2028, 2, 29)),
        ("1er mars", date(2026, 3, 1)),
    ],
)
def test_a_date_without_its_year_is_the_next_one(written: str, day: date) -> None:
    assert read(written) == [day]


@pytest.mark.parametrize("written", ["clause 2 may apply", "the Friday meeting", "31 June", "Freitagsrunde"])
def test_words_that_look_like_a_date_are_none(written: str) -> None:
    assert [day for day in read(written) if day] == []


def test_a_date_that_is_in_no_calendar_is_told_from_none_at_all() -> None:
    assert read("31 June 2026") == [None]
    assert read("soon") == []


@pytest.mark.parametrize(
    ("duration", "day"),
    [
        (Duration(count=30, unit="day"), date(2026, 3, 2)),
        (Duration(count=2, unit="week"), date(2026, 2, 14)),
        (Duration(count=1, unit="month"), date(2026, 2, 28)),
        (Duration(count=2, unit="year"), date(2028, 1, 31)),
        (Duration(count=36_000, unit="year"), None),
    ],
)
def test_months_are_months_and_end_with_the_month(duration: Duration, day: date | None) -> None:
    assert after(date(2026, 1, 31), duration) == day
