"""Which numbers of a text stand in its source, however either of them writes them. Pure.

``1.5 billion`` is ``$1,500 million``, ``12%`` is ``12 percent``, ``50 basis points`` is ``0.5 %``, ``1.234,5`` is
``1,234.5``, ``three`` is ``3``, and the first of ``5 to 7 million`` is in millions, too. A rounded number is another.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from tools.summaries.number_words import (
    COUNTS,
    CURRENCIES,
    DOUBTFUL_SCALES,
    MONTHS,
    ORDINALS,
    PERIODS,
    SCALES,
)

PERCENT = "%"


def _any_of(words: "dict[str, int] | dict[str, Decimal] | dict[str, str]") -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_PERIOD = "|".join(PERIODS)
_SPACE = "[ \u00a0\u202f]"
_NUMBER = re.compile(
    rf"(?:(?P<before>{_any_of(CURRENCIES)}){_SPACE}?)?"
    r"(?<![^\W\d_])(?<!\d)"
    rf"(?:(?P<digits>\d{{1,3}}(?:{_SPACE}\d{{3}}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*|(?<![\d.])\.\d+)"
    rf"|(?P<word>{_any_of(COUNTS)})\b|(?P<ordinal>{_any_of(ORDINALS)})(?=\s+(?:fiscal\s+)?(?:{_PERIOD})))"
    rf"(?P<scales>(?:[\s-]?(?:{_any_of(SCALES)})(?!\w))*)"
    r"(?:[\s-]?(?P<percent>%|per ?cent\b|pct\b|percentage points?|prozent|pour ?cent|por ciento)"
    r"|[\s-]?(?P<points>basis points?|bps?\b|basispunkte?|points de base|puntos básicos)"
    rf"|(?(before)(?!)|{_SPACE}?(?P<after>{_any_of(CURRENCIES)})(?!\w)))?",
    re.IGNORECASE,
)
_SCALE = re.compile(_any_of(SCALES))
_BETWEEN = re.compile(r"\s*(?:[-–—]|to|and|or|through|bis|und|oder|à|et|ou|a|y|o)\s*", re.IGNORECASE)
_MONTH = re.compile(rf"\b(?:{_any_of(MONTHS)})\b", re.IGNORECASE)
_PERIOD_MARK = re.compile(r"\b[QH](?=[1-4]\b)", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(?:\b[FC]Y\s?['’]?|(?<=\d)['’]|(?<=\s)['’])(?=\d\d\b)", re.IGNORECASE)
_LONG_YEAR = re.compile(r"\b[FC]Y(?=\d{4}\b)", re.IGNORECASE)
_TABLE_SCALE = re.compile(
    rf"(?:\bin|\ben|[$€£(])\s?(?P<scale>thousands|milliers|miles|000s?|{_any_of(SCALES)})(?!\w)", re.IGNORECASE
)
_TABLE_SCALES = dict.fromkeys(("thousands", "milliers", "miles", "000", "000s"), Decimal(1000))
_DECIMALS = re.compile(r"(?<![\d.,])\d+(?:[.,]\d{3})*([.,])\d{1,2}(?![\d.,]*\d)")
_GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as a text has it.

    Attributes:
        shown: As people read it, with its unit.
        values: What it may mean: ``1.234`` and ``300 m`` are read either way. Signs are left out, as a loss may be told
            in words.
        units: What it may be of: ``%``, a currency's sign, or nothing.
    """

    shown: str
    values: frozenset[Decimal]
    units: frozenset[str]


class Stated:
    """The numbers that a source states, to hold texts against."""

    def __init__(self, source: str) -> None:
        self._units: defaultdict[Decimal, set[str]] = defaultdict(set)
        self._scales = {_table_scale(match["scale"]) for match in _TABLE_SCALE.finditer(source)}
        for number in numbers(source):
            for value in number.values:
                self._units[value] |= number.units
        for month in _MONTH.finditer(source):
            self._units[Decimal(MONTHS[month[0].lower()])].add("")

    def doubts(self, text: str) -> tuple[str, ...]:
        """The numbers of a text that the source does not state, each once, as people read them."""
        return tuple(dict.fromkeys(number.shown for number in numbers(text) if not self._states(number)))

    def _states(self, number: Number) -> bool:
        return any(self._has(value, number.units) for value in number.values) or any(
            self._has(value / scale, number.units - {PERCENT}) for scale in self._scales for value in number.values
        )

    def _has(self, value: Decimal, units: frozenset[str]) -> bool:
        """Whether the value is stated of such a unit. A currency may go without saying; a percent sign may not."""
        stated = self._units.get(value, set())
        return any(
            unit == other or ("" in (unit, other) and PERCENT not in (unit, other))
            for unit in units
            for other in stated
        )


def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text, in its order. Digits inside a word, as in ``B2B``, are none."""
    text = _LONG_YEAR.sub(" ", _SHORT_YEAR.sub(" 20", _PERIOD_MARK.sub(" ", text)))
    mark = _decimal_mark(text)
    matches = list(_NUMBER.finditer(text))
    found: list[Number] = []
    for place, match in enumerate(matches):
        after = matches[place + 1] if place + 1 < len(matches) else None
        ranged = after is not None and _BETWEEN.fullmatch(text, match.end(), after.start())
        found += _read(match, after if ranged else None, mark)
    return tuple(found)


def _decimal_mark(text: str) -> str:
    """The mark before decimals where the text shows it by numbers such as ``3,5`` or ``1,234.56``; otherwise empty."""
    marks = {match[1] for match in _DECIMALS.finditer(text)}
    return marks.pop() if len(marks) == 1 else ""


def _read(match: re.Match[str], other: re.Match[str] | None, mark: str) -> Iterator[Number]:
    """The number of a match; several, where it is a date or a clause's number. ``other`` is the end of its range."""
    number = Number(
        shown=" ".join(match[0].split()),
        values=frozenset({Decimal(1)}),
        units=frozenset({_unit(match)}),
    )
    scales = _scales(match)
    if other is not None and not match["scales"]:
        scales |= _scales(other)
    if other is not None and number.units == {""}:
        number = replace(number, units=frozenset({"", _unit(other)}))
        divisors = {Decimal(1), _divisor(other)}
    else:
        divisors = {_divisor(match)}
    for values in _values(match, mark):
        yield replace(
            number,
            values=frozenset(value * scale / divisor for value in values for scale in scales for divisor in divisors),
        )


def _values(match: re.Match[str], mark: str) -> Iterator[set[Decimal]]:
    digits = match["digits"]
    if match["word"]:
        yield {Decimal(COUNTS[match["word"].lower()])}
    elif match["ordinal"]:
        yield {Decimal(ORDINALS[match["ordinal"].lower()])}
    elif whole := set(_readings(digits, mark)) if _is_one(digits) else None:
        yield whole
    else:
        yield from ({Decimal(part)} for part in re.findall(r"\d+", digits))


def _is_one(digits: str) -> bool:
    """Whether digits make one number: where there are several separators, groups of three, and one for the decimals."""
    separators = re.findall(r"\D", digits)
    if len(separators) < 2:
        return True
    whole = digits if len(set(separators)) == 1 else digits[: digits.rindex(separators[-1])]
    return len(set(re.findall(r"\D", whole))) == 1 and _GROUPED.fullmatch(whole) is not None


def _readings(digits: str, mark: str) -> Iterator[Decimal]:
    """What digits mean: without a hint, a comma before three digits groups them, and a point may do either."""
    separators = re.findall(r"\D", digits)
    last = separators[-1] if separators else ""
    grouped = len(set(separators)) == 1 and _GROUPED.fullmatch(digits) is not None
    if not separators or (grouped and last != mark):
        yield Decimal(re.sub(r"\D", "", digits))
    once = last in (".", ",") and separators.count(last) == 1
    if once and not (grouped and last != (mark or ".")):
        whole, _, decimals = digits.rpartition(last)
        yield Decimal(f"{re.sub(r'[^0-9]', '', whole) or 0}.{decimals}")


def _scales(match: re.Match[str]) -> set[Decimal]:
    """What a number is to be multiplied by; two possibilities, where the word may be a unit as well."""
    words = _SCALE.findall(match["scales"].lower())
    scale = Decimal(1)
    for word in words:
        scale *= SCALES[word]
    return {scale, Decimal(1)} if any(word in DOUBTFUL_SCALES for word in words) else {scale}


def _unit(match: re.Match[str]) -> str:
    if match["percent"] or match["points"]:
        return PERCENT
    currency = match["before"] or match["after"]
    return CURRENCIES[currency.lower()] if currency else ""


def _divisor(match: re.Match[str]) -> Decimal:
    return Decimal(100) if match["points"] else Decimal(1)


def _table_scale(word: str) -> Decimal:
    word = word.lower()
    return _TABLE_SCALES.get(word) or SCALES[word]
