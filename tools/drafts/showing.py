"""Values as a document shows them: dates, amounts and durations by the customs of its language and country."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tools.drafts.amounts import grouped
from tools.drafts.backend import Duration, Field, Known, Line, Money, Party, Value
from tools.drafts.reckoning import Reckoned, several_rates
from tools.drafts.templates import Template

_GREETS = re.compile(
    r"\s*(?:Dear|Sehr geehrte|Liebe|Hallo|Madame|Monsieur|Cher|Estimad|Querid)[^,:\n]{0,80}(?:[,:]|(?=\n)|$)\s*"
)
USUAL = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
"""The country whose customs go with a language where no other is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line of an invoice as text."""

    position: str
    description: str
    quantity: str
    unit: str
    price: str
    amount: str
    tax: str
    discount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTax:
    """A tax as text."""

    rate: str
    base: str
    amount: str


def locale_of(language: str, *wished: str) -> str:
    """Babel's name of a locale: the first wish that speaks the language, otherwise the usual one."""
    from babel import Locale, UnknownLocaleError

    for wish in (*wished, USUAL.get(language, language)):
        try:
            found = Locale.parse(wish.replace("-", "_")) if wish else None
        except (ValueError, UnknownLocaleError):
            continue
        if found is not None and found.language == language:
            return str(found)
    return "en_GB"


def shown(template: Template, values: Mapping[str, Value], reckoned: Reckoned, locale: str) -> dict[str, object]:
    """What a body is filled with: every field by name, empty where nothing is known, and what was computed."""
    out: dict[str, object] = {}
    for field in template.fields:
        value = values.get(field.name)
        out[field.name] = _shown(field, value.value if value else None, reckoned, locale)
        if field.type == "deadline":
            length = value.value if value and isinstance(value.value, Duration) else None
            out[f"{field.name}_in"] = length_text(length, locale) if length else ""
    if template.only("lines"):
        out |= {
            "several": several_rates(reckoned.rates),
            "net": amount_text(reckoned.net, reckoned.currency, locale),
            "discounted": amount_text(reckoned.discounted, reckoned.currency, locale) if reckoned.discounted else "",
            "taxes": [
                ShownTax(
                    rate=percent_text(tax.rate, locale),
                    base=amount_text(tax.base, reckoned.currency, locale),
                    amount=amount_text(tax.amount, reckoned.currency, locale),
                )
                for tax in reckoned.taxes
            ],
            "total": amount_text(reckoned.total, reckoned.currency, locale),
        }
    return out | _greeting(out, locale)


def _greeting(out: dict[str, object], locale: str) -> dict[str, object]:
    """The greeting with which a letter's text begins, where there is a field for it: it is not said twice."""
    text = out.get("text")
    found = _GREETS.match(text[0]) if out.get("greeting") == "" and isinstance(text, list) and text else None
    if not found or not isinstance(text, list):
        return {}
    rest = text[0][found.end() :].strip()
    rest = rest[:1].upper() + rest[1:] if locale.startswith("en") else rest
    return {"greeting": found[0].strip(), "text": [rest, *text[1:]] if rest else text[1:]}


def _shown(field: Field, value: Known | None, reckoned: Reckoned, locale: str) -> object:
    if value is None:
        return [] if field.type in ("lines", "list", "clauses", "paragraphs") else ""
    if field.type == "deadline":
        due = reckoned.due.get(field.name)
        return date_text(due, locale) if due else ""
    match value:
        case date():
            return date_text(value, locale)
        case Duration():
            return length_text(value, locale)
        case Money() if field.type == "discount":
            return ""  # the amount stands beside it, as what was taken off
        case Money():
            return amount_text(value.amount, value.currency or reckoned.currency, locale)
        case Decimal():
            return percent_text(value, locale)
        case tuple() if field.type == "lines":
            return _lines(value, reckoned, locale)
        case str() if field.type == "paragraphs":
            return [part.strip() for part in value.split("\n\n") if part.strip()]
        case str() if field.type == "iban":
            return grouped(value)
        case _:
            return value


def _lines(lines: tuple[Line, ...] | tuple[str, ...], reckoned: Reckoned, locale: str) -> list[ShownLine]:
    from babel.numbers import format_decimal

    return [
        ShownLine(
            position=str(number),
            description=line.description,
            quantity=format_decimal(line.quantity, locale=locale, decimal_quantization=False),
            unit=line.unit,
            price=amount_text(line.price.amount, reckoned.currency, locale),
            amount=amount_text(amount, reckoned.currency, locale),
            tax=percent_text(rate, locale) if rate is not None else "",
            discount=percent_text(line.discount, locale) if line.discount else "",
        )
        for number, (line, amount, rate) in enumerate(
            zip(lines, reckoned.amounts, reckoned.rates, strict=True), start=1
        )
        if isinstance(line, Line)
    ]


def known_text(field: Field, value: Known, locale: str, currency: str = "", language: str = "en") -> str:
    """A value in one line, for a list of what stands in a draft, which is told in a language."""
    match value:
        case date():
            return date_text(value, locale)
        case Duration():
            return length_text(value, locale)
        case Money():
            return amount_text(value.amount, value.currency or currency, locale)
        case Decimal():
            return percent_text(value, locale)
        case Party():
            return ", ".join(part for part in (value.name, *value.address, value.email, value.tax_id) if part)
        case tuple():
            joint = " " if field.type == "clauses" else "; "
            return joint.join(_line_text(each, locale, currency) if isinstance(each, Line) else each for each in value)
        case _:
            return grouped(value) if field.type == "iban" else field.option(value, language) if field.options else value


def _line_text(line: Line, locale: str, currency: str) -> str:
    from babel.numbers import format_decimal

    count = format_decimal(line.quantity, locale=locale, decimal_quantization=False)
    what = " ".join(part for part in (count, line.unit, line.description) if part)
    less = f" − {percent_text(line.discount, locale)}" if line.discount else ""
    rate = f" ({percent_text(line.tax, locale)})" if line.tax is not None else ""
    return f"{what} × {amount_text(line.price.amount, line.price.currency or currency, locale)}{less}{rate}"


def date_text(day: date, locale: str) -> str:
    """A date in full: no country reads it wrongly."""
    from babel.dates import format_date

    return format_date(day, format="long", locale=locale)


def length_text(duration: Duration, locale: str) -> str:
    """A duration, such as ``30 days``."""
    from babel.units import format_unit

    return format_unit(duration.count, f"duration-{duration.unit}", length="long", locale=locale)


def amount_text(amount: Decimal, currency: str, locale: str) -> str:
    """An amount with its currency; a price may have more decimals than the currency has coins."""
    from babel.numbers import format_currency, format_decimal, get_currency_precision

    if not currency:
        return format_decimal(amount, locale=locale, decimal_quantization=False)
    exponent = amount.normalize().as_tuple().exponent
    finer = isinstance(exponent, int) and -exponent > get_currency_precision(currency)
    return format_currency(amount, currency, locale=locale, decimal_quantization=not finer)


def percent_text(rate: Decimal, locale: str) -> str:
    """A percentage."""
    from babel.numbers import format_percent

    return format_percent(rate / 100, locale=locale, decimal_quantization=False)
