"""How much a sentence says of its document: figures about it, weighed by the sets of ``data/weights.json``.

``general`` is for documents of any kind. ``results`` was fitted on transcripts of results, and counts as far as a
document speaks of results as they do; ``scripts/summary_weights.py`` makes it. ``places`` comes on top of either:
what a sentence says of the whole document, under which title it stands, whether it needs another place to be
understood.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from tools.summaries.phrases import phrases
from tools.summaries.sections import worths
from tools.summaries.sentences import Outline
from tools.summaries.terms import terms, word_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tools.encoding import Encoder

WEIGHTS = Path(__file__).parent / "data" / "weights.json"
_USUAL_WORDS = 20
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\d\s?(?:dollars|euros?|EUR|USD|GBP|CHF)\b|\d\s?(?:[kM]?€|(?:Mio\.?|Mrd\.?|Millionen|Milliarden|millions?"
    r"|milliards?|millón|millones|mil) ?(?:d['’]|de )?(?:euros?|EUR|€|dollars|dólares|US-Dollar|Franken|CHF)\b)",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\d\s?(?:%|per ?cent|prozent|pour ?cent|por ciento)|basis points", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_RANGE = re.compile(r"\d[\d.,]*\s?(?:%|million|billion)?\s*(?:to|and|-|–)\s*[$€£]?\s?\d")
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I'll|I've|me|my)\b")
_LOUD = re.compile(r"(?:^|\s)[\"“(]*[A-ZÀ-Þ\d]")
_RESULTS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    for name, pattern in {
        "per_share": r"per (?:diluted )?share|eps",
        "revenue": r"revenues?|net sales|sales",
        "total_revenue": r"(?:total|consolidated|quarter|quarterly|net) (?:revenues?|net sales|sales)",
        "income": r"net income|net loss|earnings|profit|ebitda|ffo|funds from operations",
        "adjusted": r"adjusted|gaap|core|diluted|operating",
        "quarter": r"quarter",
        "year": r"full[- ]year|fiscal|year|20\d\d",
        "payout": r"dividend|repurchases?|buyback",
        "deals": r"announce\w*|approv\w+|declar\w+|acqui\w+|complet\w+|authoriz\w+|agreement|sign\w+",
        "costs": r"expenses?|costs?|sg&a|r&d|tax(?:es)?|interest|depreciation|amortization|capital expenditures?"
        r"|capex|margins?|cash burn|working capital|inventor(?:y|ies)|debt|leverage|liquidity",
        "one_off": r"excluding|excludes?|includes?|included|including|one-time|charges?|impairment|benefit|items?"
        r"|impact\w*|related|midpoint|assum\w+|bridge|consensus",
        "earlier": r"(?:last|prior|previous|year-ago) (?:year|quarter|guidance|period)|year ago"
        r"|pre-pandemic|this compares",
        "cash": r"cash flows?|free cash|ebitda|noi",
        "guides": r"guidance|outlook|we (?:now |currently |still |also )?(?:expect|anticipate|project|forecast)"
        r"|rais(?:ed|ing)|reaffirm\w*|reiterat\w*",
        "whole": r"total|consolidated|company|full[- ]year|for the (?:first|second|third|fourth) quarter",
        "parts": r"segment|division|region|europe|asia|north america",
        "orders": r"backlog|orders|bookings",
        "comparable": r"same[- ]store|comparable|organic",
        "we": r"we|our|us",
    }.items()
}
FIRST = 12
"""Among so many sentences at the beginning one is looked for that says what the document is."""

AGAIN = 0.4
"""What a second one of these counts for."""

FEWEST = 30
"""A document of fewer sentences is taken to have so many when it is judged whether it speaks of results."""

_COMPARED = ("central", "section_central", "frequent", "title", "heading")
"""Figures that say something only beside those of the document's other sentences."""

_TELLING = ("per_share", "quarter", "revenue", "income", "guides")
_TOGETHER = (
    ("per_share", "money"),
    ("outlook", "figure"),
    ("revenue", "money"),
    ("total_revenue", "money"),
    ("quarter", "money"),
    ("outlook", "per_share", "money"),
    ("outlook", "revenue", "number"),
    ("outlook", "range"),
    ("outlook", "range", "per_share"),
    ("year", "outlook", "number"),
    ("deals", "money"),
    ("payout", "money"),
    ("adjusted", "per_share", "money"),
    ("comparable", "share"),
    ("guides", "per_share", "range"),
    ("guides", "revenue", "figure"),
    ("whole", "revenue", "money"),
    ("costs", "outlook"),
    ("one_off", "per_share"),
    ("earlier", "per_share"),
    ("quarter", "per_share", "money"),
)
"""What says more together than by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each figure counts, by its name: in documents of any kind, in those that speak of results, in both."""

    general: Mapping[str, float]
    results: Mapping[str, float]
    places: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Salience:
    """What is known of a document's sentences.

    Attributes:
        scores: How much each says of the document, in standard deviations.
        vectors: What each means.
        degree: From 0 to 1, how far the document speaks of results, as companies do.
    """

    scores: "NDArray[np.float32]"
    vectors: "NDArray[np.float32]"
    degree: float


@cache
def packaged_weights() -> Weights:
    """The weights that come with the program."""
    return Weights(**json.loads(WEIGHTS.read_text("utf-8")))


def salience(outline: Outline, encoder: "Encoder", weights: Weights) -> Salience:
    """Weigh the sentences of a document, of which there is at least one."""
    names, figures, vectors = features(outline, encoder)
    degree = results_degree(outline, names, figures)
    compared = figures.copy()
    for name in _COMPARED:
        compared[:, names.index(name)] = _standard(compared[:, names.index(name)])
    general = _standard(compared @ _vector(names, weights.general))
    results = _standard(figures @ _vector(names, weights.results))
    scores = (1 - degree) * general + degree * results + figures @ _vector(names, weights.places)
    return Salience(scores=scores, vectors=vectors, degree=degree)


def results_degree(outline: Outline, names: Sequence[str], figures: "NDArray[np.float32]") -> float:
    """How far a document speaks of results: not at all below 8 % of sentences with such words, wholly from 20 % on."""
    if (outline.language or "en") != "en":
        return 0.0
    said = figures[:, [names.index(name) for name in _TELLING]].max(axis=1)
    fits = [candidate.fits for candidate in outline.candidates]
    share = float(said[fits].sum()) / max(sum(fits), FEWEST)
    return min(max((share - 0.08) / 0.12, 0.0), 1.0)


def features(
    outline: Outline, encoder: "Encoder"
) -> tuple[tuple[str, ...], "NDArray[np.float32]", "NDArray[np.float32]"]:
    """The figures about each sentence: their names, a row of them for each, and the sentences' vectors."""
    import numpy as np

    vectors = encoder.encode([candidate.text for candidate in outline.candidates])
    columns: dict[str, Sequence[float]] = {**_placed(outline), **_central(outline, vectors)}
    rows = [_said(candidate.text, outline.language) for candidate in outline.candidates]
    columns |= {name: [row[name] for row in rows] for name in rows[0]}
    return tuple(columns), np.array(list(columns.values()), dtype=np.float32).T, vectors


def _placed(outline: Outline) -> dict[str, Sequence[float]]:
    """Figures about where a sentence stands."""
    candidates, count = outline.candidates, len(outline.candidates)
    fitting = [candidate.fits for candidate in candidates]
    known = phrases(outline.language)
    worth = [0, *worths(outline.headings, known)]
    rank = list(accumulate(fitting))
    found = [place for place, candidate in enumerate(candidates) if candidate.opens and rank[place] <= FIRST]
    opening = {place: 1.0 if place == found[0] else AGAIN for place in found}
    first = {candidate.section: place for place, candidate in reversed(list(enumerate(candidates))) if fitting[place]}
    return {
        "position": [place / count for place in range(count)],
        "early": [1 / (1 + place / 5) for place in range(count)],
        "first_third": [float(place < 0.3 * count) for place in range(count)],
        "opens_section": [float(first.get(candidate.section) == place) for place, candidate in enumerate(candidates)],
        "opens_paragraph": [float(candidate.place == 0) for candidate in candidates],
        "item": [float(candidate.kind == "item") for candidate in candidates],
        "leans": [float(candidate.leans) for candidate in candidates],
        "opens": [opening.get(place, 0.0) for place in range(count)],
        "main_title": [float(worth[candidate.section] == 2) for candidate in candidates],
        "telling_title": [float(worth[candidate.section] == 1) for candidate in candidates],
        "minor_title": [float(worth[candidate.section] < 0) for candidate in candidates],
        "refers": [float(not each.opens and known.refers.search(each.text) is not None) for each in candidates],
    }


def _central(outline: Outline, vectors: "NDArray[np.float32]") -> dict[str, Sequence[float]]:
    """Figures about how much of the document's, the section's and the titles' matter a sentence holds."""
    import numpy as np

    said = [terms(candidate.text, outline.language) for candidate in outline.candidates]
    counts = Counter(term for each in said for term in each)
    titles = [terms(heading.text, outline.language) for heading in outline.headings]
    title = terms(outline.title, outline.language)
    sections = np.array([candidate.section for candidate in outline.candidates])
    sums = {section: vectors[sections == section].sum(axis=0) for section in set(sections.tolist())}
    others = [float(vector @ _unit(sums[int(of)] - vector)) for vector, of in zip(vectors, sections, strict=True)]
    return {
        "central": (vectors @ _unit(vectors.mean(axis=0))).tolist(),
        "section_central": others,
        "frequent": [float(np.mean([np.log1p(counts[term]) for term in each] or [0.0])) for each in said],
        "title": [_share_of(each, title) for each in said],
        "heading": [
            _share_of(each, titles[candidate.section - 1]) if candidate.section else 0.0
            for each, candidate in zip(said, outline.candidates, strict=True)
        ],
    }


def _said(text: str, language: str) -> dict[str, float]:
    """Figures about what a sentence says."""
    known, length = phrases(language), max(word_count(text), 1)
    money, share, number = (len(pattern.findall(text)) for pattern in (_MONEY, _SHARE, _NUMBER))
    found = {
        "length": math.log(length),
        "unusual_length": abs(math.log(length / _USUAL_WORDS)),
        "long": float(length > 35),
        "short": float(length < 9),
        "loud": float(len(_LOUD.findall(text)) > 0.6 * length),
        "money": float(money > 0),
        "share": float(share > 0),
        "number": float(number > 0),
        "figure": float(money + share > 0),
        "money_count": math.log1p(money),
        "share_count": math.log1p(share),
        "number_density": number / (length + 3),
        "money_density": money / (length + 3),
        "range": float(_RANGE.search(text) is not None),
        "first_person": float(_FIRST_PERSON.search(text) is not None),
        "decides": float(known.decides.search(text) is not None),
        "outlook": float(known.outlook.search(text) is not None),
        "compares": float(known.compares.search(text) is not None),
    }
    found |= {name: float(pattern.search(text) is not None) for name, pattern in _RESULTS.items()}
    return found | {"+".join(names): math.prod(found[name] for name in names) for names in _TOGETHER}


def _vector(names: Sequence[str], weights: Mapping[str, float]) -> "NDArray[np.float32]":
    import numpy as np

    return np.array([weights.get(name, 0.0) for name in names], dtype=np.float32)


def _standard(scores: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    standard: NDArray[np.float32] = (scores - scores.mean()) / max(float(np.std(scores)), 1e-6)
    return standard


def _share_of(said: frozenset[str], title: frozenset[str]) -> float:
    """How much of a title a sentence says."""
    return len(said & title) / len(title) if title else 0.0


def _unit(vector: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    return vector / max(float(np.linalg.norm(vector)), 1e-9)
