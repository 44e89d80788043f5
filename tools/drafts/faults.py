"""What can't be so in the facts of a draft, such as a negative quantity: told in a sentence that asks anew."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from tools.drafts.amounts import LARGEST, currencies, is_iban
from tools.drafts.backend import Duration as Length
from tools.drafts.backend import Fault, Field, Known, Line, Money, Party, Value
from tools.drafts.reckoning import amount_of, exempt, lines_of
from tools.drafts.templates import Template
from tools.drafts.texts import Says, short

MOST_LINES = 500
LONGEST = {"text": 500, "paragraphs": 50_000, "list": 500, "clauses": 5_000}
"""Most characters of a text, or of one text of a list."""
MOST_TEXTS = 200


def first_fault(template: Template, values: Mapping[str, Value], says: Says) -> Fault | None:
    """The first thing in the values that can't be so."""
    return next(_faults(template, {name: value.value for name, value in values.items()}, says), None)


def _faults(template: Template, known: Mapping[str, Known], says: Says) -> Iterator[Fault]:
    for each in template.fields:
        if (value := known.get(each.name)) is not None:
            for text in _alone(each, value, says):
                yield Fault(field=each.name, text=text)
    lines = lines_of(template, known)
    mixed = sorted({line.price.currency for line in lines if line.price.currency})
    if len(mixed) > 1 and (field := template.only("lines")):
        yield Fault(field=field.name, text=says("mixed_currencies", codes=says.either(mixed, "and")))
    yield from _discount(template, known, lines, says)
    yield from _exemption(known, lines, says)
    yield from _in_order(template, known, says)


def _alone(field: Field, value: Known, says: Says) -> Iterator[str]:
    """What is wrong with a value by itself."""
    match value:
        case Decimal() if not 0 <= value <= 100:
            yield says("not_a_share", label=field.label, value=value)
        case Money():
            if value.amount < 0:
                yield says("negative_amount", label=field.label)
            if value.currency and value.currency not in currencies():
                yield _no_currency(value.currency, says)
        case Length() if value.count <= 0:
            yield says("no_duration", label=field.label)
        case str() if field.type == "currency" and value not in currencies():
            yield _no_currency(value, says)
        case str() if field.type == "iban" and not is_iban(value):
            yield says("not_an_iban", iban=short(value, 40))
        case str():
            yield from _length(field, len(value), LONGEST.get(field.type, 500), says)
        case Party():
            longest = max(len(part) for part in (value.name, *value.address, value.email, value.tax_id))
            yield from _length(field, longest, LONGEST["text"], says)
        case tuple():
            yield from _several(field, value, says)


def _several(field: Field, value: tuple[Line, ...] | tuple[str, ...], says: Says) -> Iterator[str]:
    most = MOST_LINES if field.type == "lines" else MOST_TEXTS
    if not value:
        yield says("none_left", label=field.label)
    if len(value) > most:
        yield says("too_many", label=field.label, count=f"{len(value):,}", most=f"{most:,}")
    for each in value:
        if isinstance(each, str):
            yield from _length(field, len(each), LONGEST[field.type], says)
        else:
            yield from _line(field, each, says)


def _line(field: Field, line: Line, says: Says) -> Iterator[str]:
    named = short(line.description, 60)
    if line.quantity <= 0:
        yield says("no_quantity", description=named, quantity=line.quantity)
    if line.price.amount < 0:
        yield says("negative_price", description=named)
    if line.quantity * line.price.amount >= LARGEST:
        yield says("too_large", description=named)
    if line.tax is not None and not 0 <= line.tax <= 100:
        yield says("rate_of_line", description=named, value=line.tax)
    if not 0 <= line.discount <= 100:
        yield says("discount_of_line", description=named, value=line.discount)
    yield from _length(field, len(line.description), LONGEST["text"], says)


def _length(field: Field, size: int, most: int, says: Says) -> Iterator[str]:
    if size > most:
        yield says("too_long", label=field.label, size=f"{size:,}", most=f"{most:,}")


def _no_currency(code: str, says: Says) -> str:
    return says("unknown_currency", code=repr(short(code, 20)))


def _discount(template: Template, known: Mapping[str, Known], lines: Sequence[Line], says: Says) -> Iterator[Fault]:
    """An amount that is taken off and is more than there is, or in another currency."""
    discount, currency = known.get("discount"), str(known.get("currency", ""))
    if not isinstance(discount, Money) or not lines:
        return
    if discount.currency and currency and discount.currency != currency:
        codes = sorted({discount.currency, currency})
        yield Fault(field="discount", text=says("mixed_currencies", codes=says.either(codes, "and")))
    whole = sum((amount_of(line, currency) for line in lines), Decimal(0))
    if discount.amount > whole:
        shown = (f"{amount} {currency}".strip() for amount in (discount.amount, whole))
        yield Fault(field="discount", text=says("discount_too_large", discount=next(shown), sum=next(shown)))


def _exemption(known: Mapping[str, Known], lines: Sequence[Line], says: Says) -> Iterator[Fault]:
    """A rate where there is no tax at all, such as with a reverse charge."""
    rate = known.get("tax")
    if exempt(known) and isinstance(rate, Decimal) and rate > 0:
        yield Fault(field="tax", text=says("exempt_and_taxed", rate=rate))
    elif exempt(known) and (taxed := next((line for line in lines if line.tax), None)):
        yield Fault(field="lines", text=says("exempt_line", description=short(taxed.description, 60), rate=taxed.tax))


def _in_order(template: Template, known: Mapping[str, Known], says: Says) -> Iterator[Fault]:
    """Days that come before the day that they have to follow."""
    issued, start, end = known.get("date"), known.get("start"), known.get("end")
    for each in template.fields:
        value = known.get(each.name)
        if each.type == "deadline" and isinstance(value, date) and isinstance(issued, date) and value < issued:
            yield _before(each, value, template.field("date"), issued, says)
    last = template.field("end")
    if last and isinstance(start, date) and isinstance(end, date) and end < start:
        yield _before(last, end, template.field("start"), start, says)


def _before(field: Field, day: date, other: Field | None, start: date, says: Says) -> Fault:
    label = other.label.lower() if other and says.language == "en" else other.label if other else ""
    text = says("before", label=field.label, day=day.isoformat(), other=label, start=start.isoformat())
    return Fault(field=field.name, text=text)
