from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.drafts import amounts
from tools.drafts.backend import Duration, Money


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("900", "900"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1.200", "1200"),
        ("1,200,000", "1200000"),
        ("2,5", "2.5"),
        ("0.25", "0.25"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("2\u202f700,00", "2700.00"),
    ],
)
def test_a_number_is_read_in_any_countrys_spelling(written: str, number: str) -> None:
    assert amounts.decimal(written) == Decimal(number)


@pytest.mark.parametrize("written", ["", "-", "1.2.3,4,5", "99999999999999", "abc"])
def test_what_is_no_number_or_no_sensible_one_is_none(written: str) -> None:
    assert amounts.decimal(written) is None


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_a_number_is_read_as_english_and_german_print_it(number: Decimal) -> None:
    english = f"{number:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert amounts.decimal(english) == amounts.decimal(german) == number


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("900 EUR", Money(amount=Decimal(900), currency="EUR")),
        ("€80", Money(amount=Decimal(80), currency="EUR")),
        ("$1,200.50", Money(amount=Decimal("1200.50"), currency="USD")),
        ("120 Euro", Money(amount=Decimal(120), currency="EUR")),
        ("CHF 1'234.50", Money(amount=Decimal("1234.50"), currency="CHF")),
        ("900 XYZ", Money(amount=Decimal(900), currency="XYZ")),
        ("900", Money(amount=Decimal(900))),
    ],
)
def test_an_amount_is_read_with_its_currency(written: str, amount: Money) -> None:
    assert amounts.money(written) == amount


def test_only_currencies_in_use_are_known() -> None:
    assert {"EUR", "USD", "GBP", "CHF", "JPY"} <= amounts.currencies()
    assert not {"XYZ", "DEM", "FRF"} & amounts.currencies()


@pytest.mark.parametrize(
    ("written", "duration"),
    [
        ("30 days", Duration(count=30, unit="day")),
        ("two years", Duration(count=2, unit="year")),
        ("14 Tagen", Duration(count=14, unit="day")),
        ("6 mois", Duration(count=6, unit="month")),
        ("a week", Duration(count=1, unit="week")),
        ("10 business days", Duration(count=10, unit="day")),
    ],
)
def test_a_duration_is_read_in_four_languages(written: str, duration: Duration) -> None:
    assert [value for _, value in amounts.durations(written)] == [duration]


def test_an_iban_is_checked_by_its_digits() -> None:
    assert amounts.is_iban("DE89370400440532013000")
    assert not amounts.is_iban("DE88370400440532013000")
    assert amounts.grouped("DE89370400440532013000") == "DE89 3704 0044 0532 0130 00"
