"""Where in a document a written sentence comes from: the words to show beside it. Pure."""

import re
from collections.abc import Iterable

from tools.reading.backend import Document

LONGEST = 400
"""Characters of a quote."""
LEAST = 0.2
"""The share of the sentence's words that a quote has to have, or nothing is shown."""

_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])")
_WORD = re.compile(r"[^\W_]{3,}|\d+")


def evidence(sentence: str, document: Document, page: int) -> str:
    """What stands on a page (anywhere, if it is 0) and shares most words with the sentence; it may be nothing."""
    said = _words(sentence)
    best, most = "", LEAST
    for text in _pieces(document, page):
        words = _words(text)
        share = len(said & words) / (len(said) or 1) - 0.001 * len(words)
        if share > most:
            best, most = text, share
    return best if len(best) <= LONGEST else f"{best[:LONGEST].rsplit(maxsplit=1)[0]} …"


def _pieces(document: Document, page: int) -> Iterable[str]:
    for each in document.pages:
        if page in (0, each.number):
            for block in each.blocks:
                yield from _END.split(" ".join(block.text.split()))


def _words(text: str) -> frozenset[str]:
    """Words by their first letters, as endings differ."""
    return frozenset(word[:6] for word in _WORD.findall(text.casefold()))
