"""Values in a sentence: dates, numbers, codes, quoted words, addresses. Pure; the day of today is passed in."""

import re
from datetime import date, timedelta

from agent.models.words import names, stem, tokens

_MONTHS = {
    name: number
    for number, group in enumerate(
        (
            "january jan januar janvier",
            "february feb februar février",
            "march mar märz mars",
            "april apr avril",
            "may mai",
            "june jun juni juin",
            "july jul juli juillet",
            "august aug août",
            "september sept sep septembre",
            "october oct oktober octobre",
            "november nov novembre",
            "december dec dezember décembre",
        ),
        start=1,
    )
    for name in group.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.|er)?(?: of)? ({_MONTH})\.?,? (\d{{4}})\b", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.IGNORECASE)
_RELATIVE = {
    "today": 0,
    "heute": 0,
    "tomorrow": 1,
    "morgen": 1,
    "yesterday": -1,
    "gestern": -1,
    "demain": 1,
    "hier": -1,
}
_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|[.,]\d)")
_COUNTS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())  # noqa: SIM905
}
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]+)[\"”“»]|(?<!\w)'([^']+)'(?!\w)")
_CODE = re.compile(r"#?\b(?=[\w-]*\d)[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+)*\b")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


def dates(text: str, *, today: date) -> list[date]:
    """The full dates of a text, in order of kind; a date that does not exist is left out."""
    found: list[date] = []
    for pattern, order in ((_ISO, (1, 2, 3)), (_DOTTED, (3, 2, 1)), (_DAY_FIRST, (3, 2, 1)), (_MONTH_FIRST, (3, 1, 2))):
        for match in pattern.finditer(text):
            year, month, day = (match[place] for place in order)
            try:
                found.append(date(int(year), _MONTHS.get(month.casefold()) or int(month), int(day)))
            except ValueError:
                continue
    relative = (_RELATIVE.get(word.casefold()) for word in tokens(text))
    return [*found, *(today + timedelta(days=days) for days in relative if days is not None)]


def numbers(text: str) -> list[tuple[float, str]]:
    """The numbers of a text, each with the word behind it; thousands may be parted by commas."""
    found = [
        (float(match[0].replace(",", "")), stem((tokens(text[match.end() :]) or [""])[0]))
        for match in _NUMBER.finditer(text)
    ]
    words = tokens(text)
    for place, word in enumerate(words):
        following = stem(words[place + 1]) if place + 1 < len(words) else ""
        if (count := _COUNTS.get(word.casefold())) is not None and (count != 1 or following):
            found.append((float(count), following))
    return found


def number_for(name: str, text: str, *, whole: bool, alone: bool) -> float | int | None:
    """The number meant for an argument: the one beside a word of the argument's name, or the only one there is."""
    found = numbers(text)
    wanted = {stem(word) for word in re.split(r"[_\W]+", name) if word}
    named = [value for value, unit in found if unit in wanted]
    for word in wanted:
        if match := re.search(
            rf"\b{re.escape(word)}\w*\s*(?:of|is|to|=|:|at)?\s*([-+]?\d+(?:\.\d+)?)\b", text, re.IGNORECASE
        ):
            named.append(float(match[1]))
    value = named[0] if named else found[0][0] if alone and len(found) == 1 else None
    if value is None or not whole:
        return value
    return int(value) if value.is_integer() else None


def quoted(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [(match[1] or match[2]).strip() for match in _QUOTED.finditer(text)]


def codes(text: str) -> list[str]:
    """Words with digits in them, such as ``INV-2024-001`` or ``#17``; dates and plain years are not codes."""
    bare = _ISO.sub(" ", _MAIL.sub(" ", _URL.sub(" ", text)))
    found = [match[0].lstrip("#") for match in _CODE.finditer(bare)]
    return [code for code in found if not re.fullmatch(r"(?:19|20)\d\d", code)]


def mails(text: str) -> list[str]:
    """E-mail addresses."""
    return _MAIL.findall(text)


def urls(text: str) -> list[str]:
    """Web addresses."""
    return _URL.findall(text)


def places(text: str) -> list[str]:
    """Names behind *in*, *to*, *for*, *at*, *from* first, then other names."""
    found = names(text)
    behind = [name for name in found if re.search(rf"\b(?:in|to|for|at|from|near|nach|à)\s+{re.escape(name)}", text)]
    return [*behind, *(name for name in found if name not in behind)]
