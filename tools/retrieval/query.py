"""A question as a search sees it: the words that carry it, the periods it is about, and what might be short names."""

import re
import unicodedata
from dataclasses import dataclass, field

from tools.retrieval.lexicon import asking, related, silent
from tools.retrieval.naming import stem
from tools.retrieval.periods import Period, parted

MAX_CHARACTERS = 4_000
MAX_TERMS = 48

YEAR_WEIGHT = 0.5
"""How much a year counts in a unit's text; that of the document is weighed apart, as its period."""

_WORD = re.compile(r"[^\W_]+")
_FIGURES = re.compile(
    r"(?<!\w)(?:how (?:much|many|large|high|low|big)|amounts?|quantity|numbers?|figures?|total|sum|average"
    r"|ratio|rate|margin|turnover|percent(?:age)?|costs?|prices?|million|billion|dollars?|euros?|usd|eur|gbp"
    r"|grow|grew|growth|increased?|decreased?|changed?|declined?|improv\w+|compared?"
    r"|largest|highest|lowest|smallest|most|least)(?!\w)|[%$€£]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase to look for, and how much it counts. Only letters, digits and single blanks.

    Attributes:
        beginning: A blank and what all forms of the word begin with, to look for it in plain text.
    """

    text: str
    weight: float = 1.0
    beginning: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "beginning", f" {stem(self.text)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question, read.

    Attributes:
        text: What is left of it within the limits.
        wants_figures: Whether the answer is likely to be a number, or read from numbers.
        shouted: Words with two or more capitals, as short names are written.
    """

    text: str
    terms: tuple[Term, ...]
    wants_figures: bool
    periods: tuple[Period, ...]
    shouted: frozenset[str]


def read(question: str) -> Query:
    """Read a question; any text is fine, and beyond a few thousand characters it is not looked at."""
    text = unicodedata.normalize("NFKC", question[:MAX_CHARACTERS])
    named, rest = parted(text)
    words = _WORD.findall(rest)
    lower = list(dict.fromkeys(word.lower() for word in words))
    telling = [word for word in lower if word not in silent()]
    kept = [word for word in telling if word not in asking()] or telling or lower
    terms = {word: Term(text=word) for word in kept}
    for period in named:
        terms[str(period.year)] = Term(text=str(period.year), weight=YEAR_WEIGHT)
    for phrase, weight in related(text.lower()):
        terms.setdefault(phrase, Term(text=phrase, weight=weight))
    return Query(
        text=text,
        terms=tuple(terms.values())[:MAX_TERMS],
        wants_figures=_FIGURES.search(text) is not None,
        periods=named,
        shouted=frozenset(word.lower() for word in words if sum(letter.isupper() for letter in word) >= 2),
    )
