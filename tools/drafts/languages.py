"""In which language a draft is wanted: as somebody says, or else as they speak."""

import re
from collections.abc import Sequence
from functools import cache

_TALK = {
    "en": "a an the for to from between and with please draft write create make due",
    "de": "ein eine einen für von an zwischen und mit bitte erstelle schreibe über entwurf der die das",
    "fr": "un une pour de entre et avec rédige crée prépare le la les du s'il",
    "es": "un una para de entre y con redacta crea prepara el los las del por",
}
"""Small words by which a language is told."""


def wished(said: Sequence[str]) -> str:
    """The language that somebody asks for, as in *in German* or *auf Deutsch*; the last word counts."""
    found = ""
    for text in said:
        for match in _wish().finditer(text):
            if match["joint"] or _is_all(match, text):
                found = _names()[match["name"].casefold()]
    return found


def without_wish(text: str) -> str:
    """The text without the words that ask for a language."""
    return _wish().sub(lambda match: "" if match["joint"] or _is_all(match, text) else match[0], text)


def named(language: str, speaker: str) -> str:
    """A language's name as speakers of another call it."""
    from babel import Locale

    return str(Locale(speaker).languages.get(language, language))


def _is_all(match: re.Match[str], text: str) -> bool:
    """Whether a text says nothing but the name of a language."""
    rest = text[: match.start()] + text[match.end() :]
    return (
        re.fullmatch(r"[\s.,!]*(?:please|pls|bitte|s'il (?:te|vous) plaît|por favor)?[\s.,!]*", rest, re.I) is not None
    )


def spoken(text: str, default: str) -> str:
    """The language of a text by its small words; the default unless another has clearly more of them."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {language: sum(word in small.split() for word in words) for language, small in _TALK.items()}
    best = max(counts, key=lambda language: (counts[language], language == default))
    return best if counts[best] >= counts.get(default, 0) + 2 else default


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    return {
        name.casefold(): language
        for speaker in _TALK
        for language, name in Locale(speaker).languages.items()
        if re.fullmatch(r"[a-z]{2}", language) and name and " " not in name
    }


@cache
def _wish() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _names()), key=len, reverse=True))
    joint = r"(?P<joint>(?:(?:draft it|write it|and)\s+)?(?:in|into|auf|en|in the language)\s+)?"
    return re.compile(rf"(?<!\w){joint}(?P<name>{names})(?!\s*(?:law|Recht)\b)(?!\w)", re.IGNORECASE)
