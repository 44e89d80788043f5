"""A German question in English key words, for papers in English: as far as a small list of words and compounds goes."""

import re
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[^\W_]+(?:[.,'’&/-][^\W_]+)*")
_JOINT = re.compile(r"(?:ungs?|es|en|er|s|n|e)?")
_ENGLISH = frozenset("the of what is are how does do and my our to which who when where why can i for".split())  # noqa: SIM905
_GERMAN = frozenset("wo wer wem wen wann warum wieso muss müssen soll darf kann".split())  # noqa: SIM905
SHORT = 4
"""Letters from which on a part may begin a word; shorter ones are whole words, or follow another part."""


def in_english(question: str) -> str:
    """The question in English words, with names and figures as they are; empty if it is not known to be German."""
    folded = {word.casefold() for word in _WORD.findall(question)}
    _, silent, phrases = _words()
    if folded & _ENGLISH or not folded & (silent | _GERMAN):
        return ""
    marked = question
    for phrase, meant in phrases:
        marked = re.sub(rf"\b{phrase}\b", f" \0{meant}\0 ", marked, flags=re.IGNORECASE)
    found: list[str] = []
    for piece in re.split("(\0[^\0]*\0)", marked):
        found += [piece.strip("\0")] if piece.startswith("\0") else map(_meant, _WORD.findall(piece))
    told = list(dict.fromkeys(words for words in found if words))
    return f"{' '.join(told)}?" if any(words not in question for words in told) else ""


def _meant(word: str) -> str:
    """A word in English: the parts of a compound, each by the longest beginning that is known; a name as it is."""
    parts, silent, _ = _words()
    plain, at, found = word.casefold(), 0, list[str]()
    if plain in silent:
        return ""
    while at < len(plain):
        rest = plain[at:]
        part = next((rest[:end] for end in range(len(rest), 1, -1) if rest[:end] in parts), "")
        if not part or (len(part) < SHORT and part != plain and not found):
            break
        found.append(parts[part])
        at += len(part)
        at += _joint(plain[at:], parts)
    return " ".join(found) if found else word if word[0].isupper() or word[0].isdigit() else ""


def _joint(rest: str, parts: dict[str, str]) -> int:
    """The letters of an ending or a joint before the next part."""
    ends = (match.end() for match in [_JOINT.match(rest)] if match)
    longest = next(ends, 0)
    return next((skip for skip in range(longest + 1) if any(rest[skip:].startswith(part) for part in parts)), longest)


@cache
def _words() -> tuple[dict[str, str], frozenset[str], tuple[tuple[str, str], ...]]:
    """Parts of words and what they mean, words that say nothing, and phrases."""
    parts: dict[str, str] = {}
    silent: set[str] = set()
    phrases: list[tuple[str, str]] = []
    for line in (Path(__file__).parent / "data" / "german.txt").read_text("utf-8").splitlines():
        left, _, meant = line.partition(":")
        for said in (word.strip() for word in left.split(",") if not line.startswith("#")):
            if " " in said:
                phrases.append((said, meant.strip()))
            elif meant.strip():
                parts[said] = meant.strip()
            else:
                silent.add(said)
    return parts, frozenset(silent), tuple(phrases)
