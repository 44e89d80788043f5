"""A question as a search sees it: the words that carry it, the periods it is about, and what might be short names."""

import re
import unicodedata
from dataclasses import dataclass

from tools.retrieval.lexicon import asking, related, silent
from tools.retrieval.periods import Period, periods

MAX_CHARACTERS = 4_000
MAX_TERMS = 48

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase to look for, and how much it counts. Only letters, digits and single blanks."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question, read.

    Attributes:
        text: What is left of it within the limits.
        shouted: Words with two or more capitals, as short names are written.
    """

    text: str
    terms: tuple[Term, ...]
    periods: tuple[Period, ...]
    shouted: frozenset[str]


def read(question: str) -> Query:
    """Read a question; any text is fine, and beyond a few thousand characters it is not looked at."""
    text = unicodedata.normalize("NFKC", question[:MAX_CHARACTERS])
    words = _WORD.findall(text)
    lower = list(dict.fromkeys(word.lower() for word in words))
    telling = [word for word in lower if word not in silent()]
    kept = [word for word in telling if word not in asking()] or telling or lower
    terms = {word: Term(text=word) for word in kept}
    for phrase, weight in related(text.lower()):
        terms.setdefault(phrase, Term(text=phrase, weight=weight))
    return Query(
        text=text,
        terms=tuple(terms.values())[:MAX_TERMS],
        periods=periods(text),
        shouted=frozenset(word.lower() for word in words if sum(letter.isupper() for letter in word) >= 2),
    )
