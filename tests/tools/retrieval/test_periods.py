"""Periods: how people and papers write them, and which document fits which question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.retrieval.periods import Period, fit, latest, newness, parted, periods


def quarter(year: int, number: int) -> Period:
    return Period(year=year, quarter=number)


def day(year: int, month: int, number: int = 0) -> Period:
    return Period(year=year, month=month, day=number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 2018", [Period(year=2018)]),
        ("FY2018", [Period(year=2018)]),
        ("FY 2018 and FY19", [Period(year=2018), Period(year=2019)]),
        ("2021/22", [Period(year=2021)]),
        ("Q2 2023", [quarter(2023, 2)]),
        ("Q2 of FY2023", [quarter(2023, 2)]),
        ("Q22023", [quarter(2023, 2)]),
        ("Q2'2023", [quarter(2023, 2)]),
        ("Q1 '24", [quarter(2024, 1)]),
        ("2023Q2", [quarter(2023, 2)]),
        ("FY2023Q1", [quarter(2023, 1)]),
        ("the second quarter of 2023", [quarter(2023, 2)]),
        ("2022-07-01", [day(2022, 7, 1)]),
        ("July 1, 2022", [day(2022, 7, 1)]),
        ("1st of July 2022", [day(2022, 7, 1)]),
        ("in March 2024", [day(2024, 3)]),
        ("2024-03", [day(2024, 3)]),
        ("$2,018.50 and 2018.5 and 120181", []),
        ("2022-13-01", [Period(year=2022)]),
        ("", []),
    ],
)
def test_a_period_is_read(text: str, expected: list[Period]) -> None:
    assert set(periods(text)) == set(expected)


def test_the_rest_of_the_text_is_without_the_periods() -> None:
    assert parted("Net sales in FY2018?")[1].split() == ["Net", "sales", "in", "?"]


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    periods(text)


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("FY2022", "2022", "2021"),
        ("FY2022", "2022", "2022 Q2"),
        ("FY2022", "2022 Q4", "2022 Q2"),
        ("FY2022", "2023", "2021"),
        ("Q2 2023", "2023 Q2", "2023"),
        ("Q2 2023", "2023", "2023 Q1"),
        ("May 26, 2023", "2023-05-26", "2023-05-05"),
        ("May 26, 2023", "2023-05-05", "2023-08-30"),
        ("May 2023", "2023 Q2", "2023 Q3"),
        ("change between FY2021 and FY2022", "2022", "2021"),
    ],
)
def test_one_document_fits_better_than_another(question: str, better: str, worse: str) -> None:
    assert fit(periods(question), periods(better)) > fit(periods(question), periods(worse))


def test_where_no_period_is_asked_for_the_newest_is_preferred_a_little() -> None:
    new, older, old = (newness(periods(text), 2024.0) for text in ("2024", "2023", "2010"))
    assert fit(periods("2024"), periods("2024")) > new > older > old == 0
    assert newness((), 2024.0) == 0


def test_a_later_quarter_is_newer() -> None:
    assert latest(periods("2023 Q2")) > latest(periods("2023 Q1")) > latest(periods("2022 Q4"))


def test_without_a_period_on_either_side_nothing_fits() -> None:
    assert fit((), periods("2022")) == 0
    assert fit(periods("2022"), ()) == 0
