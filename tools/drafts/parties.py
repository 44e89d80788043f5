"""Parties in what people write: names with their addresses, mail addresses and tax numbers."""

import re
from collections.abc import Iterator

from tools.drafts.backend import Field, Party
from tools.drafts.sheet import QUOTED, TAKEN, Sheet, unquoted, words_pattern

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_TAX_ID = re.compile(
    r"(?:(?:VAT|USt|MwSt|TVA|IVA|NIF|UID|tax)[-\w.]*\s*(?:(?:no|nr|id|number|nummer)\b\.?)?\s*:?\s*)?"
    r"\b([A-Z]{2,3}-?(?=[\dA-Z.]*\d{6})[\dA-Z.]{8,14})\b"
)
_SUFFIX = re.compile(
    r"(?:Inc|Ltd|LLC|LLP|PLC|Limited|Corp|Co|GmbH|AG|SE|KG|S\.?A|S\.?L|SARL|SAS|B\.?V)\b\.?", re.IGNORECASE
)
_LEAD = re.compile(r"(?:it'?s|it is|this is|that is|that would be|es ist|das ist|c'est|name is)\s+", re.IGNORECASE)
_TOWARDS = re.compile(r"(?:from|for|to|by|with|von|für|an|mit|pour|para)\s+(?=[^\W\d_a-zß-öø-ÿ])")
"""A small word before a name; a name may begin like one, with a capital."""
_BETWEEN = re.compile(r"(?<!\w)(?:between|zwischen|entre)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|und|et|y|e|&)\s+", re.IGNORECASE)
_NAME = re.compile(
    r"(?:(?:my|our|the|mein\w*|unser\w*|die|der|den|dem|das|mon|ma|notre|le|la|mi|nuestr\w+|el)\s+(?:[a-zß-öø-ÿ]+\s+){0,2})?"
    r"(?=[\"“„«]|[^\W_a-zß-öø-ÿ])"
)
"""A name behind a mere *for* or *to* begins with a capital, a figure, a quotation mark or a letter without case."""
_LONGEST_LINE = 80
_LOOSE_END = re.compile(r"(?:\s+(?:with|and|for|plus|mit|und|für|avec|et|pour|con|y|para))+$", re.IGNORECASE)


def party(text: str) -> Party | None:
    """A name, then the lines of the address, parted by commas or line breaks; mail and tax number stand anywhere."""
    bare = _LEAD.sub("", text.strip(), count=1) if _LEAD.match(text.strip()) else text.strip()
    bare = bare[towards.end() :] if (towards := _TOWARDS.match(bare)) else bare
    mail = _MAIL.search(bare)
    bare = bare.replace(mail[0], "") if mail else bare
    tax = _TAX_ID.search(bare)
    bare = bare.replace(tax[0], "") if tax else bare
    parts = [unquoted(part.strip(" .;:") if part.strip().endswith((";", ":")) else part) for part in _parts(bare)]
    name, *address = parts or [""]
    while address and _SUFFIX.fullmatch(address[0]):
        name = f"{name}, {address.pop(0)}"
    name = _LOOSE_END.sub("", name)
    if not name:
        return None
    return Party(name=name, address=tuple(address), email=mail[0] if mail else "", tax_id=tax[1] if tax else "")


def _parts(text: str) -> list[str]:
    quoted = QUOTED.match(text)
    rest = text[quoted.end() :] if quoted else text
    parts = [part.strip() for part in re.split(r"[,\n]", rest) if part.strip(" .;:()")]
    return [quoted[1], *parts] if quoted else parts


def parties(sheet: Sheet) -> Iterator[tuple[Field, Party]]:
    """The parties that a text names by *between*, or behind a word of their field."""
    fields = sheet.of("party")
    found: set[str] = set()
    if len(fields) >= 2:
        for field, made in _between(sheet, fields):
            found.add(field.name)
            yield field, made
    for field in fields:
        if field.name not in found and (behind := _behind(sheet, field)) is not None:
            yield field, behind


def _between(sheet: Sheet, fields: list[Field]) -> Iterator[tuple[Field, Party]]:
    opening = _BETWEEN.search(sheet.text)
    joint = _AND.search(sheet.text, opening.end()) if opening else None
    if opening is None or joint is None or TAKEN in sheet.text[opening.end() : joint.start()]:
        return
    end = sheet.end_of(joint.end())
    first, second = party(sheet.text[opening.end() : joint.start()]), party(sheet.text[joint.end() : end])
    if first and second:
        end, address = _address(sheet, end)
        sheet.take(opening.start(), end)
        yield fields[0], first
        yield fields[1], _with(second, address)


def _behind(sheet: Sheet, field: Field) -> Party | None:
    for match in words_pattern(field.spoken(sheet.language)).finditer(sheet.text):
        start = match.end() + len(sheet.text[match.end() :]) - len(sheet.text[match.end() :].lstrip(" :"))
        name = _NAME.match(sheet.text, start)
        if start == match.end() or name is None:
            continue
        start = name.end()
        end = sheet.end_of(start, own=None)
        if (made := party(sheet.text[start:end])) is not None:
            end, address = _address(sheet, end)
            sheet.take(match.start(), end)
            return _with(made, address)
    return None


def _address(sheet: Sheet, end: int) -> tuple[int, str]:
    """The parts that follow a name and look like its address, and where they end."""
    taken = ""
    while end < len(sheet.text) and sheet.text[end] in ",\n":
        start = end + 1
        stop = sheet.end_of(start)
        part = sheet.text[start:stop].strip()
        looks = part and len(part) <= _LONGEST_LINE and (part[0].isupper() or part[0].isdigit() or "@" in part)
        if not looks or words_pattern([w for f in sheet.fields for w in f.spoken(sheet.language)]).match(part):
            break
        taken, end = f"{taken}, {part}", stop
    return end, taken


def _with(made: Party, address: str) -> Party:
    return party(", ".join([made.name, *made.address]) + address) or made if address else made
