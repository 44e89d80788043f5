"""Conditions on attributes, as written and as applied."""

import pytest

from switchboard import ToolRetry
from tools.retrieval.backend import Filter, Operator, Value
from tools.retrieval.conditions import condition
from tools.retrieval.filters import matches


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("equals", "Policy", "policy", True),
        ("equals", "policy", "policies", False),
        ("equals", 2024, "2024", True),
        ("equals", "2024", 2024.0, True),
        ("equals", "a", ("a",), True),
        ("equals", "a", ("a", "b"), False),
        ("contains", "HR", ("hr", "legal"), True),
        ("contains", "h", ("hr", "legal"), False),
        ("contains", "hr", "HR", True),
        ("at_least", 2024, 2024.0, True),
        ("at_least", 2024, "2023", False),
        ("at_least", 9, "10", True),
        ("at_most", "2024-06-30", "2024-01-31", True),
        ("at_most", "2024-06-30", "2024-12-31", False),
        ("at_least", 5, "not a number", False),
        ("at_least", "a", ("a",), False),
    ],
)
def test_a_condition_holds_or_not(operator: Operator, wanted: str | float, value: Value, expected: bool) -> None:
    assert matches([Filter(attribute="x", operator=operator, value=wanted)], {"x": value}) is expected


def test_a_document_without_the_attribute_does_not_match() -> None:
    assert not matches([Filter(attribute="x", operator="at_most", value=1)], {})


def test_all_conditions_have_to_hold() -> None:
    conditions = [Filter(attribute=name, operator="equals", value="1") for name in "xy"]
    assert matches(conditions, {"x": "1", "y": "1"})
    assert not matches(conditions, {"x": "1", "y": "2"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year>=2024", Filter(attribute="year", operator="at_least", value=2024.0)),
        ("_created_at <= 2024-05-01", Filter(attribute="_created_at", operator="at_most", value="2024-05-01")),
        ("_category = travel policy", Filter(attribute="_category", operator="equals", value="travel policy")),
        ("_authors: Ann Smith", Filter(attribute="_authors", operator="contains", value="Ann Smith")),
    ],
)
def test_a_written_condition_is_read(text: str, expected: Filter) -> None:
    assert condition(text) == expected


@pytest.mark.parametrize("text", ["", "year", "=2024", "year==", "a b = c"])
def test_what_is_no_condition_gets_a_hint(text: str) -> None:
    with pytest.raises(ToolRetry, match="attribute=value"):
        condition(text)
