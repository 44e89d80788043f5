"""What follows from the facts: amounts, discounts, taxes and due dates. Pure, with decimals.

The rule of rounding: each line is rounded to the currency's smallest coin, halves up; a tax is computed on the sum of
all lines of its rate, and rounded likewise. Everything else is a sum of what was rounded: every sum is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from tools.drafts.backend import Duration, Known, Line, Money, Value
from tools.drafts.dates import after
from tools.drafts.templates import Template

_NONE = Decimal(0)
GROSS = "gross"
"""The option of a field ``prices`` that says that they include the tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax: ``amount`` is ``rate`` percent of ``base``, the net sum of all lines of this rate."""

    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """What was computed.

    Attributes:
        amounts: Quantity times price of each line less its discount; with tax where the prices include it.
        rates: The rate of each line; ``None`` where there is no tax in this document.
        discounted: What a discount on the whole takes off the sum of the amounts.
        net: What it comes to before tax; ``total`` is this with all taxes.
        taxes: One for each rate, the highest first.
        due: For each deadline, its date.
    """

    currency: str = ""
    amounts: tuple[Decimal, ...] = ()
    rates: tuple[Decimal | None, ...] = ()
    discounted: Decimal = _NONE
    net: Decimal = _NONE
    taxes: tuple[Tax, ...] = ()
    total: Decimal = _NONE
    due: Mapping[str, date] = field(default_factory=dict)


def reckon(template: Template, values: Mapping[str, Value]) -> Reckoned:
    """Everything that follows from values in which there is no fault."""
    known = {name: value.value for name, value in values.items()}
    currency = str(known.get("currency", ""))
    due = _due(template, known)
    lines = lines_of(template, known)
    if not lines:
        return Reckoned(currency=currency, due=due)
    amounts = tuple(amount_of(line, currency) for line in lines)
    rates = tuple(_rate(line, known) for line in lines)
    groups = dict.fromkeys(sorted(set(rates), key=lambda rate: -1 if rate is None else rate, reverse=True), _NONE)
    for rate, amount in zip(rates, amounts, strict=True):
        groups[rate] += amount
    discounted = _discount(known.get("discount"), sum(amounts, _NONE), currency)
    left = _less(groups, discounted, currency)
    gross = known.get("prices") == GROSS
    taxes = tuple(_tax(rate, amount, gross, currency) for rate, amount in left.items() if rate is not None)
    net = sum((tax.base for tax in taxes), left.get(None, _NONE))
    return Reckoned(
        currency=currency,
        amounts=amounts,
        rates=rates,
        discounted=discounted,
        net=net,
        taxes=taxes,
        total=net + sum((tax.amount for tax in taxes), _NONE),
        due=due,
    )


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount in whole coins of its currency, halves up and away from zero."""
    return amount.quantize(_coin(currency), ROUND_HALF_UP)


def lines_of(template: Template, known: Mapping[str, Known]) -> tuple[Line, ...]:
    """The lines of a document; none where it has no such field."""
    field = template.only("lines")
    value = known.get(field.name) if field else None
    return tuple(line for line in value if isinstance(line, Line)) if isinstance(value, tuple) else ()


def exempt(known: Mapping[str, Known]) -> bool:
    """Whether there is a reason for which this document bears no tax."""
    return known.get("exemption") not in (None, "")


def _coin(currency: str) -> Decimal:
    from babel.numbers import get_currency_precision

    return Decimal(1).scaleb(-get_currency_precision(currency))


def amount_of(line: Line, currency: str) -> Decimal:
    """Quantity times price of a line less its discount, rounded."""
    return rounded(line.quantity * line.price.amount * (100 - line.discount) / 100, currency)


def _rate(line: Line, known: Mapping[str, Known]) -> Decimal | None:
    """The rate of a line: its own, or the document's."""
    of_all = known.get("tax")
    return line.tax if line.tax is not None else of_all if isinstance(of_all, Decimal) else None


def _discount(value: Known | None, whole: Decimal, currency: str) -> Decimal:
    """What is taken off the whole."""
    if isinstance(value, Money):
        return rounded(value.amount, currency)
    return rounded(whole * value / 100, currency) if isinstance(value, Decimal) else _NONE


def _less(
    groups: Mapping[Decimal | None, Decimal], discounted: Decimal, currency: str
) -> dict[Decimal | None, Decimal]:
    """The sums by rate less their share of a discount; the shares add up to it, to the last coin."""
    whole = sum(groups.values(), _NONE)
    if not discounted or not whole:
        return dict(groups)
    coin = _coin(currency)
    exact = {rate: discounted * amount / whole for rate, amount in groups.items()}
    shares = {rate: share.quantize(coin, ROUND_DOWN) for rate, share in exact.items()}
    over = int((discounted - sum(shares.values(), _NONE)) / coin)
    for rate in sorted(exact, key=lambda rate: exact[rate] - shares[rate], reverse=True)[:over]:
        shares[rate] += coin
    return {rate: amount - shares[rate] for rate, amount in groups.items()}


def _tax(rate: Decimal, amount: Decimal, gross: bool, currency: str) -> Tax:
    """The tax on what the lines of a rate come to, or in it where the prices include it."""
    if gross:
        tax = rounded(amount * rate / (100 + rate), currency)
        return Tax(rate=rate, base=amount - tax, amount=tax)
    return Tax(rate=rate, base=amount, amount=rounded(amount * rate / 100, currency))


def _due(template: Template, known: Mapping[str, Known]) -> dict[str, date]:
    """The date of each deadline."""
    issued, due = known.get("date"), dict[str, date]()
    for each in template.fields:
        value = known.get(each.name)
        if each.type == "deadline" and isinstance(issued, date) and isinstance(value, Duration):
            if (day := after(issued, value)) is not None:
                due[each.name] = day
        elif each.type == "deadline" and isinstance(value, date):
            due[each.name] = value
    return due


def several_rates(rates: Sequence[Decimal | None]) -> bool:
    """Whether the lines differ in their rates, so that each has to show its own."""
    return len(set(rates)) > 1
