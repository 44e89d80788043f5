"""Which sentences make the summary: the most telling ones that repeat nothing, spread over the document. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.summaries.sentences import Outline
from tools.summaries.terms import terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALIKE = 0.5
"""What a sentence loses, in standard deviations, that is quite like one that was taken."""

CROWDED = 0.8
"""What it loses for each sentence above its part's share that its part of the document has in the summary."""

LEAST_SHARE = 0.25
"""A part that is fairly worth fewer sentences than this is treated as if it were worth so many."""

NEARLY_ALL, MANY, SOME = 0.8, 0.6, 0.5
"""Shares of two sentences' words, the first of the longer one's: from the last one on they are about the same thing."""

FEWEST = 4
"""Fewer words in common say nothing."""

SAME_MEANING = 0.93
"""A cosine from which on two sentences say the same."""

PARTS, SENTENCES = 8, 8
"""A document without headings is taken as so many parts at most, of so many sentences at least."""

_TELLING = re.compile(r"^(?!(?:19|20)\d\d$)\D?\d[\d.,]*[\d.]\d$")
"""An amount that two sentences hardly share by chance: of three signs or more, and no year."""

_AMOUNT = re.compile(r"[$€£]?\d[\d.,]*\d|\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What is chosen from: for each sentence its salience, its vector, its words and the part that it belongs to."""

    scores: "NDArray[np.float32]"
    vectors: "NDArray[np.float32]"
    words: Sequence[frozenset[str]]
    amounts: Sequence[frozenset[str]]
    parts: Sequence[int]
    fits: Sequence[bool]


def pool(outline: Outline, scores: "NDArray[np.float32]", vectors: "NDArray[np.float32]", parts: Sequence[int]) -> Pool:
    """The sentences of a document as something to choose from."""
    candidates = outline.candidates
    return Pool(
        scores=scores,
        vectors=vectors,
        words=[terms(candidate.text, outline.language) for candidate in candidates],
        amounts=[frozenset(_AMOUNT.findall(candidate.text)) for candidate in candidates],
        parts=parts,
        fits=[candidate.fits for candidate in candidates],
    )


def parts(outline: Outline) -> list[int]:
    """The part of the document that each sentence belongs to: its main section, or an eighth of the text."""
    candidates = outline.candidates
    level = main_level(outline)
    if level:
        mains = [number for number, heading in enumerate(outline.headings, 1) if heading.level <= level]
        return [max((main for main in mains if main <= candidate.section), default=0) for candidate in candidates]
    count = min(PARTS, -(-len(candidates) // SENTENCES))
    return [place * count // len(candidates) for place in range(len(candidates))]


def main_level(outline: Outline, fewest: int = 3) -> int:
    """The first level whose headings part the text into at least so many pieces; 0 where none does."""
    sections = Counter(candidate.section for candidate in outline.candidates if candidate.fits)
    for level in range(1, 7):
        mains = [number for number, heading in enumerate(outline.headings, 1) if heading.level <= level]
        under = {max((main for main in mains if main <= section), default=0) for section in sections}
        if len(under) >= fewest:
            return level
    return 0


def choose(outline: Outline, pool: Pool, count: int, *, crowded: float = CROWDED) -> list[int]:
    """The places of at most so many sentences, in reading order.

    A sentence that leans on the one before it is taken with it, or not at all. ``crowded`` says how evenly they are to
    be spread over the document.
    """
    chosen: list[int] = []
    for best in _ranked(outline, pool, chosen, count, crowded):
        wanted = [place for place in _with_support(outline, best) if place not in chosen]
        fresh = all(pool.fits[place] and not _repeats(pool, place, chosen) for place in wanted)
        if wanted and fresh and len(chosen) + len(wanted) <= count:
            chosen += wanted
    return sorted(chosen)


def _ranked(outline: Outline, pool: Pool, chosen: list[int], count: int, crowded: float) -> Iterator[int]:
    """The best sentence that was not offered yet, again and again, as what was chosen changes what is best.

    One that leans is worth what it and those are worth on average that it has to be taken with.
    """
    import numpy as np

    together = [_with_support(outline, place) or [place] for place in range(len(pool.fits))]
    scores = np.array([pool.scores[places].mean() for places in together], dtype=np.float32)
    scores[~np.array(pool.fits)] = -np.inf
    _, part, sizes = np.unique(pool.parts, return_inverse=True, return_counts=True)
    fair = count * sizes / len(part)
    likeness, compared = np.zeros(len(part), dtype=np.float32), 0
    while len(chosen) < count:
        for place in chosen[compared:]:
            likeness = np.maximum(likeness, pool.vectors @ pool.vectors[place])
        compared = len(chosen)
        taken = np.bincount(part[chosen], minlength=len(sizes))
        crowd = crowded * np.maximum(taken + 1 - fair, 0) / np.maximum(fair, LEAST_SHARE) ** 0.5
        adjusted = scores - ALIKE * likeness**2 - crowd[part]
        best = int(np.argmax(adjusted))
        if not np.isfinite(adjusted[best]):
            return
        scores[best] = -np.inf
        yield best


def _with_support(outline: Outline, place: int) -> list[int]:
    """A sentence and those of its paragraph that it leans on; none where there is nothing to lean on."""
    found = [place]
    while outline.candidates[found[0]].leans:
        if outline.candidates[found[0]].place == 0:
            return []
        found.insert(0, found[0] - 1)
    return found


def _repeats(pool: Pool, place: int, chosen: Sequence[int]) -> bool:
    return any(_same(pool, place, other) for other in chosen)


def _same(pool: Pool, place: int, other: int) -> bool:
    """Whether two sentences say the same: in nearly the same words, in many and of no others, or of one amount."""
    mine, theirs = pool.words[place], pool.words[other]
    shared, shorter, longer = len(mine & theirs), *sorted((len(mine), len(theirs)))
    if shared >= NEARLY_ALL * max(longer, 1):
        return True
    amounts = pool.amounts[place] & pool.amounts[other]
    if any(map(_TELLING.search, amounts)) and shared >= SOME * shorter:
        return True
    if amounts not in (pool.amounts[place], pool.amounts[other]):
        return False
    return shared >= MANY * max(shorter, FEWEST) or float(pool.vectors[place] @ pool.vectors[other]) >= SAME_MEANING
