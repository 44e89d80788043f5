"""Ordering units by how well they answer: a pure function of the evidence that a search has gathered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DOCUMENT = 1.0
PERIOD = 0.5
MEANING = 0.3
LIKE = 0.45
"""Likeness from which on a unit counts as touched though it shares no word with the question."""


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
        meaning: Likeness of the question and the unit's nearest piece, or ``None`` without an encoder.
    """

    units: "NDArray[np.int64]"
    document: "NDArray[np.int64]"
    terms: "Sequence[NDArray[np.float32]]"
    weights: Sequence[float]
    named: "NDArray[np.float32]"
    fitting: "NDArray[np.float32]"
    meaning: "NDArray[np.float32] | None"


def score(evidence: Evidence) -> "NDArray[np.float32]":
    """How well each unit answers, from 0 to 1; 0 when neither words, meaning nor its document's name touch it."""
    import numpy as np

    words = lexical(evidence)
    named = evidence.named[evidence.document]
    meaning = np.zeros_like(words) if evidence.meaning is None else evidence.meaning
    total = words + DOCUMENT * named + PERIOD * evidence.fitting[evidence.document] + MEANING * meaning
    touched = (words > 0) | (named > 0) | (meaning > LIKE)
    return np.where(touched, np.clip(total / (1 + DOCUMENT + PERIOD + MEANING), 0, 1), 0)


def lexical(evidence: Evidence) -> "NDArray[np.float32]":
    """The sum over terms, each by its rarity; the best unit has 1."""
    import numpy as np

    units = len(evidence.document)
    total = np.zeros(units, dtype=np.float32)
    for carried, weight in zip(evidence.terms, evidence.weights, strict=True):
        holding = int(np.count_nonzero(carried))
        total += carried * np.float32(weight * np.log(1 + (units - holding + 0.5) / (holding + 0.5)))
    best = total.max(initial=0)
    return total / best if best > 0 else total
