"""Periods in text: years, fiscal years, quarters, months and dates, and how well one document's fit a question's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NEWEST = 0.2
"""How much being the newest counts, where fitting the period that was asked for counts 1."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FISCAL = r"(?:(?:fy|cy|fiscal|year|of|in|the)[ '’]*)*"
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)",
        rf"\b{_MONTH} {_DAY},? {_YEAR}\b",
        rf"\b{_DAY} (?:of )?{_MONTH},? {_YEAR}\b",
        rf"\bq(?P<quarter>[1-4])[ ,'’/-]*{_FISCAL}{_YEAR}\b",
        rf"(?:\b(?:fy|cy)[ '’]?)?(?<!\d){_YEAR}[ /-]?q(?P<quarter>[1-4])\b",
        rf"\b(?P<ordinal>first|second|third|fourth|1st|2nd|3rd|4th) quarter,? {_FISCAL}{_YEAR}\b",
        rf"\bq(?P<quarter>[1-4])[ '’]*{_FISCAL}[ '’]*(?P<short>\d\d)\b",
        rf"\b{_MONTH},? {_YEAR}\b",
        rf"(?<!\d){_YEAR}-(?P<month>[01]\d)(?!\d)",
        rf"(?:\b(?:fy|cy)[ '’]?)?(?<![\d.,$]){_YEAR}(?![\d]|[.,]\d)",
        r"\b(?:fy|cy)[ '’]?(?P<short>\d\d)\b",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A year, or a quarter, a month or a day of it; 0 where it is not that exact."""

    year: int
    quarter: int = 0
    month: int = 0
    day: int = 0


def periods(text: str) -> tuple[Period, ...]:
    """The periods that a text names."""
    return parted(text)[0]


def parted(text: str) -> tuple[tuple[Period, ...], str]:
    """The periods that a text names, and the text without them; each stretch counts once, as exact as it can be."""
    found: dict[Period, None] = {}
    for pattern in _PATTERNS:
        for match in reversed(list(pattern.finditer(text))):
            period = _period(match.groupdict())
            if period is not None:
                found[period] = None
                text = f"{text[: match.start()]} {text[match.end() :]}"
    return tuple(found), text


def fit(asked: Sequence[Period], told: Sequence[Period]) -> float:
    """How well a document about the periods ``told`` fits a question about the periods ``asked``, from 0 to 1.

    The latest year asked for counts most, as a report shows earlier years beside its own; for the same reason a report
    of the years after fits a little.
    """
    if not asked or not told:
        return 0.0
    latest = max(period.year for period in asked)
    return max(_near(one, other) * (1.0 if one.year == latest else 0.5) for one in asked for other in told)


def newness(told: Sequence[Period], newest: float) -> float:
    """How much a document about the periods ``told`` is to be preferred when none is asked for, from 0 to `NEWEST`.

    Of documents that differ in nothing but their year people mean the newest; after four years none is preferred.
    """
    return NEWEST * max(0.0, 1 - (newest - latest(told)) / 4) if told else 0.0


def latest(told: Sequence[Period]) -> float:
    """The latest period as a number: the year, and a fraction for its quarter."""
    return max((period.year + _quarter(period) / 8 for period in told), default=0.0)


def _near(asked: Period, told: Period) -> float:
    if asked.year != told.year:
        return {1: 0.3, 2: 0.15}.get(told.year - asked.year, 0.0)
    if asked == told:
        return 1.0
    if told.quarter == 4 and asked == Period(year=asked.year):
        return 0.9
    if asked.month and told.month:
        return 0.7 if asked.month == told.month else 0.3
    if _quarter(asked) and _quarter(told):
        return 0.9 if _quarter(asked) == _quarter(told) else 0.2
    return 0.6


def _quarter(period: Period) -> int:
    return period.quarter or (period.month + 2) // 3


def _period(groups: dict[str, str | None]) -> Period | None:
    year = int(groups.get("year") or f"20{groups['short']}")
    month = groups.get("month") or "0"
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    day = int(groups.get("day") or 0)
    if number > 12 or day > 31:
        return None
    quarter = int(groups.get("quarter") or 0) or _QUARTERS.get((groups.get("ordinal") or "").lower(), 0)
    return Period(year=year, quarter=quarter, month=number, day=day)
