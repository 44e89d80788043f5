"""Values for a template's fields in what a person wrote: by labels, by the words before them, and by their shape."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tools.drafts import amounts, invoicing
from tools.drafts.backend import Duration, Field, FieldType, Known, Money
from tools.drafts.choices import named, option
from tools.drafts.dates import dates
from tools.drafts.parties import parties, party
from tools.drafts.reckoning import GROSS
from tools.drafts.sheet import TAKEN, Sheet, unquoted, words_pattern

_IS = r"\s*(?::|=)\s*|\s+(?:is|are|should be|shall be|will be|must be|to|ist|sind|soll|beträgt|auf|est|sont|es|son)\s+"
_NONE = re.compile(
    r"(?:no|none|nothing|skip|n/a|not (?:needed|any)|no thanks|leave it out|kein\w*|nichts|aucun\w*|rien|ningun\w*)"
    r"[.!\s]*",
    re.IGNORECASE,
)
_NO_TAX = re.compile(rf"{amounts.FREE}|reverse[- ]charge", re.IGNORECASE)
_INCLUDED = re.compile(
    r"(?<!\w)(?:(?:incl(?:uding|usive|udes?|\.)?|inkl(?:usive|\.)?)(?:\s+of)?(?=\s*(?:[\d.,]+\s?%\s*)?(?:all\s+)?"
    r"(?:VAT|sales tax|tax(?:es)?|GST|MwSt|USt|TVA|IVA)(?!\w))|(?:VAT|tax) included|gross prices?|Bruttopreise?|brutto|"
    r"TTC|TVA (?:comprise|incluse)|IVA incluido)(?!\w)",
    re.IGNORECASE,
)
"""How people say that prices hold the tax."""
_PICTURE = re.compile(
    r"(?:,?\s*(?:and|with|plus|add))?\s*(?:an?\s+)?(?:illustration|picture|image|drawing)\s*(?:of|showing|with|:)\s+",
    re.IGNORECASE,
)
_NET = re.compile(r"(?<!\w)net\s+(?P<days>\d{1,3})(?![\w.%])(?!\s*(?:%|days?|EUR|USD|GBP))", re.IGNORECASE)
"""A term of payment as merchants write it: ``net 30``."""
_WHOLE: tuple[FieldType, ...] = ("party", "paragraphs", "list", "clauses", "lines")
"""Types whose labelled value may go on over several lines."""


_DAYS: tuple[FieldType, ...] = ("date", "deadline")


@dataclass(slots=True, kw_only=True)
class Found:
    """What one text says.

    Attributes:
        values: By field.
        total: A total that it names.
        picture: What an illustration should show.
        left: What of the text was not understood.
        wrong: What can't be, such as 31 June, and the field that it was said for.
    """

    values: dict[str, Known] = field(default_factory=dict)
    total: Money | None = None
    picture: str = ""
    left: str = ""
    wrong: tuple[str, Field] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and when something was said.

    Attributes:
        month_first: Whether 03/04/2026 is in March.
    """

    language: str
    today: date
    month_first: bool = False


def understand(text: str, fields: tuple[Field, ...], setting: Setting, *, labelled_only: bool = False) -> Found:
    """Everything that a text says about some fields.

    Args:
        labelled_only: Whether to look for values with a label alone, as the rest answers a question.
    """
    sheet = Sheet(text, fields, setting.language)
    found = Found()
    if match := _PICTURE.search(sheet.text):
        end = sheet.end_of(match.end())
        found.picture = unquoted(sheet.text[match.end() : end])
        sheet.take(match.start(), end)
    for each, value in _labelled(sheet, setting):
        found.values.setdefault(each.name, value)
    if labelled_only and (of_lines := sheet.of("lines")) and (lines := invoicing.lines(sheet)):
        found.values.setdefault(of_lines[0].name, tuple(lines))
    if not labelled_only:
        _by_shape(sheet, setting, found)
        for each, made in parties(sheet):
            found.values.setdefault(each.name, made)
        for each, worded in _worded(sheet):
            found.values.setdefault(each.name, worded)
    found.left = sheet.left()
    return found


def answer(each: Field, text: str, setting: Setting) -> Known | None:
    """What a text says that answers the question for one field; ``None`` if that can't be read from it."""
    bare = text.strip()
    match each.type:
        case "party":
            return party(bare)
        case "text":
            return unquoted(" ".join(bare.split())).rstrip(".") or None
        case "paragraphs":
            return bare or None
        case "list" | "clauses":
            return tuple(_several(each, bare)) or None
        case "lines":
            return tuple(invoicing.lines(Sheet(bare, (), setting.language), loose=True)) or None
        case "choice":
            return option(each, bare) or named(each, bare)
        case _:
            return _figure(each, bare, setting)


def declines(text: str) -> bool:
    """Whether a text says that there is no such thing."""
    return bool(_NONE.fullmatch(text.strip()))


def _figure(each: Field, bare: str, setting: Setting) -> Known | None:
    day = next((value for _, value in _dates(bare, setting) if value), None)
    length = next((value for _, value in amounts.durations(bare)), None)
    number = amounts.counted(bare.rstrip(".% "))
    match each.type:
        case "date":
            return day
        case "deadline":
            return day or length or (next((v for _, v in amounts.durations(f"{bare} days")), None) if number else None)
        case "duration":
            return length
        case "percent":
            none = Decimal(0) if declines(bare) or _NO_TAX.search(bare) else number
            return next((value for _, value in amounts.percents(bare)), none)
        case "money":
            return amounts.money(bare)
        case "discount":
            share = next((value for _, value in amounts.percents(bare)), None)
            cost = amounts.money(bare) if share is None else None
            return share if share is not None else cost if cost and cost.currency else number
        case "currency":
            return amounts.currency(bare) or None
        case "iban":
            return (
                next((value for _, value in amounts.ibans(bare.upper())), None) or bare.replace(" ", "").upper() or None
            )
        case _:
            return None


def _dates(text: str, setting: Setting) -> Iterator[tuple[re.Match[str], date | None]]:
    return dates(text, today=setting.today, month_first=setting.month_first)


def _labelled(sheet: Sheet, setting: Setting) -> Iterator[tuple[Field, Known]]:
    """``Term: 2 years``, ``the due date is 1 May 2026``, ``change the buyer to ACME Ltd``."""
    by_word = {word: each for each in sheet.fields for word in each.spoken(sheet.language)}
    words = "|".join(map(re.escape, sorted(by_word, key=len, reverse=True)))
    label = re.compile(rf"(?<!\w)(?P<label>{words})(?:{_IS})", re.IGNORECASE)
    marks = list(label.finditer(sheet.text))
    folded = {word.casefold(): each for word, each in by_word.items()}
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        each = folded[mark["label"].casefold()]
        limit = following.start() if following else len(sheet.text)
        if sheet.text[mark.start()] == TAKEN:
            continue
        end = min(limit, _end(sheet, mark.end(), each, whole=":" in mark[0]))
        value = answer(each, sheet.text[mark.end() : end].strip(" ,;\n"), setting)
        if value is not None:
            sheet.take(mark.start(), end)
            yield each, value


def _end(sheet: Sheet, start: int, each: Field, *, whole: bool) -> int:
    """Where a labelled value ends: commas belong to it where it is a name with an address, or a list.

    Args:
        whole: Whether it may go on over several lines, up to one that begins with another field's word.
    """
    if whole and each.type in ("paragraphs", "clauses"):
        return len(sheet.text)
    if whole and each.type in _WHOLE:
        return sheet.next_part(start, each)
    return sheet.end_of(start, own=each, commas=each.type not in ("party", "list", "lines"))


def _by_shape(sheet: Sheet, setting: Setting, found: Found) -> None:
    """Values that are recognised by how they look."""
    if of_lines := sheet.of("lines"):
        found.total = invoicing.given_total(sheet)
        _prices(sheet, found)
        if made := invoicing.lines(sheet):
            found.values.setdefault(of_lines[0].name, tuple(made))
    for each, value in _shaped(sheet, setting, found):
        found.values.setdefault(each.name, value)
    for each in sheet.of("choice"):
        if meant := option(each, sheet.text):
            found.values.setdefault(each.name, meant)


def _prices(sheet: Sheet, found: Found) -> None:
    """Whether prices hold the tax, and an amount that is taken off the whole."""
    prices = next((each for each in sheet.of("choice") if each.name == "prices"), None)
    if prices and (match := _INCLUDED.search(sheet.text)):
        sheet.take(match.start(), match.end())
        found.values.setdefault(prices.name, GROSS)
    for each in sheet.of("paragraphs"):
        if remark := invoicing.early(sheet):
            found.values.setdefault(each.name, remark)
    for each in sheet.of("discount"):
        if (off := invoicing.given_discount(sheet)) is not None:
            found.values.setdefault(each.name, off)


def _shaped(sheet: Sheet, setting: Setting, found: Found) -> Iterator[tuple[Field, Known]]:
    for match, iban in list(amounts.ibans(sheet.text)):
        for each in sheet.of("iban"):
            sheet.take(match.start(), match.end())
            yield each, iban
    if (
        (exempt := _NO_TAX.search(sheet.text))
        and (taxes := [each for each in sheet.of("percent") if each.name == "tax"])
        and not _reason(sheet, exempt[0])
    ):
        sheet.take(exempt.start(), exempt.end())
        yield taxes[0], Decimal(0)
    for match, percent in list(amounts.percents(sheet.text)):
        yield from _owned(sheet, match, percent, ("percent", "discount"))
    for match, day in list(_dates(sheet.text, setting)):
        if day is None:
            owner = sheet.owner(match.start(), match.end(), _DAYS)
            meant = owner[0] if owner else next(iter(sheet.of(*_DAYS)), None)
            found.wrong = (match[0], meant) if meant else None
            sheet.take(match.start(), match.end())
            continue
        yield from _owned(sheet, match, day, _DAYS)
    for match in list(_NET.finditer(sheet.text)):
        for each in sheet.of("deadline")[:1]:
            sheet.take(match.start(), match.end())
            yield each, Duration(count=int(match["days"]), unit="day")
    for match, length in list(amounts.durations(sheet.text)):
        yield from _owned(sheet, match, length, ("duration", "deadline"))
    if sheet.of("money"):
        for match in list(re.finditer(amounts.MONEY, sheet.text)):
            if (amount := amounts.money(match[0])) is not None:
                yield from _owned(sheet, match, amount, ("money",))
    for each in sheet.of("currency"):
        named = re.search(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, each.spoken(sheet.language)))})\s+([A-Z]{{3}})\b", sheet.text
        )
        if named and named[1] in amounts.currencies():
            sheet.take(named.start(), named.end())
            yield each, named[1]


def _reason(sheet: Sheet, text: str) -> str | None:
    """The reason for no tax that some words mean, where the template has a field for it."""
    return next(
        (found for each in sheet.of("choice") if each.name == "exemption" and (found := option(each, text))), None
    )


def _owned(
    sheet: Sheet, match: re.Match[str], value: Known, types: tuple[FieldType, ...]
) -> Iterator[tuple[Field, Known]]:
    """A value with the field whose word stands beside it, or the first field that takes such a value."""
    fields = sheet.of(*types)
    if not fields or TAKEN in sheet.text[match.start() : match.end()]:
        return
    owner = sheet.owner(match.start(), match.end(), types)
    each, start = owner or (fields[0], match.start())
    sheet.take(start, match.end())
    yield each, value


def _worded(sheet: Sheet) -> Iterator[tuple[Field, str]]:
    """Texts behind a word of their field: ``under German law``, ``about a joint venture``."""
    for each in sheet.of("text"):
        words = each.words.get(sheet.language)
        for match in words_pattern(words).finditer(sheet.text) if words else ():
            end = sheet.end_of(match.end(), own=each)
            value = unquoted(sheet.text[match.end() : end].strip(" :"))
            if value and sheet.text[match.end() : match.end() + 1] in (" ", ":"):
                sheet.take(match.start(), end)
                yield each, value
                break


def _several(each: Field, text: str) -> Iterator[str]:
    """The items of a list; a clause is a sentence, in which commas are only commas."""
    parts = re.split(r"\n|;", text)
    if each.type == "list" and len(parts) == 1:
        parts = re.split(r",\s+|\s+(?:and|und|et|y)\s+", text)
    for part in parts:
        if item := re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", part).strip(" ."):
            yield f"{item}." if each.type == "clauses" and item[-1] not in ".!?" else item
