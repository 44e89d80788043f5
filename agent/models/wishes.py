"""How something should be made, where people say it: the language that it should be in, what it should be about."""

import re

_LANGUAGES = {
    "en": "english|englisch|anglais|inglés",
    "de": "german|deutsch|allemand|alemán",
    "fr": "french|französisch|français|francés",
    "es": "spanish|spanisch|espagnol|español",
    "it": "italian|italienisch|italien|italiano",
    "pt": "portuguese|portugiesisch|portugais|português",
    "nl": "dutch|niederländisch|néerlandais|nederlands",
    "pl": "polish|polnisch|polonais",
}
_END = r"(?=\s*(?:$|[.,;:!?)]|(?:please|bitte|with|and|for|mit|und|s'il)\b))"
_IN = {
    code: re.compile(rf"\b(?:in|into|auf|ins|en)\s+(?:{names}){_END}", re.IGNORECASE)
    for code, names in _LANGUAGES.items()
}
_FOCUS = re.compile(
    r"\b(?:focus(?:s?ing|sed|ed)? on|(?:focus|emphasis|stress) on|with regard to|regarding|concerning|especially|"
    r"particularly|above all|in terms of|(?:say|says|said) about|insbesondere|vor allem|Schwerpunkt(?: auf)?|"
    r"zum Thema|notamment|en particulier|surtout)[\s:,]+(?:on\s+|about\s+)?([^.;!?\n]{2,200})",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"[\s,]+(?:please|bitte|s'il (?:te|vous) pla[iî]t|thanks?|danke)$", re.IGNORECASE)


def language(text: str) -> str:
    """The code of the language in which something is wanted; empty where none is named.

    ``in German`` names one at the end of a clause; ``in German factories`` does not.
    """
    found = [(match.start(), code) for code, pattern in _IN.items() for match in pattern.finditer(text)]
    return max(found)[1] if found else ""


def focus(text: str) -> str:
    """What it should be about above all; empty where that is not said."""
    match = _FOCUS.search(text)
    if match is None:
        return ""
    about = match[1]
    for pattern in _IN.values():
        about = pattern.sub("", about)
    return _TRAILING.sub("", " ".join(about.split()).rstrip(" ,"))
