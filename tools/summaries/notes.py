"""What a chat model writes, read strictly: sentences with the pages that they name, under headings. Pure."""

import re
from collections.abc import Collection, Sequence

from tools.summaries.backend import Section, Sentence
from tools.summaries.chunks import marker

NOTHING = "NOTHING"
_PAGES = re.compile(r"\s*\[\s*(?:pp?\.?|pages?)\s*([\d\s,;&–-]*(?:and|und|et)?[\d\s,;&–-]*)\]", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,5})(?:\s*[–-]\s*(\d{1,5}))?")
_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*$")
_BULLET = re.compile(r"^(?:[-*•–]|\d{1,3}[.)])\s+")
_STRESS = re.compile(r"\*\*|__|`")
_WORD = re.compile(r"\w")


def sections(text: str, *, allowed: Collection[int], cut: bool = False) -> tuple[Section, ...]:
    """The headings and sentences of an answer, in order.

    A sentence ends where it names its pages, or with its line. Pages that are not ``allowed`` are dropped; a sentence
    that is left without any has none.

    Args:
        allowed: The pages that the model was given.
        cut: Whether the answer broke off: then what comes after the last pages named is no whole sentence.
    """
    found: list[tuple[str, list[Sentence]]] = [("", [])]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if cut and lines:
        lines[-1] = lines[-1][: max((match.end() for match in _PAGES.finditer(lines[-1])), default=0)]
    for line in lines:
        if heading := _HEADING.match(line):
            found.append((_clean(_PAGES.sub("", heading[1])), []))
        elif line != NOTHING:
            found[-1][1].extend(_sentences(_BULLET.sub("", line), allowed))
    return tuple(Section(title=title, sentences=tuple(told)) for title, told in found if told)


def as_notes(found: Sequence[Section]) -> str:
    """Sentences as lines that end with their pages, as a model is given them."""
    told = (sentence for section in found for sentence in section.sentences)
    return "\n".join(f"- {each.text} {marker(each.pages)}" if each.pages else f"- {each.text}" for each in told)


def pages_of(found: Sequence[Section]) -> frozenset[int]:
    """All pages that are named."""
    return frozenset(page for section in found for sentence in section.sentences for page in sentence.pages)


def _sentences(line: str, allowed: Collection[int]) -> list[Sentence]:
    """The sentences of a line: markers one behind the other belong together, and so does a stop behind them."""
    found: list[Sentence] = []
    at = 0
    said, pages = "", set[int]()
    for match in _PAGES.finditer(line):
        before = line[at : match.start()]
        if _WORD.search(before):
            found += _sentence(said, pages)
            said, pages = before.lstrip(" .,;"), set()
        pages |= _numbers(match[1]) & set(allowed)
        at = match.end()
    found += _sentence(said, pages)
    rest = line[at:]
    if _WORD.search(rest) and not rest.rstrip().endswith(":"):
        found += _sentence(rest.lstrip(" .,;"), set())
    return found


def _sentence(text: str, pages: Collection[int]) -> list[Sentence]:
    text = _clean(text)
    if not text:
        return []
    ended = text if text.endswith((".", "!", "?", "。", "…", ":", "”", '"', ")")) else f"{text}."
    return [Sentence(text=ended, pages=tuple(sorted(pages)))]


def _numbers(text: str) -> set[int]:
    """``3, 5-7`` as numbers; a range of more pages than a marker would name is its two ends."""
    found: set[int] = set()
    for first, last in _RANGE.findall(text):
        low, high = int(first), int(last or first)
        found |= set(range(low, high + 1)) if low <= high <= low + 50 else {low, high}
    return found


def _clean(text: str) -> str:
    return " ".join(_STRESS.sub("", text).split())
