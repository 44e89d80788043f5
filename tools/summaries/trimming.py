"""Shorter sentences that are still true: what leads into a sentence and what hangs on at its end is left out. Pure.

What is kept is one run of the sentence's own words. A clause that limits what was said ("unless", "excluding") is never
left out.
"""

import re

from tools.summaries.paragraphs import HANGS
from tools.summaries.phrases import Phrases
from tools.summaries.terms import word_count

LEAST_WORDS = 6
"""A kept sentence is at least so long."""

_LIMITS = re.compile(
    r"\b(?:excluding|excludes?|except|unless|provided|subject to|assuming|assumes|if|net of|before|until|not|never|only"
    r"|adjusted for|on an? \w+ basis)\b",
    re.IGNORECASE,
)
_OPENS_WITH_A_CLAUSE = re.compile(
    r"(?:while|although|though|if|when|as|because|since|despite|given|with|after|before|in|including|excluding|for|on|during|at"
    r"|to|by|from|based|turning|compared|following|beyond|within|throughout|under|over|through|even|of)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|will|would|can|could|may|do|does|did|grew|rose|fell|came|expects?|anticipates?|sees?|saw"
    r"|generated|delivered|achieved|increased|decreased|declined|improved|totaled|totalled|reported|recorded|reached|raised|returned"
    r"|repurchased|paid|declared|approved|earned|exceeded|remains?|represents?"
    r"|represented|expanded|completed|announced|posted"
    r"|(?<!year )(?<!years )(?<!months )(?<!quarter )(?<!period )ended"
    r"|finished|produced|invested|closed|acquired|launched|won|sold|spent|narrowed|reduced|lowered|contracted|accelerated|drove|plans?"
    r"|target|estimate|project|forecast|believe|reaffirm\w*|reiterat\w+|climbed|dropped|jumped|gained|doubled|opened|added|contributed)\b|n't\b|'re\b|'ve\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"[$€£¥]\s?\d|\d\s?%|\d[\d.,]*\s(?:per ?cent|million|billion|basis)|(?<![\d.,])(?!(?:19|20)\d\d\b)\d"
)
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ("„", "“"))
_STOPS = '.!?…。！？"”’)]'


def trimmed(sentence: str, known: Phrases) -> str:
    """The sentence without all that can be left out."""
    return without_tail(without_occasion(without_lead_in(sentence, known), known), known)


def without_lead_in(sentence: str, known: Phrases) -> str:
    """The sentence without words such as ``In addition,`` at its beginning."""
    return _behind(known.lead_in.match(sentence), sentence)


def without_occasion(sentence: str, known: Phrases) -> str:
    """The sentence without a clause before it that tells why or beside what, such as ``Given the recovery,``."""
    lead = known.occasion.match(sentence)
    return sentence if lead and _LIMITS.search(lead[0]) else _behind(lead, sentence)


def without_tail(sentence: str, known: Phrases) -> str:
    """The sentence up to the first clause that only explains or compares, where what is left is a sentence."""
    ends = [match.start() for pattern in (known.tail, known.open_tail) for match in pattern.finditer(sentence)]
    kept = next((sentence[:end] for end in sorted(ends) if _may_end(sentence, end)), "")
    return f"{kept.rstrip(' ,;–-')}." if kept else sentence


def _behind(lead: re.Match[str] | None, sentence: str) -> str:
    rest = sentence[lead.end() :] if lead else ""
    return rest[0].upper() + rest[1:] if word_count(rest) >= LEAST_WORDS else sentence


def _may_end(sentence: str, end: int) -> bool:
    kept, dropped = sentence[:end], sentence[end:]
    if word_count(kept) < LEAST_WORDS or not _FIGURE.search(kept) or HANGS.search(kept):
        return False
    if not _VERB.search(kept):
        return False
    if _OPENS_WITH_A_CLAUSE.match(kept) and "," not in kept:
        return False
    even = kept.count('"') % 2 == 0 and all(kept.count(left) == kept.count(right) for left, right in _PAIRS)
    return even and _LIMITS.search(dropped) is None
