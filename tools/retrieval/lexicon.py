"""Words about words: which say nothing, which only do the asking, and which mean the same in business papers."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

RELATED_WEIGHT = 0.8
"""How much a related phrase counts beside what was said."""

_DATA = Path(__file__).parent / "data"


@cache
def silent() -> frozenset[str]:
    """Words too frequent to find anything by."""
    return frozenset(_lines("common.txt"))


@cache
def asking() -> frozenset[str]:
    """Words that say how to answer, or how the answer should look, and not what it is about."""
    return frozenset(_lines("asking.txt"))


@cache
def calling() -> frozenset[str]:
    """Words that people put around the name of a document."""
    return frozenset(_lines("calling.txt"))


def related(text: str) -> Iterator[tuple[str, float]]:
    """Phrases that mean about the same as something in ``text`` (lower case), with how much they count."""
    for pattern, phrases in _rules():
        if pattern.search(text):
            yield from ((phrase, RELATED_WEIGHT) for phrase in phrases)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    rules = []
    for line in _lines("related.txt"):
        said, _, meant = line.partition(":")
        alternatives = "|".join(re.escape(word.strip()) for word in said.split(","))
        pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
        rules.append((pattern, tuple(phrase.strip() for phrase in meant.split(",") if phrase.strip())))
    return tuple(rules)


def _lines(name: str) -> list[str]:
    """The lines of a data file; blank ones and remarks left out."""
    lines = (_DATA / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
