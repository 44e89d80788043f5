"""What a document goes by: the words, periods and short names by which a question can mean it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from tools.retrieval.backend import Source, Value
from tools.retrieval.lexicon import silent
from tools.retrieval.periods import Period, periods

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a document goes by.

    Attributes:
        names: Its title and the texts among its attributes, each as words; ``&`` is the word ``n``, as people say it.
        periods: The periods in these.
    """

    names: tuple[tuple[str, ...], ...]
    periods: tuple[Period, ...]


def facts(source: Source) -> str:
    """Title, file name and attributes as text to be searched."""
    return "\n".join(_texts(source))


def label(source: Source) -> Label:
    """The document's label."""
    texts = _texts(source)
    names = tuple(tuple(_WORD.findall(text.replace("&", " n ").lower())) for text in texts)
    return Label(names=names, periods=periods("\n".join(texts)))


def short_for(word: str, name: Sequence[str]) -> bool:
    """Whether ``word`` (lower case) is short for words of a name.

    ``amex`` is short for American Express, ``jnj`` for Johnson & Johnson, ``footlocker`` for Foot Locker: beginnings of
    two or more words that follow each other.
    """
    return any(_beginnings(word, name[start:]) >= 2 for start in range(len(name) - 1) if name[start][0] == word[:1])


def share(phrases: Iterable[str], names: Sequence[Sequence[str]]) -> float:
    """The share of its words that the best met of the names has in common with the phrases, from 0 to 1.

    A question that says all of a short name means it; one that shares a word with a long title may mean something else.
    Words are compared by their first letters, as endings differ; numbers and small words don't count.
    """
    stems = tuple(stem(word) for phrase in phrases for word in phrase.split())
    told = [[word for word in name if len(word) > 2 and not word.isdigit() and word not in silent()] for name in names]
    return max((sum(word.startswith(stems) for word in name) / len(name) for name in told if name), default=0.0)


def stem(word: str) -> str:
    """The beginning of a word that its other forms share, roughly: all but three letters, but at least four."""
    return word[: max(4, len(word) - 3)]


def _beginnings(word: str, name: Sequence[str]) -> int:
    """How many of the name's first words ``word`` is put together from, or -1 when it is not."""
    if not word:
        return 0
    if not name:
        return -1
    for length in range(min(len(word), len(name[0])), 0, -1):
        if word[:length] == name[0][:length]:
            rest = _beginnings(word[length:], name[1:])
            if rest >= 0:
                return rest + 1
    return -1


def _texts(source: Source) -> list[str]:
    """Title, file name and the values of attributes, none twice; a file's name often says what its title does not."""
    texts = [source.title, PurePath(source.path).stem]
    for name, value in source.attributes.items():
        if name not in UNNAMING:
            texts += _values(value)
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _values(value: Value) -> list[str]:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float):
        return [f"{value:g}"]
    return [str(value)]


UNNAMING = frozenset({"_source_uri", "_file_type", "_version", "_view_count", "_language_code", "_data_source_id"})
"""Kendra's attributes that nobody names a document by."""
