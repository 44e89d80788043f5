"""Which numbers stand in a source: every way of writing one, and none that is another."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.summaries.numbers import Stated, numbers

AMOUNTS = st.integers(0, 10**12)
CENTS = st.integers(0, 99)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("$1,500 million", "1.5 billion"),
        ("sales of 1.5bn", "$1,500,000,000"),
        ("12 percent", "12%"),
        ("12 Prozent", "12 %"),
        ("up 50 basis points", "0.5%"),
        ("0.25 percentage points", "25 bps"),
        ("1.234,50 Euro", "€1,234.50"),
        ("1 234 567,8 EUR", "1,234,567.80"),
        ("CHF 1'250.00", "1250 CHF"),
        ("between 5 and 7 million", "5 million"),
        ("$1.99 to $2.05 billion", "$1.99 billion"),
        ("10-12%", "from 10% to 12%"),
        ("three warehouses", "3 warehouses"),
        ("25 people", "twenty-five people"),
        ("200,000 units", "two hundred thousand units"),
        ("in Q3'21", "the third quarter of 2021"),
        ("FY21 and FY2022", "2021, 2022"),
        ("on 3 May 2021", "2021-05-03"),
        ("03.05.2021", "May 3, 2021"),
        ("Revenue (in millions): 1,500", "Revenue of $1.5 billion"),
        ("Umsatz in Mio. Euro | 3.250", "3,25 Mrd. Euro"),
        ("a net loss of (12.5)", "lost 12.5"),
        ("$.05 a share", "$0.05"),
        ("3,5 Mio. €", "3.5 million euros"),
    ],
)
def test_a_number_stands_in_the_source_however_it_is_written(source: str, text: str) -> None:
    assert Stated(source).doubts(text) == ()


@pytest.mark.parametrize(
    ("source", "text", "doubt"),
    [
        ("$1,500 million", "$1.5 million", "$1.5 million"),
        ("$1,498 million", "$1.5 billion", "$1.5 billion"),
        ("12 people", "12%", "12%"),
        ("12%", "12 people", "12"),
        ("€5 million", "$5 million", "$5 million"),
        ("the second quarter", "the third quarter", "third"),
        ("2021", "2022", "2022"),
        ("no figures at all", "growth of 7 percent", "7 percent"),
        ("two sites", "three sites", "three"),
        ("100 bps", "10%", "10%"),
    ],
)
def test_another_number_is_a_doubt_as_people_read_it(source: str, text: str, doubt: str) -> None:
    assert Stated(source).doubts(text) == (doubt,)


def test_a_doubt_is_told_once() -> None:
    assert Stated("").doubts("7 of 7, and 8") == ("7", "8")


def test_one_is_an_article_and_digits_in_a_word_are_a_name() -> None:
    assert numbers("one of the B2B firms, first of all") == ()


def test_the_number_of_a_clause_is_read_part_by_part() -> None:
    assert [value for number in numbers("4.1.2") for value in number.values] == [Decimal(4), Decimal(1), Decimal(2)]


@given(AMOUNTS, CENTS)
def test_separators_do_not_make_another_number(amount: int, cents: int) -> None:
    english = f"{amount:,}.{cents:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    french = english.translate({ord(","): "\u202f", ord("."): ","})
    for source in (english, german, french):
        assert Stated(f"It cost {source} in all.").doubts(f"{english}; {german}; {french}") == ()


@given(st.integers(1, 9_999), st.sampled_from([("thousand", 3), ("million", 6), ("Mrd.", 9)]))
def test_a_scale_is_as_good_as_its_zeros(amount: int, scale: tuple[str, int]) -> None:
    word, zeros = scale
    assert Stated(f"{amount}{'0' * zeros} units").doubts(f"{amount} {word}") == ()
    assert Stated(f"{amount} {word} units").doubts(f"{amount}{'0' * zeros}") == ()


@given(st.integers(100, 10**9), st.integers(100, 10**9))
def test_a_number_of_other_digits_is_doubted(stated: int, claimed: int) -> None:
    digits = {str(number).rstrip("0") for number in (stated, claimed)}
    assert bool(Stated(f"{stated} units").doubts(f"{claimed} units")) == (stated != claimed) or len(digits) == 1


@given(st.text(max_size=200))
def test_a_text_states_its_own_numbers(text: str) -> None:
    assert Stated(text).doubts(text) == ()


@given(st.text(alphabet="0123456789.,'$€% -–kmb()\n", max_size=60))
def test_no_heap_of_signs_is_too_odd(text: str) -> None:
    assert Stated(text).doubts(text) == ()
    assert all(number.values for number in numbers(text))


def test_a_long_line_of_digits_and_signs_is_read_in_linear_time() -> None:
    assert Stated("1," * 20_000).doubts("1 " * 20_000) == ()
