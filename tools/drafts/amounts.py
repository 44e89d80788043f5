"""Numbers as people write them: decimals in any country's spelling, money, percentages, durations, IBANs."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache

from tools.drafts.backend import Duration, Money, Unit

NUMBER = r"[-−]?(?:\d{1,3}(?: \d{3})+(?!\d)(?:,\d{1,2})?|\d(?:[\d.,'’\u00a0\u202f]*\d)?)"
LARGEST = Decimal(10) ** 12
"""Amounts from here on are taken for a slip: no invoice of ours is over a million million."""

FREE = (
    r"(?:no|without|exempt from|zero|ohne|keine|sans|sin)\s+(?:VAT|tax|sales tax|GST|MwSt\.?|USt\.?|TVA|IVA)(?!\w)"
    r"|(?:VAT|tax)[- ](?:exempt|free)(?!\w)|steuerfrei(?!\w)"
)
"""How people say that there is no tax."""

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "CHF": "CHF", "Fr.": "CHF", "US$": "USD", "zł": "PLN"}
_NAMES = {
    "euro": "EUR",
    "euros": "EUR",
    "dollar": "USD",
    "dollars": "USD",
    "dólares": "USD",
    "pound": "GBP",
    "pounds": "GBP",
    "pfund": "GBP",
    "libras": "GBP",
    "franken": "CHF",
    "francs": "CHF",
    "yen": "JPY",
}
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_CURRENCY = rf"{_SYMBOL}|[A-Z]{{3}}\b|(?i:{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b"
MONEY = rf"(?:(?:{_CURRENCY})\s?{NUMBER}|{NUMBER}\s?(?:{_CURRENCY}))"
"""A number with a currency before or behind it."""

_MONEY = re.compile(rf"(?P<before>{_CURRENCY})?\s?(?P<number>{NUMBER})\s?(?P<behind>{_CURRENCY})?")
_PERCENT = re.compile(rf"(?P<number>{NUMBER})\s?(?:%|percent\b|per cent\b|Prozent\b|pour cent\b|por ciento\b)", re.I)
_COUNTS = {
    word: number
    for number, words in {
        1: "one a an ein eine einem einen un une uno una",
        2: "two zwei deux dos",
        3: "three drei trois tres",
        4: "four vier quatre cuatro",
        5: "five fünf cinq cinco",
        6: "six sechs seis",
        7: "seven sieben sept siete",
        8: "eight acht huit ocho",
        9: "nine neun neuf nueve",
        10: "ten zehn dix diez",
        12: "twelve zwölf douze doce",
    }.items()
    for word in words.split()
}
_UNIT_WORDS: tuple[tuple[Unit, str], ...] = (
    ("day", "day days tag tage tagen jour jours día días dia dias"),
    ("week", "week weeks woche wochen semaine semaines semana semanas"),
    ("month", "month months monat monate monaten mois mes meses"),
    ("year", "year years yr yrs jahr jahre jahren an ans année années año años"),
)
_UNITS = {word: unit for unit, words in _UNIT_WORDS for word in words.split()}
_COUNT = rf"(?:{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
COUNT = rf"(?:{NUMBER}|{_COUNT}\b)"
"""A number in digits or, up to twelve, in words."""
_DURATION = re.compile(
    rf"(?<![\w.,])(?P<count>-?\d+|{_COUNT}\b)[\s-]*(?:(?:calendar|business|working|kalender)\s+)?"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}\b|(?<=IBAN[ :])\s*[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){0,30}\b")
"""What looks like one; behind its name whatever begins like one, so that a short one is told."""


def decimal(text: str) -> Decimal | None:
    """A number in any country's spelling: the last of two kinds of separators is the decimal point.

    A single separator parts thousands if three digits follow it, as in ``1.200`` and ``1,200``.
    """
    bare = re.sub(r"['’\s\u00a0\u202f]", "", text).replace("−", "-")
    kinds = [sign for sign in ",." if sign in bare]
    if len(kinds) == 2:
        point = max(kinds, key=bare.rfind)
        bare = bare.replace("," if point == "." else ".", "").replace(point, ".")
    elif kinds:
        whole = re.fullmatch(rf"-?\d{{1,3}}(?:\{kinds[0]}\d{{3}})+", bare)
        bare = bare.replace(kinds[0], "" if whole else ".")
    try:
        found = Decimal(bare)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < LARGEST else None


def counted(text: str) -> Decimal | None:
    """A number in digits or in a word."""
    word = _COUNTS.get(text.strip().casefold())
    return Decimal(word) if word is not None else decimal(text)


def money(text: str) -> Money | None:
    """The first amount of a text, with or without a currency."""
    match = _MONEY.search(text)
    amount = decimal(match["number"]) if match else None
    if match is None or amount is None:
        return None
    return Money(amount=amount, currency=code(match["before"] or match["behind"] or ""))


def code(said: str) -> str:
    """The ISO code of a currency as people write it; three capitals are taken as they are."""
    bare = said.strip()
    return _SYMBOLS.get(bare) or _NAMES.get(bare.casefold()) or bare.upper()


@cache
def currencies() -> frozenset[str]:
    """Every currency that is legal tender somewhere today, by its ISO 4217 code."""
    from babel.core import get_global
    from babel.numbers import get_territory_currencies

    return frozenset(
        now for territory in get_global("territory_currencies") for now in get_territory_currencies(territory)
    )


def currency(text: str) -> str:
    """The currency that a text names, or the one word that stands in its place; empty if nothing does."""
    found = (code(match[0]) for match in re.finditer(_CURRENCY, text))
    known = next((each for each in found if each in currencies()), "")
    bare = text.strip(" .!")
    return known or (bare.upper() if re.fullmatch(r"\w{1,20}", bare) else "")


def percents(text: str) -> Iterator[tuple[re.Match[str], Decimal]]:
    """The percentages of a text and where they stand."""
    for match in _PERCENT.finditer(text):
        if (value := decimal(match["number"])) is not None:
            yield match, value


def durations(text: str) -> Iterator[tuple[re.Match[str], Duration]]:
    """The lengths of time in a text and where they stand."""
    for match in _DURATION.finditer(text):
        count = _COUNTS.get(match["count"].casefold())
        count = int(match["count"]) if count is None else count
        if abs(count) <= 36_500:
            yield match, Duration(count=count, unit=_UNITS[match["unit"].casefold()])


def ibans(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """What looks like an IBAN, without its spaces; whether it is one is checked by `is_iban`."""
    for match in _IBAN.finditer(text):
        yield match, re.sub(r"\s", "", match[0])


def is_iban(text: str) -> bool:
    """Whether length and check digits are those of an IBAN."""
    from stdnum import iban

    return bool(iban.is_valid(text))


def grouped(iban_text: str) -> str:
    """An IBAN as it is printed: in groups of four."""
    return " ".join(iban_text[at : at + 4] for at in range(0, len(iban_text), 4))
