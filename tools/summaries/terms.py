"""The words of a text: how many, and the stems of those that say what it is about. Pure."""

import re
from functools import cache
from typing import TYPE_CHECKING

from tools.summaries.phrases import phrases

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""A character of a script that is written without spaces between words."""

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_TERM = re.compile(rf"{DENSE.pattern}{{2}}|[^\W\d_]{{2,}}")
_ALGORITHMS = {
    **{
        "ar": "arabic",
        "da": "danish",
        "de": "german",
        "el": "greek",
        "en": "english",
        "es": "spanish",
        "fi": "finnish",
    },
    **{"fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "nb": "norwegian"},
    **{"pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish"},
}


def words(text: str) -> list[str]:
    """The words of a text as they stand, numbers included."""
    return _WORD.findall(text)


def word_count(text: str) -> int:
    """How long a text is, in words; where words are not parted by spaces, half of the characters."""
    return len(DENSE.findall(text)) // 2 + len(words(DENSE.sub(" ", text)))


def terms(text: str, language: str = "") -> frozenset[str]:
    """The stems of a text's telling words. Scripts without spaces give pairs of characters."""
    common = phrases(language).common
    found = (word for word in _TERM.findall(text.casefold()) if word not in common)
    return frozenset(_stem(word, language or "en") for word in found)


@cache
def _stemmer(algorithm: str) -> "BaseStemmer":
    import snowballstemmer

    return snowballstemmer.stemmer(algorithm)


@cache
def _stem(word: str, language: str) -> str:
    algorithm = _ALGORITHMS.get(language)
    return str(_stemmer(algorithm).stemWord(word)) if algorithm else word
