"""What sets a piece apart from a question: names that are not there, and other attributes of the same thing. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from agent.models.passages import Piece
from agent.models.understanding import understood, vocabulary
from agent.models.words import content, is_stop_word, names, periods, stem, tokens

_CODE = re.compile(r"(?=\S*\d)(?:\S*[^\W\d]\S*|\d{5,})")


class Named:
    """The names, codes and periods of the question, and what it costs where they are not.

    A document that is about *Jonas Weber* does not name him on each page: what any of its passages names, all of it is
    about. A period is looked for in the passage itself.
    """

    def __init__(self, question: str, quotable: Sequence[Piece]) -> None:
        coded = frozenset(stem(word) for word in tokens(question) if _CODE.fullmatch(word))
        self._when = periods(question)
        self._coded = coded - self._when
        self._named = frozenset(stem(word) for name in names(question) for word in tokens(name)) - coded - self._when
        self._rest = frozenset(content(question)) - self._named - coded - self._when
        passages = {id(piece.passage): piece.passage for piece in quotable}
        self._held = {key: vocabulary(f"{passage.title} {passage.text}") for key, passage in passages.items()}
        self._known = frozenset[str]().union(*self._held.values())
        self._documents: dict[str, frozenset[str]] = {}
        for key, passage in passages.items():
            self._documents[passage.title] = self._documents.get(passage.title, frozenset()) | self._held[key]

    def of_document(self, piece: Piece) -> frozenset[str]:
        """The names of the question that stand somewhere in the piece's document."""
        return self._named & self._documents[piece.passage.title]

    def cost(self, piece: Piece) -> float:
        """For each that is missing there, and more for each that is missing everywhere."""
        held = self._held[id(piece.passage)]
        here = 0.1 * (len(self._named - self.of_document(piece)) + len(self._coded - held))
        anywhere = 0.12 * len((self._named | self._coded | self._when) - self._known)
        return min(0.4, here + 0.12 * len(self._when - held) + anywhere)

    def only(self, piece: Piece) -> bool:
        """Whether the passage holds no more of the question than its names: somebody, but not what is asked of them."""
        held = self._held[id(piece.passage)]
        asked = len(self._rest) > 1 or self._rest & self._known  # one lone word that is nowhere is *amount* or the like
        return bool(asked and self._named & held) and not self._rest & held


class Contrast:
    """What it costs that a thing of the question is there with another attribute: *sick leave* is not *parental leave*.

    Only where the attribute that was asked for stands somewhere else in what was found: otherwise *vacation days* and
    *days of annual leave* would be two things.
    """

    def __init__(self, question: str, found: Sequence[Piece]) -> None:
        self._asked = frozenset(content(question))
        known = frozenset(word for piece in found for word in content(piece.text))
        self._pairs = [pair for pair in _pairs(question) if pair[0] in known]

    def cost(self, piece: Piece, of_document: frozenset[str]) -> float:
        """What it costs a piece, of whose document these names are known."""
        whole = understood(piece)
        around = vocabulary(f"{whole} {piece.heading} {piece.lead}") | of_document
        others = {first for first, _ in _pairs(whole) if first not in self._asked and not first[0].isdecimal()}
        seconds = {second for first, second in _pairs(whole) if first in others}
        return 0.3 if any(first not in around and second in seconds for first, second in self._pairs) else 0.0


def _pairs(text: str) -> list[tuple[str, str]]:
    """Neighbouring words that mean something: an attribute and its thing, more often than not."""
    words = [(stem(word), is_stop_word(word)) for word in tokens(text)]
    return [(first, second) for (first, a), (second, b) in pairwise(words) if not a and not b]
