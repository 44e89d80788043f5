"""Ordering units by how well they answer: a pure function of the evidence that a search has gathered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How much each kind of evidence counts beside the words, of which the best unit has 1. Chosen on questions about
# company reports, where halves of the companies agree; each may be halved or doubled without much change.
DOCUMENT = 1.0
PERIOD = 0.5
MEANING = 0.5
FIGURES = 0.2

WITHIN = 0.4
"""The share of a term's rarity that is measured within the document: what is on each of its pages tells none apart."""

LIKE = 0.3
"""Likeness from which on a unit counts as touched though it shares no word with the question."""
SHORT_LIST = 5
"""How many units a reader looks at before asking again."""
NEARLY = 0.9
"""The share of a score from which another unit is nearly as good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about the units that the principal may read; arrays over these units, unless said otherwise.

    Attributes:
        units: Which they are, as places in arrays over all units.
        document: The unit's document, as a place in ``named`` and ``fitting``.
        terms: For each term, how well each unit carries it (BM25's saturated frequency, 0 for not at all).
        weights: For each term, how much it counts.
        named: For each document, how well the question names it, from 0 to 1.
        fitting: For each document, how well its period fits the question's, from 0 to 1.
        figures: How full of figures each unit is, from 0 to 1, or ``None`` when the question is not after figures.
        meaning: Likeness of the question and the unit's nearest piece, or ``None`` without an encoder.
    """

    units: "NDArray[np.int64]"
    document: "NDArray[np.int64]"
    terms: "Sequence[NDArray[np.float32]]"
    weights: Sequence[float]
    named: "NDArray[np.float32]"
    fitting: "NDArray[np.float32]"
    figures: "NDArray[np.float32] | None"
    meaning: "NDArray[np.float32] | None"


def score(evidence: Evidence) -> "NDArray[np.float32]":
    """How well each unit answers, from 0 to 1; 0 when neither words, meaning nor its document's name touch it."""
    import numpy as np

    words = lexical(evidence)
    none = np.zeros_like(words)
    named = evidence.named[evidence.document]
    meaning = none if evidence.meaning is None else evidence.meaning
    figures = none if evidence.figures is None else evidence.figures
    fitting = evidence.fitting[evidence.document]
    total = words + DOCUMENT * named + PERIOD * fitting + MEANING * meaning + FIGURES * figures
    touched = (words > 0) | (named > 0) | (meaning > LIKE)
    return np.where(touched, np.clip(total / (1 + DOCUMENT + PERIOD + MEANING + FIGURES), 0, 1), 0)


def lexical(evidence: Evidence) -> "NDArray[np.float32]":
    """The sum over terms, each by its rarity; the best unit has 1."""
    import numpy as np

    units = len(evidence.document)
    sizes = np.bincount(evidence.document, minlength=len(evidence.named))
    total = np.zeros(units, dtype=np.float32)
    for carried, weight in zip(evidence.terms, evidence.weights, strict=True):
        held = carried > 0
        within = rarity(np.bincount(evidence.document, weights=held, minlength=len(sizes)), sizes)
        overall = rarity(np.array(held.sum()), np.array(units))
        total += carried * weight * (WITHIN * within[evidence.document] + (1 - WITHIN) * overall)
    best = total.max(initial=0)
    return total / best if best > 0 else total


def rarity(holding: "NDArray[Any]", among: "NDArray[Any]") -> "NDArray[np.float32]":
    """BM25's measure of how much a term tells when ``holding`` of so many units have it; never below 0."""
    import numpy as np

    measured: NDArray[np.float32] = np.log(1 + (among - holding + 0.5) / (holding + 0.5)).astype(np.float32)
    return measured


def spread(units: Sequence[int], scores: Sequence[float], documents: Sequence[int]) -> list[tuple[int, float]]:
    """The units, best first, with their scores, so that no document fills a short list alone.

    A reader looks at the first few. Where those would all be one document's, the last of them goes to the best unit of
    another document, if that is nearly as good: a report of the same company and year, say. It takes the score of the
    place that it is given.
    """
    left = list(zip(units, scores, documents, strict=True))
    out: list[tuple[int, float]] = []
    shown: list[int] = []
    while left:
        unit, score, document = taken = left[0]
        if len(shown) % SHORT_LIST == SHORT_LIST - 1 and set(shown[1 - SHORT_LIST :]) == {document}:
            others = (one for one in left if one[2] != document and one[1] >= NEARLY * score)
            unit, _, document = taken = next(others, taken)
        left.remove(taken)
        out.append((unit, score))
        shown.append(document)
    return out
