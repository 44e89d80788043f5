"""Lines of invoices and quotes in what people write, such as ``3 days consulting at 900 EUR``."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tools.drafts.amounts import COUNT, MONEY, NUMBER, counted, money
from tools.drafts.backend import Line, Money
from tools.drafts.sheet import TAKEN, Sheet

_AT = r"(?:at|@|à|zu|je|a|for|für|pour|por|mit|of|x|×|:|=|[-–])"
_PRICE = re.compile(rf"(?P<price>{MONEY}|(?<=at )\s*{NUMBER}|(?<=@ ){NUMBER}|(?<=@){NUMBER})")
_BEHIND = re.compile(
    r"\s*(?:(?:each|apiece|je|pro\s+\w+|per\s+\w+|an?\s+(?:day|hour|month|piece)|par\s+\w+|por\s+\w+|la\s+pièce|/\s?\w+)\b)?",
    re.IGNORECASE,
)
_JOINT = re.compile(rf"(?:^|(?<=\s)){_AT}\s*$", re.IGNORECASE)
_PARTS = re.compile(rf"[;\n]|,(?=\s)|{TAKEN}|\.(?=\s)|\b(?:and|plus|und|et|y)\b(?=\s+{COUNT})|\s\+\s", re.IGNORECASE)
_ARTICLE = r"(?:an?|eine[mnrs]?|ein|une?|una)\b"
_QUANTITY = re.compile(
    rf"(?<![\w.,%#-])(?!{_ARTICLE})(?P<count>{COUNT})\s*(?:x|×|mal)?\s+(?P<what>.*)$", re.IGNORECASE | re.DOTALL
)
_UNITS = (
    "days day hours hour hrs hr h weeks week months month years year pieces piece pcs pc units unit licences licenses "
    "licence license km miles mile kg tonnes sets set pages page words word nights night "
    "Tage Tagen Tag Stunden Stunde Std Wochen Woche Monate Monaten Monat Stück Stk Lizenzen Lizenz Pauschale Seiten "
    "Seite "
    "jours jour heures heure semaines semaine mois pièces pièce unités unité pages nuits nuit "
    "días día horas hora semanas semana meses mes piezas pieza unidades unidad noches noche"
)
_UNIT = re.compile(rf"(?P<unit>{'|'.join(_UNITS.split())})\.?(?!\w)\s*(?:of|de|d['’]|à)?\s*", re.IGNORECASE)
_OF = re.compile(r"^(?:of|for|de|d['’]|für|pour|por|à|a)\s+", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:and|plus|add|also|und|et|y|noch|auch|ajoute\w*|añad\w+|with|the lines? (?:is|are)|actually|no|instead|"
    r"please|it(?:'s| is| should be| must be)|make it|change (?:it|that) to)\b[\s,]*)+",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    rf"(?<!\w)(?:(?:grand |invoice )?total|altogether|in all|gesamt(?:betrag|summe)?|insgesamt|summe|en tout|en total)"
    rf"\s*(?:is|of|ist|von|de|:|=|due|TTC)*\s*(?P<price>{MONEY}|{NUMBER}(?!\s?%))",
    re.IGNORECASE,
)


def given_total(sheet: Sheet) -> Money | None:
    """A total that a text names, to be checked against what the lines come to."""
    match = _TOTAL.search(sheet.text)
    found = money(match["price"]) if match else None
    if match and found:
        sheet.take(match.start(), match.end())
    return found


def lines(sheet: Sheet, *, loose: bool = False) -> list[Line]:
    """The lines in a text; they are taken out of it.

    Args:
        loose: Whether lines were asked for, so that a description with an amount is enough.
    """
    found: list[Line] = []
    for start, end in list(_spans(sheet.text)):
        for line, first, last in _in_part(sheet.text, start, end, loose=loose):
            found.append(line)
            sheet.take(first, last)
    return found


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text that may hold a line each."""
    start = 0
    for match in _PARTS.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _in_part(text: str, start: int, end: int, *, loose: bool) -> Iterator[tuple[Line, int, int]]:
    price = _PRICE.search(text, start, end)
    cost = money(price["price"]) if price else None
    if price is None or cost is None:
        return
    before = text[start : price.start()]
    joint = _JOINT.search(before)
    if joint is None and not loose:
        return
    left = before[: joint.start()] if joint else before
    lead = _LEAD.match(left.lstrip())
    skipped = len(left) - len(left.lstrip()) + (lead.end() if lead else 0)
    made = _line(left[skipped:], cost)
    if made is None:
        return
    line, offset = made
    behind = _BEHIND.match(text, price.end(), end)
    yield line, start + skipped + offset, behind.end() if behind else price.end()


def _line(left: str, price: Money) -> tuple[Line, int] | None:
    """A line of what stands before its price, and where in that it begins."""
    quantity = _QUANTITY.search(left)
    count = counted(quantity["count"]) if quantity else None
    if quantity is None or count is None:
        description = re.split(r"\b(?:for|für|pour|por)\s+", left)[-1].strip(" :–-")
        if not description or not description[:1].isalnum():
            return None
        return Line(description=description, quantity=Decimal(1), price=price), left.rindex(description)
    unit = _UNIT.match(quantity["what"])
    description = _OF.sub("", quantity["what"][unit.end() :] if unit else quantity["what"]).strip(" :–-")
    offset = quantity.start()
    if not description:
        head = re.split(r"\b(?:for|für|pour|por)\s+", left[: quantity.start()])[-1].strip(" :–-")
        description = head or (unit["unit"] if unit else "")
        offset = left.rindex(head) if head else offset
    if not description:
        return None
    named = unit["unit"] if unit and unit["unit"] != description else ""
    return Line(description=description, quantity=count, price=price, unit=named), offset


def renewed(old: tuple[Line, ...], new: tuple[Line, ...]) -> tuple[Line, ...]:
    """New lines for old ones; ``4 days at 950 EUR`` by itself says nothing new of what the one line is for."""
    if len(old) == len(new) == 1 and not new[0].unit and _UNIT.fullmatch(new[0].description):
        return (replace(new[0], description=old[0].description, unit=new[0].description),)
    return new
