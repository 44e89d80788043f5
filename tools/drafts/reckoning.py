"""What follows from the facts: amounts, taxes, due dates; and what can't be so. Pure, with decimals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tools.drafts import texts
from tools.drafts.amounts import LARGEST, currencies, is_iban
from tools.drafts.backend import Duration, Fault, Field, Known, Line, Money, Party, Value
from tools.drafts.dates import after
from tools.drafts.templates import Template

MOST_LINES = 500
LONGEST = {"text": 500, "paragraphs": 50_000, "list": 500, "clauses": 5_000}
"""Most characters of a text, or of one text of a list."""
MOST_TEXTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax: ``amount`` is ``rate`` percent of ``base``, rounded half up to the currency's smallest coin."""

    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """What was computed.

    Attributes:
        amounts: Quantity times price of each line, rounded half up; sums are of rounded amounts.
        discounted: What a discount takes off the sum of the lines.
        net: The sum of the lines less the discount.
        due: For each deadline, its date.
    """

    currency: str = ""
    amounts: tuple[Decimal, ...] = ()
    discounted: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    taxes: tuple[Tax, ...] = ()
    total: Decimal = Decimal(0)
    due: Mapping[str, date] = field(default_factory=dict)


def reckon(template: Template, values: Mapping[str, Value]) -> Reckoned:
    """Everything that follows from values in which there is no fault."""
    known = {name: value.value for name, value in values.items()}
    issued = known.get("date")
    due: dict[str, date] = {}
    for each in template.fields:
        value = known.get(each.name)
        if each.type == "deadline" and isinstance(issued, date) and isinstance(value, Duration):
            if (day := after(issued, value)) is not None:
                due[each.name] = day
        elif each.type == "deadline" and isinstance(value, date):
            due[each.name] = value
    currency = str(known.get("currency", ""))
    lines = _lines(template, known)
    if not lines:
        return Reckoned(currency=currency, due=due)
    amounts = tuple(rounded(line.quantity * line.price.amount, currency) for line in lines)
    gross = sum(amounts, Decimal(0))
    discounted = rounded(gross * _percent(known, "discount") / 100, currency)
    net = gross - discounted
    taxes: tuple[Tax, ...] = ()
    if "tax" in known:
        rate = _percent(known, "tax")
        taxes = (Tax(rate=rate, base=net, amount=rounded(net * rate / 100, currency)),)
    total = net + sum((tax.amount for tax in taxes), Decimal(0))
    return Reckoned(
        currency=currency, amounts=amounts, discounted=discounted, net=net, taxes=taxes, total=total, due=due
    )


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount in whole coins of its currency, halves up and away from zero."""
    from babel.numbers import get_currency_precision

    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), ROUND_HALF_UP)


def first_fault(template: Template, values: Mapping[str, Value]) -> Fault | None:
    """The first thing in the values that can't be so."""
    return next(_faults(template, {name: value.value for name, value in values.items()}), None)


def _faults(template: Template, known: Mapping[str, Known]) -> Iterator[Fault]:
    for each in template.fields:
        if (value := known.get(each.name)) is not None:
            for text in _alone(each, value):
                yield Fault(field=each.name, text=text)
    lines = _lines(template, known)
    mixed = sorted({line.price.currency for line in lines if line.price.currency})
    if len(mixed) > 1 and (field := template.only("lines")):
        yield Fault(field=field.name, text=texts.mixed_currencies(mixed))
    yield from _in_order(template, known)


def _alone(field: Field, value: Known) -> Iterator[str]:
    """What is wrong with a value by itself."""
    match value:
        case Decimal() if field.type == "percent" and not 0 <= value <= 100:
            yield texts.not_a_share(field.label, value)
        case Money():
            if value.amount < 0:
                yield texts.negative_amount(field.label)
            if value.currency and value.currency not in currencies():
                yield texts.unknown_currency(value.currency)
        case Duration() if value.count <= 0:
            yield texts.no_duration(field.label)
        case str() if field.type == "currency" and value not in currencies():
            yield texts.unknown_currency(value)
        case str() if field.type == "iban" and not is_iban(value):
            yield texts.not_an_iban(value)
        case str() if len(value) > LONGEST.get(field.type, 500):
            yield texts.too_long(field.label, len(value), LONGEST.get(field.type, 500))
        case Party():
            longest = max(len(part) for part in (value.name, *value.address, value.email, value.tax_id))
            if longest > LONGEST["text"]:
                yield texts.too_long(field.label, longest, LONGEST["text"])
        case tuple():
            yield from _several(field, value)


def _several(field: Field, value: tuple[Line, ...] | tuple[str, ...]) -> Iterator[str]:
    most = MOST_LINES if field.type == "lines" else MOST_TEXTS
    if not value:
        yield texts.none_left(field.label)
    if len(value) > most:
        yield texts.too_many(field.label, len(value), most)
    for each in value:
        if isinstance(each, str):
            if len(each) > LONGEST[field.type]:
                yield texts.too_long(field.label, len(each), LONGEST[field.type])
            continue
        if each.quantity <= 0:
            yield texts.no_quantity(each.description, each.quantity)
        if each.price.amount < 0:
            yield texts.negative_price(each.description)
        if each.quantity * each.price.amount >= LARGEST:
            yield texts.too_large(each.description)
        if len(each.description) > LONGEST["text"]:
            yield texts.too_long(field.label, len(each.description), LONGEST["text"])


def _in_order(template: Template, known: Mapping[str, Known]) -> Iterator[Fault]:
    """Days that come before the day that they have to follow."""
    issued, start, end = known.get("date"), known.get("start"), known.get("end")
    for each in template.fields:
        value = known.get(each.name)
        if each.type == "deadline" and isinstance(value, date) and isinstance(issued, date) and value < issued:
            yield Fault(field=each.name, text=texts.before(each.label, value, "date", issued))
    if isinstance(start, date) and isinstance(end, date) and end < start:
        yield Fault(field="end", text=texts.before("end", end, "start", start))


def _lines(template: Template, known: Mapping[str, Known]) -> tuple[Line, ...]:
    field = template.only("lines")
    value = known.get(field.name) if field else None
    return tuple(line for line in value if isinstance(line, Line)) if isinstance(value, tuple) else ()


def _percent(known: Mapping[str, Known], name: str) -> Decimal:
    value = known.get(name)
    return value if isinstance(value, Decimal) else Decimal(0)
