"""Makes the summariser's weights for documents that speak of results: ``scripts/summary_weights.py DIR [--write]``.

DIR holds the ``summaries`` suite. Each sentence's figures are fitted (ridge regression) to the words and word pairs
that it shares with what people wrote of the document. Shown is what the fit reaches on documents that it did not see,
five times over a fifth of them; only then is it made on all. The other weights are set by hand.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from evals.rouge import Tokens, tokens
from evals.summaries import SUITE, Case, cases, predict, scores
from tools.encoding import static_encoder
from tools.summaries.extractive import ExtractiveSummarizer
from tools.summaries.phrases import phrases
from tools.summaries.salience import WEIGHTS, Weights, features, packaged_weights
from tools.summaries.sentences import outline
from tools.summaries.trimming import trimmed

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
RIDGE = 10.0
POWER = 1.5
"""Sentences that share much count for more than many that share a little."""

LEFT_OUT = frozenset(
    {
        "section_central",
        "opens_section",
        "opens_paragraph",
        "item",
        "leans",
        "title",
        "heading",
        *packaged_weights().places,
    }
)
"""Figures about headings and paragraphs: the transcripts have none, so nothing can be learned of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A document's sentences that may be quoted: their figures, and what each is worth."""

    case: Case
    names: tuple[str, ...]
    figures: "NDArray[np.float32]"
    worth: "NDArray[np.float64]"


def example(case: Case) -> Example:
    """Measure a document."""
    read = outline(case.document)
    every, measured, _ = features(read, static_encoder())
    names = tuple(name for name in every if name not in LEFT_OUT)
    figures = measured[:, [every.index(name) for name in names]]
    fits = np.array([candidate.fits for candidate in read.candidates])
    known = phrases(read.language)
    wanted = tokens(" ".join(case.reference))
    worth = [
        fmean(_shared(tokens(text), wanted) for text in (candidate.text, trimmed(candidate.text, known)))
        for candidate in read.candidates
    ]
    return Example(case=case, names=names, figures=figures[fits], worth=np.array(worth)[fits])


def fit(examples: Sequence[Example]) -> Weights:
    """The weights of figures as they are, so that a sentence's score is their sum."""
    figures = np.vstack([each.figures for each in examples]).astype(np.float64)
    worth = np.concatenate([each.worth for each in examples]) ** POWER
    spread = figures.std(axis=0)
    standard = (figures - figures.mean(axis=0)) / np.maximum(spread, 1e-9)
    weights = np.linalg.solve(standard.T @ standard + RIDGE * np.eye(len(spread)), standard.T @ (worth - worth.mean()))
    weights /= np.std(standard @ weights)
    results = {
        name: round(float(weight / size), 3)
        for name, weight, size in zip(examples[0].names, weights, spread, strict=True)
        if size > 1e-6
    }
    return replace(packaged_weights(), results=results)


def cross_validated(examples: Sequence[Example]) -> dict[str, float]:
    """What the suite measures, each document summarised by weights that were fitted without it."""
    predictions = []
    for fold in range(FOLDS):
        seen = [each for place, each in enumerate(examples) if place % FOLDS != fold]
        summarizer = ExtractiveSummarizer(weights=fit(seen))
        predictions += [predict(summarizer, each.case) for each in examples[fold::FOLDS]]
    return scores(predictions)


def _shared(said: Tokens, wanted: Tokens) -> float:
    """Words and pairs in common, in relation to both lengths; the sentence's counts twice, as several are taken."""
    words = (Counter(said) & Counter(wanted)).total()
    pairs = (Counter(pairwise(said)) & Counter(pairwise(wanted))).total()
    return 2 * (words + pairs) / (2 * len(said) + len(wanted)) if said else 0.0


def main() -> None:
    """Show what the fit is worth, and with ``--write`` put it into the package."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DIR", help="folder of the suite, or the one above it")
    parser.add_argument("--write", action="store_true", help="write the weights that are packaged")
    arguments = parser.parse_args()
    inside = arguments.data / SUITE
    examples = [example(case) for case in cases(inside if inside.is_dir() else arguments.data)]
    for name, value in cross_validated(examples).items():
        print(f"{name:18} {value:8.3f}")
    if arguments.write:
        found = fit(examples)
        weights = {"general": dict(found.general), "places": dict(found.places), "results": dict(found.results)}
        WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
