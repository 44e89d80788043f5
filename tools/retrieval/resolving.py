"""From what a person calls a document to the document: titles, file names, with a typing error or a word left out."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePath

from tools.retrieval.backend import Source
from tools.retrieval.lexicon import calling

_WORD = re.compile(r"[^\W_]+")
_ENOUGH = 0.6
"""The share of the words said that a title must have."""

_UNKNOWN = 0.5
"""What a word counts that no document's name has, such as a word for the kind of document."""

_SHORT = 3
"""Letters up to which a word has to be the same: short ones resemble each other too easily."""

_SAME = 0.005
"""Difference of fits below which two documents fit equally well."""

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
    and the like stand for what was attached to the conversation, which also comes before a like one of the library.
    """
    said = _words(name)
    exact = [source for source in sources if said and any(said == words for words in _names(source))]
    if exact or not name.strip():
        return Meant(fitting=_nearby(exact))
    if not said:
        return Meant(fitting=tuple(source for source in sources if source.access.conversation))
    known = {word for source in sources for words in _names(source) for word in words}
    weights = {word: 1.0 if _in(word, known) else _UNKNOWN for word in said}
    ranked = sorted(((_fit(weights, source), source) for source in sources), key=lambda pair: -pair[0])
    best = ranked[0][0] if ranked else 0.0
    if best >= _ENOUGH:
        return Meant(fitting=_nearby([source for fit, source in ranked if fit > best - _SAME]))
    return Meant(nearest=tuple(source for fit, source in ranked[:3] if fit > 0))


def _nearby(fitting: Sequence[Source]) -> tuple[Source, ...]:
    """Those attached to the conversation, if there are any; otherwise all."""
    attached = tuple(source for source in fitting if source.access.conversation)
    return attached or tuple(fitting)


def _fit(said: Mapping[str, float], source: Source) -> float:
    """The share of the words said, by their weights, that the document's best name has."""
    return max(_share(said, words) for words in _names(source))


def _share(said: Mapping[str, float], words: Sequence[str]) -> float:
    """The share that one name has; of names with the same share, the shorter one fits a little better."""
    share = sum(weight * _in(word, words) for word, weight in said.items()) / sum(said.values())
    other_number = any(word.isdigit() and word not in words for word in said)
    return (share + 0.01 * share / len(words)) * (0.5 if other_number else 1)


def _in(word: str, words: Collection[str]) -> float:
    """How surely a word is among others: the same, a beginning of the same, misspelled, or not."""
    if word in words:
        return 1.0
    if len(word) <= _SHORT or word.isdigit():
        return 0.0
    if any(other.startswith(word) or word.startswith(other) for other in words if len(other) > _SHORT):
        return 0.95
    return 0.9 if get_close_matches(word, words, n=1, cutoff=_NEAR) else 0.0


def _names(source: Source) -> list[list[str]]:
    names = [source.title, PurePath(source.path).stem, source.id]
    return [words for words in map(_words, names) if words] or [[""]]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in calling()]
