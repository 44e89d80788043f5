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
