"""ROUGE: F1 of the words, word pairs and longest common subsequences that a summary shares with a reference."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

Tokens: TypeAlias = tuple[str, ...]

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST_UNSTEMMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rouge:
    """The three measures of one summary, each from 0 to 1."""

    one: float
    two: float
    longest: float


def tokens(text: str) -> Tokens:
    """The words of a text; those of more than three letters are stemmed by Porter."""
    return tuple(map(_stem, _WORD.findall(text.lower())))


def rouge(summary: Sequence[str], reference: Sequence[str]) -> Rouge:
    """Compare a summary with a reference, both a sentence or bullet a line."""
    ours, theirs = [tokens(line) for line in summary], [tokens(line) for line in reference]
    return Rouge(one=_overlap(ours, theirs, 1), two=_overlap(ours, theirs, 2), longest=_longest(ours, theirs))


@cache
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word)) if len(word) > _LONGEST_UNSTEMMED else word


@cache
def _stemmer() -> "BaseStemmer":
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


def _overlap(ours: Sequence[Tokens], theirs: Sequence[Tokens], size: int) -> float:
    """F1 of runs of ``size`` words; they may reach over the end of a line, as lines are joined first."""
    mine, wanted = _runs(ours, size), _runs(theirs, size)
    return _f1((mine & wanted).total(), mine.total(), wanted.total())


def _runs(lines: Sequence[Tokens], size: int) -> Counter[Tokens]:
    words = [word for line in lines for word in line]
    return Counter(tuple(words[start : start + size]) for start in range(len(words) - size + 1))


def _longest(ours: Sequence[Tokens], theirs: Sequence[Tokens]) -> float:
    """Summary-level ROUGE-L: for each line of the reference, the words that any line of ours has in order.

    No word counts more often than it stands in either.
    """
    left = Counter(word for line in ours for word in line)
    wanted = Counter(word for line in theirs for word in line)
    hits = 0
    for line in theirs:
        for place in sorted({place for mine in ours for place in _common(line, mine)}):
            word = line[place]
            if left[word] and wanted[word]:
                left[word] -= 1
                wanted[word] -= 1
                hits += 1
    return _f1(hits, sum(map(len, ours)), sum(map(len, theirs)))


def _common(line: Tokens, other: Tokens) -> set[int]:
    """The places in ``line`` of a longest common subsequence."""
    lengths = [[0] * (len(other) + 1) for _ in range(len(line) + 1)]
    for row, word in enumerate(line, 1):
        for column, another in enumerate(other, 1):
            if word == another:
                lengths[row][column] = lengths[row - 1][column - 1] + 1
            else:
                lengths[row][column] = max(lengths[row - 1][column], lengths[row][column - 1])
    places, row, column = set(), len(line), len(other)
    while row and column:
        if line[row - 1] == other[column - 1]:
            places.add(row - 1)
            row, column = row - 1, column - 1
        elif lengths[row][column - 1] > lengths[row - 1][column]:
            column -= 1
        else:
            row -= 1
    return places


def _f1(hits: int, ours: int, theirs: int) -> float:
    return 2 * hits / (ours + theirs) if hits else 0.0
