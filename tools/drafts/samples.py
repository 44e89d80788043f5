"""Made-up values for trying out a template: with every field filled, and with the required ones alone."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tools.drafts.backend import Duration, Field, Known, Line, Money, Origin, Party, Value
from tools.drafts.reckoning import reckon
from tools.drafts.showing import locale_of, shown
from tools.drafts.templates import Template

_ORIGIN = Origin(source="default")


def samples(template: Template, language: str) -> Iterator[dict[str, object]]:
    """Values as a body is filled with: first all of them, with each option once, then as few as there can be."""
    locale = locale_of(language)
    choices = max((len(field.options) for field in template.fields), default=0)
    for at in range(max(choices, 1)):
        values = {field.name: Value(value=sample(field, at), origin=_ORIGIN) for field in template.fields}
        yield shown(template, values, reckon(template, values), locale)
        few = {name: value for name, value in values.items() if _has_to_be(template.field(name))}
        yield shown(template, few, reckon(template, few), locale)


def _has_to_be(field: Field | None) -> bool:
    return field is not None and (field.required or bool(field.default))


def sample(field: Field, at: int = 0) -> Known:
    """A value that a field may have; of a choice the option at a place."""
    match field.type:
        case "party":
            return Party(
                name="Example & Sons Ltd",
                address=("1 Main Street", "Springfield"),
                email="info@example.com",
                tax_id="GB123456789",
            )
        case "date":
            return date(2026, 3, 31)
        case "duration" | "deadline":
            return Duration(count=30, unit="day")
        case "money":
            return Money(amount=Decimal("1234.50"), currency="EUR")
        case "percent" | "discount":
            return Decimal(20)
        case "currency":
            return "EUR"
        case "choice":
            return list(field.options)[at % len(field.options)]
        case "lines":
            price = Money(amount=Decimal(900), currency="EUR")
            return (Line(description="Consulting", quantity=Decimal(3), unit="days", price=price),)
        case "list" | "clauses":
            return ("The first.", "The second.")
        case "iban":
            return "DE89370400440532013000"
        case _:
            return "Some text"
