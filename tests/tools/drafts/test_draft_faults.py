"""Each thing that can't be so, by itself: the field that is asked for anew, and what is told of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.tools.drafts.conftest import TEMPLATES, TODAY
from tools.drafts.backend import Duration, Known, Line, Money, Origin, Party, Value
from tools.drafts.faults import MOST_LINES, first_fault
from tools.drafts.texts import LANGUAGES, Says

LINE = Line(description="Work", quantity=Decimal(1), price=Money(amount=Decimal(9), currency="EUR"))
CASES: list[tuple[str, dict[str, Known], str, str]] = [
    ("contract", {"price": Money(amount=Decimal(-1))}, "price", "an amount can't be negative"),
    ("contract", {"price": Money(amount=Decimal(1), currency="XYZ")}, "price", "'XYZ' is not a currency in use"),
    ("contract", {"payment": Duration(count=0, unit="day")}, "payment", "at least a day"),
    ("contract", {"start": TODAY, "end": date(2026, 1, 1)}, "end", "2026-01-01 is before the start, 2026-03-01"),
    ("contract", {"duties": ("x" * 5_001,)}, "duties", "5,001 characters, and at most 5,000 fit"),
    ("contract", {"first": Party(name="A", address=("x" * 501,))}, "first", "at most 500 fit"),
    ("letter", {"text": "x" * 50_001}, "text", "at most 50,000 fit"),
    ("invoice", {"lines": ()}, "lines", "at least one"),
    ("invoice", {"lines": (LINE,) * (MOST_LINES + 1)}, "lines", "those are 501, and at most 500 fit"),
    ("invoice", {"lines": (replace(LINE, price=Money(amount=Decimal(-9))),)}, "lines", "say “10% discount”"),
    ("invoice", {"lines": (replace(LINE, tax=Decimal(101)),)}, "lines", "The tax of “Work” can't be 101 %"),
    ("invoice", {"lines": (replace(LINE, discount=Decimal(-1)),)}, "lines", "The discount of “Work” can't be -1 %"),
    ("invoice", {"lines": (replace(LINE, description="x" * 501),)}, "lines", "501 characters"),
    ("invoice", {"lines": (replace(LINE, tax=Decimal(7)),), "exemption": "export"}, "lines", "but “Work” has 7 %"),
    ("invoice", {"tax": Decimal(7), "exemption": "export"}, "tax", "Which rate applies"),
]


def valued(known: dict[str, Known]) -> dict[str, Value]:
    return {name: Value(value=value, origin=Origin(source="said", message=1)) for name, value in known.items()}


@pytest.mark.parametrize(("kind", "known", "field", "told"), CASES)
def test_a_fault_names_its_field_and_asks(kind: str, known: dict[str, Known], field: str, told: str) -> None:
    fault = first_fault(TEMPLATES[kind], valued(known), Says("en"))
    assert fault is not None
    assert fault.field == field
    assert told in fault.text
    assert fault.text.rstrip(")").rstrip().endswith(("?", "“none”"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_is_told_in_each_language(language: str) -> None:
    texts = [first_fault(TEMPLATES[kind], valued(known), Says(language)) for kind, known, _, _ in CASES]
    assert all(fault is not None and "{" not in fault.text for fault in texts)
