"""From what a person calls a document to the document: titles, file names, with a typing error or a word left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePath

from tools.retrieval.backend import Source
from tools.retrieval.lexicon import calling

_WORD = re.compile(r"[^\W_]+")
_ENOUGH = 0.6
"""The share of the words said that a title must have."""

_NEAR = 0.8
"""Likeness, by difflib's measure, from which on a word is taken for a misspelled one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a name may stand for: the documents that fit it equally well, or else those that come nearest."""

    fitting: tuple[Source, ...] = ()
    nearest: tuple[Source, ...] = ()


def resolve(name: str, sources: Sequence[Source]) -> Meant:
    """The documents that ``name`` may stand for.

    An id, a title or a file name that is the same but for case, ending and punctuation beats all others. "This file"
    and the like stand for what was attached to the conversation.
    """
    said = _words(name)
    exact = [source for source in sources if said and any(said == words for words in _names(source))]
    if exact or not name.strip():
        return Meant(fitting=tuple(exact))
    if not said:
        return Meant(fitting=tuple(source for source in sources if source.access.conversation))
    ranked = sorted(((_fit(said, source), source) for source in sources), key=lambda pair: -pair[0])
    best = ranked[0][0] if ranked else 0.0
    if best >= _ENOUGH:
        return Meant(fitting=tuple(source for fit, source in ranked if fit > best - 0.01))
    return Meant(nearest=tuple(source for fit, source in ranked[:3] if fit > 0))


def _fit(said: Sequence[str], source: Source) -> float:
    """The share of the words said that a name of the document has; at the same share, the shorter name fits better."""
    return max(
        sum(_in(word, words) for word in said) / len(said) + len(said) / (100 + 100 * len(words))
        for words in _names(source)
    )


def _in(word: str, words: Sequence[str]) -> float:
    if word in words:
        return 1.0
    if len(word) > 3 and any(other.startswith(word) or word.startswith(other) for other in words if len(other) > 3):
        return 0.95
    return 0.9 if len(word) > 3 and get_close_matches(word, words, n=1, cutoff=_NEAR) else 0.0


def _names(source: Source) -> list[list[str]]:
    names = [source.title, PurePath(source.path).stem, source.id]
    return [words for words in map(_words, names) if words] or [[""]]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in calling()]
