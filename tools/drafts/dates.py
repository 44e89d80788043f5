"""Dates as people write them, in the languages that Babel knows the months of; today is passed in."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from tools.drafts.backend import Duration

_LANGUAGES = ("en", "de", "fr", "es")
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b")
_FIGURES = re.compile(
    r"(?<![\d.,/])(?P<first>\d{1,2})(?P<sign>[./])\s?(?P<second>\d{1,2})(?P=sign)\s?(?P<year>\d{4})\b"
)
_RELATIVE = {
    "today": 0,
    "heute": 0,
    "aujourd'hui": 0,
    "hoy": 0,
    "tomorrow": 1,
    "morgen": 1,
    "demain": 1,
    "mañana": 1,
    "yesterday": -1,
    "gestern": -1,
    "hier": -1,
    "ayer": -1,
}
_BEFORE = "on |by |until |next |this |coming |am |bis |nächste[nrs]? |kommende[nrs]? |le |el |(?:el )?próximo |ce "
_NEXT = rf"(?:(?:{_BEFORE})+|(?<=due )|(?<=payable )|(?<=fällig )|(?<=zahlbar ))"
"""What makes a date of a day of the week that stands behind it."""
_COMING = r"(?: prochain| próximo| que viene)"
_MONTH_END = re.compile(
    r"(?<!\w)(?:(?:the )?end of (?:the|this) month|month[- ]end|(?:zum )?Monatsende|Ende des Monats|"
    r"(?:la )?fin du mois|(?:a )?fin(?:al)? de(?:l)? mes)(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _RELATIVE))})(?!\w)", re.IGNORECASE)


def dates(text: str, *, today: date, month_first: bool) -> Iterator[tuple[re.Match[str], date | None]]:
    """The dates of a text and where they stand; ``None`` for one that does not exist, such as 31 June.

    Args:
        month_first: Whether 03/04/2026 is in March, as in the United States.
    """
    for match in _ISO.finditer(text):
        yield match, _date(match["year"], match["month"], match["day"])
    for match in _FIGURES.finditer(text):
        swapped = month_first and match["sign"] == "/"
        month, day = (match["first"], match["second"]) if swapped else (match["second"], match["first"])
        yield match, _date(match["year"], month, day)
    for pattern in _named():
        for match in pattern.finditer(text):
            yield match, _date(match["year"], str(_months()[match["month"].casefold().rstrip(".")]), match["day"])
    for match in _yearless().finditer(text):
        yield match, _coming(_months()[match["month"].casefold()], int(match["day"]), today)
    for match in _WORD.finditer(text):
        yield match, today + timedelta(days=_RELATIVE[match[0].casefold()])
    for match in _weekday().finditer(text):
        name = match["day"] or match["first"] or match["alone"]
        ahead = (_weekdays()[name.casefold()] - today.weekday() - 1) % 7 + 1
        yield match, today + timedelta(days=ahead)
    for match in _MONTH_END.finditer(text):
        yield match, today.replace(day=calendar.monthrange(today.year, today.month)[1])


def _coming(month: int, day: int, today: date) -> date | None:
    """The next such day from today on; a 29 February is up to eight years away."""
    years = range(today.year, today.year + 9 if (month, day) == (2, 29) else today.year + 2)
    found = (_date(str(year), str(month), str(day)) for year in years)
    return next((each for each in found if each is not None and each >= today), None)


def after(start: date, duration: Duration) -> date | None:
    """The day that is so long after another; the last of the month where that day does not exist."""
    try:
        if duration.unit in ("day", "week"):
            return start + timedelta(days=duration.count * (7 if duration.unit == "week" else 1))
        months = start.year * 12 + start.month - 1 + duration.count * (12 if duration.unit == "year" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    from babel import Locale

    return {
        name.casefold().rstrip("."): number
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
    }


@cache
def _weekdays() -> dict[str, int]:
    from babel import Locale

    return {
        name.casefold(): number
        for language in _LANGUAGES
        for number, name in Locale(language).days["format"]["wide"].items()
    }


@cache
def _weekday() -> re.Pattern[str]:
    """A day of the week behind or before a small word that makes a date of it: the first one after today."""
    names = "|".join(map(re.escape, _weekdays()))
    beside = rf"(?<!\w)(?:{_NEXT}(?P<day>{names})|(?P<first>{names}){_COMING})(?!\w)"
    return re.compile(rf"{beside}|^\s*(?P<alone>{names})[\s.!]*$", re.IGNORECASE)


@cache
def _yearless() -> re.Pattern[str]:
    """A day and a month as their language writes them, so that *2 may* is no day: the next one from today on."""
    from babel import Locale

    names = {name for language in _LANGUAGES for name in Locale(language).months["format"]["wide"].values()}
    month = rf"(?P<month>{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})"
    no_year = r"(?!\w)(?!,?\s+(?:de\s+|del\s+)?\d{4}\b)"
    return re.compile(rf"(?<![\d.,/-])\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?{month}{no_year}")


@cache
def _named() -> tuple[re.Pattern[str], ...]:
    month = rf"(?P<month>{'|'.join(sorted(map(re.escape, _months()), key=len, reverse=True))})\.?"
    return (
        re.compile(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?{month},?\s+(?:de\s+|del\s+)?(?P<year>\d{{4}})\b",
            re.IGNORECASE,
        ),
        re.compile(rf"\b{month}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b", re.IGNORECASE),
    )
