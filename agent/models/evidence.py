"""Which pieces of which passages answer a question, and whether they do: the judgement behind every quote."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.models.differences import Contrast, Named
from agent.models.meaning import Meaning
from agent.models.passages import Piece
from agent.models.sections import sections
from agent.models.understanding import leans, row_in_words, understood, vocabulary
from agent.models.words import MONTHS, content, figures, names, periods, tokens

ENOUGH = 0.51
"""Below this score nothing is quoted; set where answers to questions without one became rarer than one in twenty."""
CLOSE = 0.9
"""A further quote has to reach this share of the best one's score."""
COMPARED = 16
"""So many pieces at most are compared by meaning, the best by words: that keeps an answer under half a second."""
RANK = 0.02
"""What each place further down the results costs: the search has judged passages as a whole."""
ABOVE, AROUND = 0.9, 0.6
"""What a word counts that stands in the heading, or in the sentence before or the title, and not in the piece."""
LOOKED_AT = 320
"""So many characters of a piece are compared by meaning: what it is about stands at its beginning."""
ONLY_NAMED = 0.2
"""What it costs that a piece has the names of the question, and nothing of what is asked."""
SCRAP = 4
"""A sentence of fewer words says little by itself."""
FIT = 0.08
"""What it counts that a figure, a time or a name is there where one is asked for."""
ONE_OF_SEVERAL = 0.4
"""Enough for one of the things that are compared: it can't hold the names of the others."""
ATTACHED, SPOKEN_OF = 0.03, 0.12
"""By so much the library may be the better of two, and the attached file is meant; more if it was just spoken of."""
SURE = 0.65
"""From here on the library takes over from a file that was just spoken of and does not say."""

_COUNT = re.compile(
    r"\bhow (?:many|much|long|often|high|large|big|far|old|tall|wide|heavy)\b|"
    r"\b(?:price|cost|fee|rate|percent\w*|amount|salary|budget|limit|wie ?viele?|wie lange|wie hoch|combien|prix)\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"\b(?:how many|wie ?viele|combien d[e'’])\s*(\w+)", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:when|(?:what|which) (?:date|day|time|month|year)|deadline|wann|quand)\b", re.IGNORECASE)
_WHO = re.compile(r"\b(?:who|whom|whose|wer|wem|qui)\b", re.IGNORECASE)
_WHERE = re.compile(r"\b(?:where|wo|où)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th|:\d\d)?\b(?! ?(?:%|per cent|[A-Z]{3}\b))|"
    r"\b(?:days?|weeks?|months?|years?|hours?|Tag|Uhr|jours?|\w+day|daily|weekly|monthly|yearly|annually|immediately|always|"
    r"never)\b"
)
_DATE = re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th|\.)? (?:{'|'.join(sorted(MONTHS))})\b(?: \d{{4}})?", re.IGNORECASE)
_NUMBER_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|sixteen|twenty|thirty|half|daily|weekly|"
    r"monthly|yearly|annual\w*|once|twice|immediately)\b",
    re.IGNORECASE,
)

_COMPARE = re.compile(
    r"\b(?:compare[ds]?|comparison|both|each of|difference between|differ|versus|vs|vergleich\w*|beide\w*|unterschied|"
    r"compar\w+|différence)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|as a result|in order to|so that|for this reason|therefore|thanks to|driven by|"
    r"reflect\w*|caused|weil|damit|wegen|aufgrund|car|parce que|afin)\b|, (?:as|so) ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A piece, and from about 0 to about 1 how well it answers; from ``ENOUGH`` on it may be quoted."""

    piece: Piece
    score: float


def weigh(question: str, found: Sequence[Piece], meaning: Meaning) -> list[Evidence]:
    """All pieces that could be quoted, the best first."""
    found = [*found, *sections(found)]
    quotable = [piece for piece in found if piece.kind != "heading" and not piece.text.endswith(("?", ":"))]
    weights, named = _weights(question, quotable), Named(question, quotable)
    worded = sorted(
        ((_coverage(weights, piece, named.of_document(piece)), piece) for piece in quotable),
        key=lambda entry: (-entry[0], entry[1].rank),
    )[:COMPARED]
    near = meaning.to_each(question, [understood(piece)[:LOOKED_AT] for _, piece in worded])
    contrast = Contrast(question, found)
    weighed = [
        Evidence(
            piece=piece,
            score=0.5 * max(similarity, 0.0)
            + 0.5 * coverage
            + _fit(question, piece)
            - named.cost(piece)
            - (ONLY_NAMED if named.only(piece) else 0.0)
            - contrast.cost(piece, named.of_document(piece))
            - RANK * piece.rank,
        )
        for (coverage, piece), similarity in zip(worded, near, strict=True)
    ]
    return _narrowed(question, sorted(weighed, key=lambda evidence: -evidence.score), quotable)


def compares(question: str) -> bool:
    """Whether several documents are to be held against each other."""
    return bool(_COMPARE.search(question))


def of_each(question: str, weighed: Sequence[Evidence], most: int = 3) -> list[Evidence]:
    """The best piece for each thing that is named to be compared, or else for each document, best first."""
    things = [frozenset(content(name)) for name in names(question)]
    found = [(each, frozenset(content(understood(each.piece)))) for each in weighed if each.score >= ONE_OF_SEVERAL]
    named = [next((each for each, words in found if thing <= words), None) for thing in things]
    by_name = list({id(each): each for each in named if each}.values())
    by_document: dict[str, Evidence] = {}
    for each in weighed:
        if each.score >= ENOUGH:
            by_document.setdefault(each.piece.passage.title, each)
    return (by_name if len(by_name) > 1 else list(by_document.values()))[:most]


def asks_for_fact(question: str) -> bool:
    """Whether a figure, a time or a name is asked for."""
    return any(asked.search(question) for asked in (_COUNT, _WHEN, _WHO))


def preferred(weighed: list[Evidence], own: frozenset[str], *, spoken_of: bool) -> list[Evidence]:
    """Only what the person's own files say, where they answer about as well as all the rest; otherwise everything.

    Args:
        own: Titles of the files that the person attached.
        spoken_of: Whether one of them was what the conversation was about; then the rest has to be clearly better.
    """
    ours = [evidence for evidence in weighed if evidence.piece.passage.title in own]
    theirs = max((evidence.score for evidence in weighed if evidence.piece.passage.title not in own), default=0.0)
    if not ours or ours[0].score < theirs - (SPOKEN_OF if spoken_of else ATTACHED):
        return weighed
    return ours if ours[0].score >= ENOUGH or (spoken_of and theirs < SURE) else weighed


def gives_reason(text: str) -> bool:
    """Whether a text says why something is as it is."""
    return bool(_REASON.search(text))


def choose(weighed: Sequence[Evidence], most: int = 3, *, enough: float = ENOUGH) -> list[Evidence]:
    """The best piece, and others that are about as good and say something else; none if the best is not enough."""
    if not weighed or weighed[0].score < enough:
        return []
    chosen = [weighed[0]]
    for evidence in weighed[1:]:
        if evidence.score < max(enough, CLOSE * weighed[0].score):
            break
        again = next((place for place, other in enumerate(chosen) if _goes_on(other.piece, evidence.piece)), None)
        if again is not None:
            chosen[again] = evidence
        elif len(chosen) < most and not any(
            _within(evidence.piece, other.piece) or _same(evidence.piece, other.piece) for other in chosen
        ):
            chosen.append(evidence)
    return chosen


def _narrowed(question: str, weighed: list[Evidence], quotable: Sequence[Piece]) -> list[Evidence]:
    """The same, but where a table is best and the question names some of its rows, these come before it."""
    if not weighed or weighed[0].piece.kind not in ("table", "section"):
        return weighed
    best = weighed[0]
    rows = [piece for piece in quotable if piece.kind == "row" and _beside(piece, best.piece)]
    labels = [frozenset(content(row.cells[0])) for row in rows]
    common = frozenset[str]().intersection(*labels) if labels else frozenset[str]()
    asked = frozenset(content(question)) - common - frozenset(content(best.piece.heading))
    marks = [len(label & asked) for label in labels]
    named = [row for row, mark in zip(rows, marks, strict=True) if mark and mark == max(marks)]
    if not named or len(named) == len(rows):
        return weighed
    return [*(Evidence(piece=row, score=best.score) for row in named), *weighed]


def _beside(row: Piece, other: Piece) -> bool:
    """Whether a row is of that table, or of a table in that section."""
    same = row.passage is other.passage and row.heading == other.heading
    return same and (row.header == other.header or other.kind == "section")


def _weights(question: str, quotable: Sequence[Piece]) -> dict[str, float]:
    """Each word of the question with its weight: one that stands in every piece tells nothing."""
    wanted = [*dict.fromkeys(content(question)), *periods(question)]
    texts = [frozenset(content(understood(piece))) for piece in quotable]
    count = max(len(texts), 1)
    found = {word: sum(word in text for text in texts) for word in wanted}
    return {word: math.log(1 + count / (1 + found[word])) / math.log(1 + count) for word in wanted}


def _coverage(weights: dict[str, float], piece: Piece, of_document: frozenset[str]) -> float:
    """The share of the question's words that the piece holds; words above and around it count for less."""
    inside = vocabulary(row_in_words(piece) if piece.kind == "row" else f"{piece.header} {piece.text}")
    above = vocabulary(f"{piece.heading} {piece.lead}")
    around = vocabulary(f"{piece.before} {piece.passage.title}") | of_document
    got = sum(
        weight * (1.0 if word in inside else ABOVE if word in above else AROUND if word in around else 0.0)
        for word, weight in weights.items()
    )
    total = sum(weights.values())
    return got / total if total else 0.0


def _fit(question: str, piece: Piece) -> float:
    """Whether the piece holds the kind of thing that was asked for: a figure, a time, a name."""
    text = piece.text
    counts = bool(figures(_DATE.sub("", text)) or _NUMBER_WORDS.search(text))
    timed = bool(periods(text) or _TIME.search(text))
    kinds = ((_COUNT, counts), (_WHEN, timed), (_WHO, bool(names(f"x {text}"))))
    fit = sum(FIT if holds else -FIT for asked, holds in kinds if asked.search(question))
    if _WHEN.search(question) and periods(text):
        fit += 0.05
    if _WHERE.search(question) and names(text):
        fit += FIT
    if (many := _MANY.search(question)) and (
        counted := re.search(rf"(\S+)\s+{re.escape(many[1])}\b", text, re.IGNORECASE)
    ):
        fit += 0.1 if figures(counted[1]) else 0.05 if _NUMBER_WORDS.search(counted[1]) else 0.0
    scrap = piece.kind == "sentence" and not piece.lead and len(tokens(text)) < SCRAP
    opens = piece.kind == "sentence" and not piece.before
    return fit - (0.15 if scrap else 0.0) + (0.03 if opens else 0.0)


def _goes_on(one: Piece, other: Piece) -> bool:
    """Whether the other is quoted together with this one, as it leans on it."""
    return one.passage is other.passage and leans(other) and other.before == one.text


def _within(one: Piece, other: Piece) -> bool:
    """Whether one is part of what the other shows."""
    shown = other.whole or other.text
    return one.text in shown or other.text in (one.whole or one.text)


def _same(one: Piece, other: Piece) -> bool:
    """Whether quoting both would say one thing twice. Rows that differ say different things."""
    if one.kind == other.kind == "row":
        return one.text == other.text
    first, second = frozenset(content(understood(one))), frozenset(content(understood(other)))
    return len(first & second) >= 0.7 * min(len(first), len(second))
