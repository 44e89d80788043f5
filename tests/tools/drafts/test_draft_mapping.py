"""Facts as an object: whatever a model puts into it, there is a state or a hint."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard import ToolRetry
from tests.tools.drafts.conftest import TEMPLATES, TODAY
from tools.drafts.backend import Line, Money, Party
from tools.drafts.gathering import settled
from tools.drafts.mapping import from_mapping
from tools.drafts.reckoning import reckon
from tools.drafts.settings import DraftSettings
from tools.drafts.understanding import Setting

SETTING = Setting(language="en", today=TODAY)
INVOICE = TEMPLATES["invoice"]
TEXTS = st.text(max_size=20) | st.sampled_from(
    ["3 days", "900 EUR", "2026-05-01", "NaN", "1e99", "Infinity", "20%", "EUR"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "address", "description", "quantity", "price", "amount"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*(field.name for field in INVOICE.fields), "total"]), JSON, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_object_is_a_state_or_a_hint(facts: dict[str, object]) -> None:
    hint, state = "", None
    try:
        state = from_mapping(facts, INVOICE, SETTING)
    except ToolRetry as error:
        hint = error.hint
    if state is None:
        assert "write it like" in hint
        return
    after = settled(state, INVOICE, SETTING, DraftSettings(), seed="")
    if after.asked is None:
        reckon(INVOICE, after.values)


def test_parties_amounts_and_lines_may_be_objects_or_words() -> None:
    facts: dict[str, object] = {
        "seller": {"name": "Me Ltd", "address": ["1 High St", "London"], "email": "me@me.example"},
        "buyer": "ACME Ltd, 2 Low St",
        "lines": [{"description": "Work", "quantity": "2,5", "unit_price": 80, "currency": "eur", "unit": "h"}],
        "discount": 10,
        "number": 17,
    }
    values = {name: value.value for name, value in from_mapping(facts, INVOICE, SETTING).values.items()}
    price = Money(amount=Decimal(80), currency="EUR")
    assert values == {
        "seller": Party(name="Me Ltd", address=("1 High St", "London"), email="me@me.example"),
        "buyer": Party(name="ACME Ltd", address=("2 Low St",)),
        "lines": (Line(description="Work", quantity=Decimal("2.5"), unit="h", price=price),),
        "currency": "EUR",
        "discount": Decimal(10),
        "number": "17",
    }


def test_a_fee_may_be_an_object() -> None:
    state = from_mapping({"fee": {"amount": 900, "currency": "CHF"}}, TEMPLATES["service_agreement"], SETTING)
    assert state.values["fee"].value == Money(amount=Decimal(900), currency="CHF")


def test_what_is_empty_is_not_known() -> None:
    assert from_mapping({"buyer": "", "lines": [], "tax": None}, INVOICE, SETTING).values == {}


def test_a_field_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(ToolRetry, match="its fields are seller, buyer, lines"):
        from_mapping({"vat": 20}, INVOICE, SETTING)
