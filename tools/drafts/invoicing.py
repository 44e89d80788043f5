"""Lines of invoices and quotes in what people write, such as ``3 days consulting at 900 EUR``."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tools.drafts.amounts import COUNT, FREE, MONEY, NUMBER, counted, decimal, money
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
_TAX = r"(?:VAT|sales tax|tax|GST|MwSt\.?|USt\.?|TVA|IVA)(?!\w)"
_LESS = r"(?:less|minus|abzüglich|moins|menos|[-−])"
_OFF = r"(?:discount|off|rebate|Rabatt|Nachlass|de remise|remise|de descuento|descuento)(?!\w)"
_OWN = re.compile(
    rf"\s*(?P<open>[(\[])?\s*(?:"
    rf"(?:(?:\+|plus|with|at|zzgl\.?|mit|zu|avec|con|más)\s*)?(?:(?P<rate>{NUMBER})\s?%\s*{_TAX}|(?P<free>{FREE}))"
    rf"|(?P<bracketed>(?<=[(\[]){_TAX}\s*:?\s*(?P<named>{NUMBER})\s?%)"
    rf"|(?:{_LESS}\s*(?P<less>{NUMBER})\s?%(?:\s*{_OFF})?|(?:with\s+|mit\s+|avec\s+|con\s+)?(?P<off>{NUMBER})\s?%\s*{_OFF})"
    rf")\s*[)\]]?",
    re.IGNORECASE,
)
"""A rate or a discount of a line's own, right behind its price: ``(7% VAT)``, ``less 10%``."""
_DISCOUNT = re.compile(
    rf"(?<!\w)(?:discount|rebate|Rabatt|Nachlass|remise|rabais|descuento)\s*(?:of|is|von|de|:|=)*\s*(?P<behind>{MONEY})"
    rf"|(?P<before>{MONEY})\s+(?:discount|rebate|off|Rabatt|Nachlass|de remise|de rabais|de descuento)(?![\w-])"
    r"(?!\s*:?\s*\d)",
    re.IGNORECASE,
)
_EARLY = re.compile(
    rf"(?:{_LESS}\s*)?(?P<what>{NUMBER}\s?%\s*(?:Skonto|cash discount|early[- ]payment discount|settlement discount|"
    r"d['’]escompte|(?:de descuento )?por pronto pago)(?!\w)[^.,;\n\x00]*)",
    re.IGNORECASE,
)
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


def given_discount(sheet: Sheet) -> Money | None:
    """An amount that a text takes off the whole, such as ``100 EUR off``."""
    match = _DISCOUNT.search(sheet.text)
    found = money(match["behind"] or match["before"]) if match else None
    if match and found:
        sheet.take(match.start(), match.end())
    return found


def early(sheet: Sheet) -> str:
    """What is taken off only if it is paid early, such as ``2% cash discount within 10 days``: a remark, no amount."""
    match = _EARLY.search(sheet.text)
    if match is None:
        return ""
    sheet.take(match.start(), match.end())
    return match["what"].strip()


def lines(sheet: Sheet, *, loose: bool = False) -> list[Line]:
    """The lines in a text; they are taken out of it.

    A rate or a discount that stands without brackets behind the last line alone is left, as it is meant for all.

    Args:
        loose: Whether lines were asked for, so that a description with an amount is enough.
    """
    found: list[Line] = []
    parts = [part for span in _spans(sheet.text) for part in _in_part(sheet.text, *span, loose=loose)]
    alone = sum(bool(own) for _, _, _, own in parts) == 1
    for at, (line, first, last, own) in enumerate(parts, start=1):
        if own and not (alone and at == len(parts) and not own[0]["open"]):
            line, last = _with_own(line, own), own[-1].end()
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


def _own(text: str, at: int) -> list[re.Match[str]]:
    """A rate and a discount of a line's own behind its price, in any order."""
    found: list[re.Match[str]] = []
    while len(found) < 2 and (match := _OWN.match(text, at)):
        found.append(match)
        at = match.end()
    return found


def _with_own(line: Line, own: list[re.Match[str]]) -> Line:
    for match in own:
        rate, less = match["rate"] or match["named"], match["less"] or match["off"]
        if match["free"] or rate:
            line = replace(line, tax=decimal(rate) if rate else Decimal(0))
        elif less:
            line = replace(line, discount=decimal(less) or Decimal(0))
    return line


def _in_part(text: str, start: int, end: int, *, loose: bool) -> Iterator[tuple[Line, int, int, list[re.Match[str]]]]:
    """A line of a part, where it begins and ends, and what stands behind it of its own."""
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
    last = behind.end() if behind else price.end()
    yield line, start + skipped + offset, last, _own(text, last)


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
