"""Where in a document a written sentence comes from: the words to show beside it. Pure."""

import re
from functools import cached_property

from tools.reading.backend import Document

LONGEST = 400
"""Characters of a quote."""
LEAST = 0.2
"""The share of the sentence's words that a quote has to have, or nothing is shown."""

_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])")
_WORD = re.compile(r"[^\W_]{3,}|\d+")


class Evidence:
    """A document's sentences with their words, cut once for all that is looked for."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def find(self, sentence: str, page: int) -> str:
        """What stands on a page (anywhere, if it is 0) and shares most words with a sentence; it may be nothing."""
        said = _words(sentence)
        best, most = "", LEAST
        for number, text, words in self._pieces:
            share = len(said & words) / (len(said) or 1) - 0.001 * len(words)
            if page in (0, number) and share > most:
                best, most = text, share
        return best if len(best) <= LONGEST else f"{best[:LONGEST].rsplit(maxsplit=1)[0]} …"

    @cached_property
    def _pieces(self) -> list[tuple[int, str, frozenset[str]]]:
        return [
            (page.number, text, _words(text))
            for page in self._document.pages
            for block in page.blocks
            for text in _END.split(" ".join(block.text.split()))
        ]


def _words(text: str) -> frozenset[str]:
    """Words by their first letters, as endings differ."""
    return frozenset(word[:6] for word in _WORD.findall(text.casefold()))
