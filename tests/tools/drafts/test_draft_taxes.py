"""Rates, discounts and rounding: every sum is exact, whatever the lines are."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.drafts.conftest import TEMPLATES, TODAY, Gathered
from tools.drafts.backend import Known, Line, Money, Origin, Value
from tools.drafts.faults import first_fault
from tools.drafts.gathering import State
from tools.drafts.mapping import from_mapping
from tools.drafts.reckoning import Reckoned, reckon
from tools.drafts.texts import Says
from tools.drafts.understanding import Setting

INVOICE = TEMPLATES["invoice"]
BEGIN = "invoice from Me Ltd to ACME Ltd, "
TWO_RATES = BEGIN + "3 days consulting at 900 EUR (19% VAT) and 10 books at 10 EUR (7% VAT)"
RATES = st.none() | st.sampled_from([Decimal(rate) for rate in ("0", "5.5", "7", "19", "20", "25")])
SHARES = st.sampled_from([Decimal(share) for share in ("0", "2.5", "10", "33.3", "100")])


def sums(state: State) -> Reckoned:
    assert state.asked is None, state.fault or state.asked
    return reckon(INVOICE, state.values)


def taxes(reckoned: Reckoned) -> list[tuple[str, str, str]]:
    return [(str(tax.rate), str(tax.base), str(tax.amount)) for tax in reckoned.taxes]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Known]:
    """Facts of an invoice in which there is no fault: any lines, rates, discount and currency."""
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    prices = st.decimals(min_value=0, max_value=10**6, places=4, allow_nan=False)
    line = st.builds(
        lambda quantity, price, tax, discount: Line(
            description="x",
            quantity=quantity,
            price=Money(amount=price, currency=currency),
            tax=tax,
            discount=discount,
        ),
        st.decimals(min_value=Decimal("0.01"), max_value=1000, places=2, allow_nan=False),
        prices,
        RATES,
        SHARES,
    )
    known: dict[str, Known] = {
        "lines": tuple(draw(st.lists(line, min_size=1, max_size=8))),
        "currency": currency,
        "tax": Decimal(20),
        "prices": draw(st.sampled_from(["net", "gross"])),
    }
    discount = draw(st.none() | SHARES | prices.map(lambda amount: Money(amount=amount, currency=currency)))
    return known if discount is None else {**known, "discount": discount}


@given(documents())
@settings(max_examples=150, deadline=None)
def test_every_sum_is_exact_and_in_whole_coins(known: dict[str, Known]) -> None:
    values = {name: Value(value=value, origin=Origin(source="said")) for name, value in known.items()}
    if first_fault(INVOICE, values, Says("en")):
        return  # more is taken off than there is
    made = reckon(INVOICE, values)
    left = sum(made.amounts, Decimal(0)) - made.discounted
    assert made.net + sum(tax.amount for tax in made.taxes) == made.total
    assert sum(tax.base for tax in made.taxes) == made.net
    assert left == (made.total if known["prices"] == "gross" else made.net)
    assert len({tax.rate for tax in made.taxes}) == len(made.taxes) == len(set(made.rates))
    coin = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}[str(known["currency"])]
    for amount in (*made.amounts, made.net, made.total, *(tax.amount for tax in made.taxes)):
        assert amount >= 0
        assert amount == amount.quantize(coin)
    for tax in made.taxes:
        assert abs(tax.amount - tax.base * tax.rate / 100) <= coin * (Decimal("0.5") + tax.rate / 100)


@pytest.mark.parametrize(
    ("said", "expected", "total"),
    [
        ("3 days consulting at 900 EUR plus 20% VAT", [("20", "2700.00", "540.00")], "3240.00"),
        ("3 days at 900 EUR and 2 trips at 50 EUR plus 20% VAT", [("20", "2800.00", "560.00")], "3360.00"),
        (
            "3 days at 900 EUR + 19% VAT; 10 books at 10 EUR + 7% VAT; 1 course at 100 EUR tax-free",
            [("19", "2700.00", "513.00"), ("7", "100.00", "7.00"), ("0", "100.00", "0.00")],
            "3420.00",
        ),
        (
            "3 days at 900 EUR, 10 books at 10 EUR (VAT 7%), VAT 19%, 100 EUR discount",
            [("19", "2603.57", "494.68"), ("7", "96.43", "6.75")],
            "3201.43",
        ),
        ("3 days at 900 EUR incl. 19% VAT", [("19", "2268.91", "431.09")], "2700.00"),
        ("3 days at 900 EUR, prices include VAT of 20%", [("20", "2250.00", "450.00")], "2700.00"),
        ("3 days at 901 JPY, VAT 10%", [("10", "2703", "270")], "2973"),
        ("3 days at 1.0005 KWD, VAT 5%", [("5", "3.002", "0.150")], "3.152"),
    ],
)
def test_rates_and_discounts_are_read_as_people_write_them(
    gathered: Gathered, said: str, expected: list[tuple[str, str, str]], total: str
) -> None:
    made = sums(gathered("invoice", BEGIN + said))
    assert (taxes(made), str(made.total)) == (expected, total)


def test_a_discount_in_brackets_is_of_its_line_and_one_behind_the_last_line_of_all(gathered: Gathered) -> None:
    made = sums(
        gathered("invoice", BEGIN + "3 days at 900 EUR (10% discount), 1 trip at 100 EUR, 5% discount, VAT 20%")
    )
    assert [str(amount) for amount in made.amounts] == ["2430.00", "100.00"]
    assert str(made.discounted) == "126.50"


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("2% cash discount within 10 days, VAT 20%", "2% cash discount within 10 days"),
        ("VAT 20%, abzüglich 2 % Skonto bei Zahlung binnen 10 Tagen", "2 % Skonto bei Zahlung binnen 10 Tagen"),
    ],
)
def test_what_is_taken_off_for_early_payment_is_a_remark_and_no_amount(
    gathered: Gathered, said: str, note: str
) -> None:
    state = gathered("invoice", f"{BEGIN}3 days at 900 EUR, {said}")
    assert (state.values["note"].value, str(sums(state).total)) == (note, "3240.00")
    assert state.values["due"].origin.source == "default"


def test_no_rate_is_asked_for_where_each_line_has_one(gathered: Gathered) -> None:
    assert gathered("invoice", TWO_RATES).asked is None
    added = gathered("invoice", TWO_RATES, "add 1 flight at 300 EUR")
    assert added.asked is not None
    assert added.asked.name == "tax"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("reverse charge", "reverse_charge"),
        ("VAT exempt", "exempt"),
        ("as Kleinunternehmer", "small_business"),
        ("autoliquidation", "reverse_charge"),
    ],
)
def test_a_reason_for_no_tax_leaves_none_on_the_invoice(gathered: Gathered, said: str, reason: str) -> None:
    state = gathered("invoice", f"{BEGIN}3 days at 900 EUR, {said}")
    assert state.values["exemption"].value == reason
    assert (sums(state).taxes, str(sums(state).total)) == ((), "2700.00")


def test_what_was_said_last_counts_of_a_rate_and_a_reason_for_none(gathered: Gathered) -> None:
    begin = BEGIN + "3 days at 900 EUR, VAT 20%"
    assert sums(gathered("invoice", begin, "reverse charge applies")).taxes == ()
    assert len(sums(gathered("invoice", begin, "reverse charge applies", "the tax is 19%")).taxes) == 1
    both = gathered("invoice", begin + ", reverse charge")
    assert both.fault is not None
    assert "Which rate applies" in both.fault.text
    assert str(sums(gathered("invoice", begin + ", reverse charge", "20%")).total) == "3240.00"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("3 days at 900 EUR, VAT 20%, discount 5000 EUR", "5000 EUR is more than the lines come to"),
        ("3 days at 900 EUR, VAT 20%, discount 50 USD", "EUR and USD"),
        ("3 days at 900 EUR (120% VAT)", "The tax of “days” can't be 120 %"),
        ("3 days at 900 EUR, VAT 20%, 120% discount", "between 0 and 100"),
    ],
)
def test_rates_and_discounts_that_can_not_be_are_told(gathered: Gathered, said: str, told: str) -> None:
    state = gathered("invoice", BEGIN + said)
    assert state.fault is not None
    assert told in state.fault.text


def test_a_credit_note_takes_negative_quantities_for_what_is_given_back(gathered: Gathered) -> None:
    said = "credit note from Me Ltd to ACME Ltd for invoice 2026-17, -3 days consulting at 900 EUR, VAT 20%"
    state = gathered("credit_note", said)
    made = reckon(TEMPLATES["credit_note"], state.values)
    assert state.values["reference"].value == "2026-17"
    assert (state.asked, str(made.total)) == (None, "3240.00")


def test_a_model_may_give_a_rate_and_a_discount_for_each_line() -> None:
    lines = [{"description": "a", "price": "100 EUR", "tax": "7%", "discount": 10}, {"description": "b", "price": 50}]
    state = from_mapping({"lines": lines, "tax": 19}, INVOICE, Setting(language="en", today=TODAY))
    made = reckon(INVOICE, state.values)
    assert taxes(made) == [("19", "50.00", "9.50"), ("7", "90.00", "6.30")]
