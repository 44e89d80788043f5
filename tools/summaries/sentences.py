"""From paragraphs to sentences that can be quoted: where each stands, and whether it can be understood by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.reading.backend import Document
from tools.summaries.paragraphs import HANGS, Body, Heading, Paragraph, ParagraphKind, paragraphs
from tools.summaries.phrases import Phrases, phrases
from tools.summaries.terms import DENSE, word_count, words
from tools.summaries.trimming import without_lead_in

FEWEST_WORDS = 5
MOST_WORDS = 90
FEWEST_CHARACTERS = 12
"""Of a script that is written without spaces."""

_ENDS = re.compile(r"[.!?。！？…][\"”’»)\]]*$")
_INITIAL = re.compile(r"(?:^|\s)(?:[A-ZÀ-Þ]|No|Nr|Sec|Art|Abs|Ziff|Mme|MM|Mlle|Sra?|approx|incl|bzw|ca|vs)\.$")
_NOT_SAID = re.compile(
    r"_{3,}|\.{4,}|\s\|\s|/s/|[□☐☒�]|[-=*~]{4,}|^(?:table|figure|tabelle|abbildung|exhibit|appendix|note)\s[\dA-Z]|[=<>]{2}",
    re.IGNORECASE,
)
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("„", "“"))
_AFTER_MAY = re.compile(r"(?<=\b[mM]ay\.)\s+(?=[A-Z])")
"""The library takes the month for an abbreviation."""

_QUOTES = re.compile(r"[\"“”„«»()\[\]]")
_SMALL = frozenset(
    (
        *("a", "and", "by", "for", "in", "of", "on", "or", "the", "to", "with", "und", "der", "die", "das", "von"),
        *("et", "de", "la", "le", "du", "des", "y", "el", "los"),
    )
)
_LISTED = (("(a)", "(b)"), ("(i)", "(ii)"))
"""Who says the first of these says the second as well, or is cut off."""

_LEADS_ON = re.compile(r"[;,]\s*(?:and|or|und|oder|et|ou|y|o)?$")
_LEAST_LETTERS = {False: 0.6, True: 0.4}
"""The share of letters, by whether words are written without spaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence of a document.

    Attributes:
        pages: Where it stands; none where the document has no pages.
        section: Which heading it stands under, from 1; 0 for none.
        paragraph: Which paragraph it stands in, from 0.
        place: Which sentence of its paragraph it is, from 0.
        fits: Whether it is a whole sentence with content, fit to be quoted.
        leans: Whether it points at the sentence before, as ``This`` and ``However`` do.
    """

    text: str
    pages: tuple[int, ...]
    section: int
    paragraph: int
    place: int
    kind: ParagraphKind
    fits: bool
    leans: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A document as sentences under headings, both in reading order."""

    title: str
    language: str
    headings: tuple[Heading, ...]
    candidates: tuple[Candidate, ...]


def outline(document: Document) -> Outline:
    """The sentences of a document; those that are not fit to be quoted are marked."""
    body: Body = paragraphs(document)
    language = document.language
    candidates: list[Candidate] = []
    for number, paragraph in enumerate(body.paragraphs):
        candidates += _candidates(paragraph, number, language, paged=document.paged)
    return Outline(title=document.title, language=language, headings=body.headings, candidates=tuple(candidates))


def split(text: str, language: str = "") -> list[str]:
    """The sentences of a paragraph, in order and without white space around them."""
    pieces: list[str] = []
    for piece in _pieces(text, language or "en"):
        if pieces and _belongs(pieces[-1], piece):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return [stripped for piece in pieces if (stripped := piece.strip())]


def _pieces(text: str, language: str) -> Iterator[str]:
    """The library's sentences. It takes what is in quotes or brackets as one, so long ones are split without them."""
    from sentencex import segment

    for piece in segment(language, text):
        if word_count(piece) <= MOST_WORDS:
            yield from _AFTER_MAY.split(piece)
            continue
        start = 0
        for bare in segment(language, _QUOTES.sub(" ", piece)):
            yield piece[start : start + len(bare)]
            start += len(bare)


def _candidates(paragraph: Paragraph, number: int, language: str, *, paged: bool) -> Iterator[Candidate]:
    known = phrases(language)
    end = 0
    for place, sentence in enumerate(split(paragraph.text, language)):
        start = paragraph.text.index(sentence, end)
        end = start + len(sentence)
        yield Candidate(
            text=_LEADS_ON.sub("", " ".join(sentence.split())),
            pages=paragraph.pages(start, end) if paged else (),
            section=paragraph.section,
            paragraph=number,
            place=place,
            kind=paragraph.kind,
            fits=_fits(sentence, known, item=paragraph.kind == "item"),
            leans=known.leaning.match(without_lead_in(sentence, known)) is not None,
        )


def _belongs(before: str, piece: str) -> bool:
    """Whether what was taken for a sentence goes on: behind an initial or abbreviation, or with a small letter."""
    start = piece.lstrip()[:1]
    return bool(_INITIAL.search(before.rstrip())) or (start.islower() and before.rstrip().endswith("."))


def _fits(sentence: str, known: Phrases, *, item: bool) -> bool:
    dense = bool(DENSE.search(sentence))
    if dense and len(sentence) < FEWEST_CHARACTERS:
        return False
    if not (dense or word_count(sentence) >= FEWEST_WORDS) or word_count(sentence) > MOST_WORDS:
        return False
    kept = _LEADS_ON.sub("", sentence)
    whole_item = item and word_count(kept) > FEWEST_WORDS and not kept.endswith(":") and not HANGS.search(kept)
    if not (whole_item or _ENDS.search(sentence)):
        return False
    if sentence[0].islower() or sentence.endswith("?") or sentence.isupper():
        return False
    if _is_title(sentence) or any(first in sentence and second not in sentence for first, second in _LISTED):
        return False
    letters = sum(char.isalpha() for char in sentence)
    if letters < _LEAST_LETTERS[dense] * len(sentence.replace(" ", "")) or _NOT_SAID.search(sentence):
        return False
    balanced = all(sentence.count(left) == sentence.count(right) for left, right in _BRACKETS[:2])
    return balanced and sentence.count('"') % 2 == 0 and known.boilerplate.search(sentence) is None


def _is_title(sentence: str) -> bool:
    """Whether all words that may have a capital have one, as in ``Assignment of Inventions.``"""
    said = [word for word in words(sentence) if word not in _SMALL]
    return all(not word[0].islower() for word in said) and not any(char.isdigit() for char in sentence)
