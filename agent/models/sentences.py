"""Where a sentence ends: for quoting, a wrong cut is worse than a long quote, so doubtful ends are not taken."""

import re

from agent.models.words import MONTHS

_END = re.compile(r"[.!?…]+[\"”’»)\]]*\s+(?=[\"“‘„«(\[]*[^\W_])")
_LAST_WORD = re.compile(r"([^\s(\[\"“]+)$")
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        """mr mrs ms dr prof st sr jr rev hon gen col sgt capt gov sen rep inc ltd co corp llc plc dept est vs
        etc approx ca cf no nos nr fig figs eq sec sect art para par ch vol ed eds pp p pg al eg ie jan feb
        mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun max min avg tel ext incl excl
        bzw ggf inkl exkl str abs usw evtl vgl geb zzgl mwst m mme mlle ex env av bd""",
    )
)


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, in order, white space folded."""
    text = " ".join(text.split())
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if _ends(text[start : end.start()], end.group(), text[end.end() :]):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found


def _ends(before: str, mark: str, after: str) -> bool:
    following = after.lstrip('"“‘„«([')
    if following[0].islower():
        return False
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    match = _LAST_WORD.search(before[-30:])
    word = match[1].casefold() if match else ""
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or re.fullmatch(r"(?:[a-z]\.)+[a-z]", word):
        return False
    if word.isdecimal() and len(word) <= 2:
        next_word = re.match(r"[^\W\d_]*", following)
        return not (next_word and next_word[0].casefold() in MONTHS) and bool(before[: -len(word)].strip())
    return True
