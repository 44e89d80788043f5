"""From paragraphs to sentences that can be quoted: where each stands, and whether it can be understood by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.reading.backend import Document
from tools.summaries.paragraphs import HANGS, Body, Heading, Paragraph, ParagraphKind, paragraphs
from tools.summaries.phrases import Phrases, phrases
from tools.summaries.terms import DENSE, word_count, words
from tools.summaries.trimming import without_lead_in

FEWEST_WORDS = 4
FEW = 4
"""A document of fewer sentences may be a list."""

FEWEST_IN_ITEM, FEWEST_IN_LIST, MOST_IN_ITEM = 6, 3, 30
"""Words of an item of a list that does not end as sentences do: at least so many in a text, or where there is hardly
anything else; with more it is a sentence that was cut off."""

MOST_WORDS = 90
FEWEST_CHARACTERS = 12
"""Of a script that is written without spaces."""

_ENDS = re.compile(r"[.!?。！？…][\"”’»)\]]*$")
_INITIAL = re.compile(r"(?:^|\s)(?:[A-ZÀ-Þ]|No|Nr|Sec|Art|Abs|Ziff|Mme|MM|Mlle|Sra?|approx|incl|bzw|ca|vs)\.$")
_NOT_SAID = re.compile(
    r"_{3,}|\.{4,}|\s\|\s|/s/|[□☐☒�]|[-=*~]{4,}|[=<>]{2}|[{}]|\w\(\)|\"{3}|^(?:\$|>>>|#)\s|\w_\w.*\w_\w"
    r"|^(?:table|figure|tabelle|abbildung|exhibit|appendix|note)(?::|\s[\dA-Z])",
    re.IGNORECASE,
)
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("„", "“"))
_AFTER_MAY = re.compile(r"(?<=\b[mM]ay\.)\s+(?=[A-Z])")
"""The library takes the month for an abbreviation."""

_MARK = re.compile(r"(?:\(?\d{1,2}\)|\(?a\)|\(?i\)|\[[ xX]\]|[☐☑☒✓✔]|Notes?:)\s+(?=\w)")
"""What numbers a sentence inside its paragraph, or ticks an item off."""

_SPAN = r"(?:year|quarter|(?:three|six|nine|twelve) months) ended [A-Z][a-z]+ \d{1,2}, \d{4}"
_PERIODS = re.compile(rf"(?i:{_SPAN} (?:as )?compared (?:to|with) (?:the )?{_SPAN})\s+(?=[A-Z])")
"""A title of a filing's paragraph that stands in one line with its first sentence."""

_CLAUSE = re.compile(r"\((?:[ivx]{2,4}|[b-h])\)\s")
"""What numbers a clause that goes on from the one before it."""

_SPEAKER = re.compile(r"(?:[A-ZÀ-Þ][\w.’'-]*,? ){0,3}[A-ZÀ-Þ][\w.’'-]*: (?=\S+ \S)")
"""Who says it, or what sort of statement it is, before a colon."""

_CUT_OFF = re.compile(
    r"(?:agreed|approved|adopted|accepted|rejected|postponed|deferred|put off|same|none|yes|no)\b", re.IGNORECASE
)
"""Behind a colon, a beginning without a subject."""

_ANSWERS = re.compile(
    r"(?:yes|no|not|none|only|never|always|within|in|up to|until|from|by|at|on|for|after|before|between|about|as|if"
    r"|because|\d|ja|nein|nur|nie|bis|ab|innerhalb|bei|nach|wenn|weil|oui|non|jusqu|dans|à|après|avant|si|sí|hasta|dentro|en|antes)\b",
    re.IGNORECASE,
)
"""How a sentence begins that may only be understood with the question above it."""

BEGINNING = 200
"""Paragraphs among which a sentence is looked for that says what the document is."""

LONGEST_OPENING = 120
"""Words of a sentence that says what the document is, who made it and for whom."""

_QUOTES = re.compile(r"[\"“”„«»()\[\]]")
_SMALL = frozenset(
    (
        *("a", "and", "by", "for", "in", "of", "on", "or", "the", "to", "with", "und", "der", "die", "das", "von"),
        *("et", "de", "la", "le", "du", "des", "y", "el", "los"),
    )
)
_LISTED = (("(a)", "(b)"), ("(i)", "(ii)"))
"""Who says the first of these says the second as well, or is cut off."""

_SAID_ALL = re.compile(r"\b(?:was|were|has been|have been) (?:not )?\w+(?:ed|en):$")
"""An end behind which figures follow, of a sentence that needs none of them."""

_LEADS_ON = re.compile(r"[;,:]\s*(?:and|or|und|oder|et|ou|y|o)?$")
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
        opens: Whether it says what the document is, between whom or on what.
    """

    text: str
    pages: tuple[int, ...]
    section: int
    paragraph: int
    place: int
    kind: ParagraphKind
    fits: bool
    leans: bool
    opens: bool = False


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
    candidates = _all(body, language, paged=document.paged, item=FEWEST_IN_ITEM)
    if sum(candidate.fits for candidate in candidates) < FEW:
        candidates = _all(body, language, paged=document.paged, item=FEWEST_IN_LIST)
    return Outline(title=document.title, language=language, headings=body.headings, candidates=tuple(candidates))


def _all(body: Body, language: str, *, paged: bool, item: int) -> list[Candidate]:
    found: list[Candidate] = []
    for number, paragraph in enumerate(body.paragraphs):
        found += _candidates(paragraph, number, language, paged=paged, item=item)
    return found


def split(text: str, language: str = "") -> list[str]:
    """The sentences of a paragraph, in order and without white space around them."""
    pieces: list[str] = []
    for piece in _pieces(text, language or "en"):
        if pieces and _belongs(pieces[-1], piece, language):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return [stripped for piece in pieces if (stripped := piece.strip())]


def _pieces(text: str, language: str) -> Iterator[str]:
    """The library's sentences. It takes what is in quotes or brackets as one, so long ones are split without them."""
    from sentencex import segment

    for piece in segment(language, text):
        if word_count(piece) <= MOST_WORDS:
            for part in _AFTER_MAY.split(piece):
                yield from phrases(language).stop_and_start.split(part)
            continue
        start = 0
        for bare in segment(language, _QUOTES.sub(" ", piece)):
            yield piece[start : start + len(bare)]
            start += len(bare)


def _candidates(paragraph: Paragraph, number: int, language: str, *, paged: bool, item: int) -> Iterator[Candidate]:
    known = phrases(language)
    end = 0
    asked = paragraph.asked
    for place, sentence in enumerate(split(paragraph.text, language)):
        start = paragraph.text.index(sentence, end)
        end = start + len(sentence)
        mark = _MARK.match(sentence) or _PERIODS.match(sentence)
        sentence = sentence[mark.end() if mark else 0 :]
        opens = number < BEGINNING and known.opens.search(sentence) is not None
        yield Candidate(
            text=_LEADS_ON.sub("", " ".join(sentence.split())),
            pages=paragraph.pages(start, end) if paged else (),
            section=paragraph.section,
            paragraph=number,
            place=place,
            kind=paragraph.kind,
            fits=not (paragraph.torn and place == 0)
            and not _CLAUSE.match(sentence)
            and _fits(sentence, known, item=item if paragraph.kind == "item" else 0, opens=opens),
            leans=not opens and (_leans(sentence, known) or (asked and _ANSWERS.match(sentence) is not None)),
            opens=opens,
        )


def _belongs(before: str, piece: str, language: str) -> bool:
    """Whether what was taken for a sentence goes on: behind an initial or abbreviation, or with a small letter."""
    piece = piece.lstrip()
    if _INITIAL.search(before.rstrip()):
        return phrases(language).starts.match(piece) is None
    return piece[:1].islower() and before.rstrip().endswith(".")


def _leans(sentence: str, known: Phrases) -> bool:
    """Whether a sentence, behind what leads into it or who says it, points at the one before it."""
    bare = without_lead_in(sentence, known)
    speaker = _SPEAKER.match(bare)
    rest = bare[speaker.end() :] if speaker else bare
    return known.leaning.match(rest) is not None or (speaker is not None and _CUT_OFF.match(rest) is not None)


def _fits(sentence: str, known: Phrases, *, item: int, opens: bool) -> bool:
    """Whether it can be quoted. ``item``: so many words are enough for it as an item of a list; 0 if it is none."""
    dense = bool(DENSE.search(sentence))
    speaker = _SPEAKER.match(sentence)
    said = word_count(sentence[speaker.end() if speaker else 0 :])
    if dense and len(sentence) < FEWEST_CHARACTERS:
        return False
    most = LONGEST_OPENING if opens else MOST_WORDS
    if not (dense or said >= min(item or FEWEST_WORDS, FEWEST_WORDS)) or word_count(sentence) > most:
        return False
    kept = _LEADS_ON.sub("", sentence)
    leads_on = sentence.endswith(":") and not (opens or _SAID_ALL.search(sentence))
    whole_item = item and item <= word_count(kept) <= MOST_IN_ITEM and not HANGS.search(kept)
    if leads_on or not (whole_item or sentence.endswith(":") or _ENDS.search(sentence)):
        return False
    if sentence[0].islower() or sentence[0] in ".,;:)-–—" or sentence.endswith(("?", "!")) or sentence.isupper():
        return False
    if _is_title(sentence) or any(first in sentence and second not in sentence for first, second in _LISTED):
        return False
    letters = sum(char.isalpha() for char in sentence)
    if letters < _LEAST_LETTERS[dense] * len(sentence.replace(" ", "")) or _NOT_SAID.search(sentence):
        return False
    balanced = all(sentence.count(left) == sentence.count(right) for left, right in _BRACKETS[:2])
    return balanced and sentence.count('"') % 2 == 0 and known.boilerplate.search(sentence) is None


def _is_title(sentence: str) -> bool:
    """Whether all words that may have a capital have one, as in ``Assignment of Inventions.`` or in an address."""
    said = [word for word in words(sentence) if word not in _SMALL]
    return not DENSE.search(sentence) and all(not word[0].islower() for word in said)
