"""Which pieces of which passages answer a question, and whether they do: the judgement behind every quote."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.models.meaning import Meaning
from agent.models.passages import Piece, cells
from agent.models.sections import sections
from agent.models.words import content, figures, is_stop_word, names, periods, stem, tokens

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
SCRAP = 4
"""A sentence of fewer words says little by itself."""
FIT = 0.08
"""What it counts that a figure, a time or a name is there where one is asked for."""
SHORT = 8
"""A piece of fewer words is read together with what stands around it."""

_COUNT = re.compile(
    r"\bhow (?:many|much|long|often|high|large|big|far|old|tall|wide|heavy)\b|"
    r"\b(?:price|cost|fee|rate|percent\w*|amount|salary|budget|limit|wie ?viele?|wie lange|wie hoch|combien|prix)\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"\b(?:how many|wie ?viele|combien d[e'’])\s*(\w+)", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:when|(?:what|which) (?:date|day|time|month|year)|deadline|wann|quand)\b", re.IGNORECASE)
_WHO = re.compile(r"\b(?:who|whom|whose|wer|wem|qui)\b", re.IGNORECASE)
_REFERS = re.compile(r"(?:it|its|they|their|this|these|those|such|he|she|es|sie|dies\w*|il|elle|cela)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|der|die|das|le|la|les)\b", re.IGNORECASE)
_CODE = re.compile(r"(?=\S*\d)(?:\S*[^\W\d]\S*|\d{5,})")
_TIME = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th|:\d\d)?\b(?! ?(?:%|per cent|[A-Z]{3}\b))|"
    r"\b(?:days?|weeks?|months?|years?|hours?|Tag|Uhr|jours?|\w+day|daily|weekly|monthly|yearly|annually|immediately|always|"
    r"never)\b"
)
_NUMBER_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|sixteen|twenty|thirty|half|daily|weekly|"
    r"monthly|yearly|annual\w*|once|twice|immediately)\b",
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
    weights = _weights(question, quotable)
    worded = sorted(
        ((_coverage(weights, piece), piece) for piece in quotable), key=lambda entry: (-entry[0], entry[1].rank)
    )[:COMPARED]
    near = meaning.to_each(question, [understood(piece)[:LOOKED_AT] for _, piece in worded])
    strange, contrast = _Strangers(question, quotable), _Contrast(question, found)
    weighed = [
        Evidence(
            piece=piece,
            score=0.5 * max(similarity, 0.0)
            + 0.5 * coverage
            + _fit(question, piece)
            - strange.cost(piece)
            - contrast.cost(piece)
            - RANK * piece.rank,
        )
        for (coverage, piece), similarity in zip(worded, near, strict=True)
    ]
    return _narrowed(question, sorted(weighed, key=lambda evidence: -evidence.score), quotable)


def asks_for_fact(question: str) -> bool:
    """Whether a figure, a time or a name is asked for."""
    return any(asked.search(question) for asked in (_COUNT, _WHEN, _WHO))


def choose(weighed: Sequence[Evidence], most: int = 3) -> list[Evidence]:
    """The best piece, and others that are about as good and say something else; none if the best is not enough."""
    if not weighed or weighed[0].score < ENOUGH:
        return []
    chosen = [weighed[0]]
    for evidence in weighed[1:]:
        if evidence.score < max(ENOUGH, CLOSE * weighed[0].score):
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


def understood(piece: Piece) -> str:
    """The piece with as much around it as a reader needs to know what it is about."""
    if piece.kind == "table":
        rows = (cells(row)[0] for row in piece.text.splitlines())
        return f"{piece.lead or piece.heading}: {piece.header.replace(' | ', ', ')}: {', '.join(rows)}"
    if piece.kind in ("paragraph", "list", "section"):
        return ": ".join(filter(None, (piece.heading, piece.lead, piece.text)))
    if piece.kind == "row":
        return ": ".join(part for part in (piece.lead, row_in_words(piece)) if part)
    if leans(piece):
        return f"{piece.before} {piece.text}"
    above = piece.lead or piece.heading
    if piece.kind == "bullet":
        return f"{above} {piece.text}".strip()
    return f"{above or piece.passage.title}: {piece.text}" if len(tokens(piece.text)) < SHORT else piece.text


def row_in_words(piece: Piece) -> str:
    """``France: 2025 60, 2024 58``."""
    label, *values = piece.cells
    columns = piece.header.split(" | ")[1:] if piece.header else []
    columns += [""] * (len(values) - len(columns))
    pairs = zip(columns, values, strict=False)
    return f"{label}: " + ", ".join(f"{column} {value}".strip() for column, value in pairs if value)


def leans(piece: Piece) -> bool:
    """Whether a sentence can't be understood without the one before: ``It weighs 13 kg.``, ``The budget is 5 EUR.``"""
    brief = len(tokens(piece.text)) < SHORT and bool(_ARTICLE.match(piece.text))
    return piece.kind == "sentence" and bool(piece.before) and (brief or bool(_REFERS.match(piece.text)))


def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(content(text)) | periods(text)


def _weights(question: str, quotable: Sequence[Piece]) -> dict[str, float]:
    """Each word of the question with its weight: one that stands in every piece tells nothing."""
    wanted = [*dict.fromkeys(content(question)), *periods(question)]
    texts = [frozenset(content(understood(piece))) for piece in quotable]
    count = max(len(texts), 1)
    found = {word: sum(word in text for text in texts) for word in wanted}
    return {word: math.log(1 + count / (1 + found[word])) / math.log(1 + count) for word in wanted}


def _coverage(weights: dict[str, float], piece: Piece) -> float:
    """The share of the question's words that the piece holds; words above and around it count for less."""
    inside = _vocabulary(row_in_words(piece) if piece.kind == "row" else f"{piece.header} {piece.text}")
    above = _vocabulary(f"{piece.heading} {piece.lead}")
    around = _vocabulary(f"{piece.before} {piece.passage.title}")
    got = sum(
        weight * (1.0 if word in inside else ABOVE if word in above else AROUND if word in around else 0.0)
        for word, weight in weights.items()
    )
    total = sum(weights.values())
    return got / total if total else 0.0


def _fit(question: str, piece: Piece) -> float:
    """Whether the piece holds the kind of thing that was asked for: a figure, a time, a name."""
    text = piece.text
    counts = bool(figures(text) or _NUMBER_WORDS.search(text))
    timed = bool(periods(text) or _TIME.search(text))
    kinds = ((_COUNT, counts), (_WHEN, timed), (_WHO, bool(names(f"x {text}"))))
    fit = sum(FIT if holds else -FIT for asked, holds in kinds if asked.search(question))
    if _WHEN.search(question) and periods(text):
        fit += 0.05
    if (many := _MANY.search(question)) and (
        counted := re.search(rf"(\S+)\s+{re.escape(many[1])}\b", text, re.IGNORECASE)
    ):
        fit += 0.1 if figures(counted[1]) else 0.05 if _NUMBER_WORDS.search(counted[1]) else 0.0
    scrap = piece.kind == "sentence" and not piece.lead and len(tokens(text)) < SCRAP
    opens = piece.kind == "sentence" and not piece.before
    return fit - (0.15 if scrap else 0.0) + (0.03 if opens else 0.0)


class _Strangers:
    """What it costs that a name, number or period of the question is not in the passage, or in none at all."""

    def __init__(self, question: str, quotable: Sequence[Piece]) -> None:
        self._when = periods(question)
        named = {stem(word) for name in names(question) for word in tokens(name)}
        coded = {stem(word) for word in tokens(question) if _CODE.fullmatch(word)}
        self._named = (named | coded) - self._when
        passages = {id(piece.passage): piece.passage for piece in quotable}
        self._held = {key: _vocabulary(f"{passage.title} {passage.text}") for key, passage in passages.items()}
        self._known = frozenset[str]().union(*self._held.values())

    def cost(self, piece: Piece) -> float:
        held = self._held[id(piece.passage)]
        here = 0.06 * len(self._named - held) + 0.12 * len(self._when - held)
        anywhere = 0.12 * len(self._named - self._known) + 0.12 * len(self._when - self._known)
        return min(0.4, here + anywhere)


class _Contrast:
    """What it costs that a thing of the question is there with another attribute: *sick leave* is not *parental leave*.

    Only where the attribute that was asked for stands somewhere else in what was found: otherwise *vacation days* and
    *days of annual leave* would be two things.
    """

    def __init__(self, question: str, found: Sequence[Piece]) -> None:
        self._asked = frozenset(content(question))
        known = frozenset(word for piece in found for word in content(piece.text))
        self._pairs = [pair for pair in _pairs(question) if pair[0] in known]

    def cost(self, piece: Piece) -> float:
        whole = understood(piece)
        around = _vocabulary(f"{whole} {piece.heading} {piece.lead}")
        others = {first for first, _ in _pairs(whole) if first not in self._asked and not first.isdecimal()}
        seconds = {second for first, second in _pairs(whole) if first in others}
        return 0.3 if any(first not in around and second in seconds for first, second in self._pairs) else 0.0


def _pairs(text: str) -> list[tuple[str, str]]:
    """Neighbouring words that mean something: an attribute and its thing, more often than not."""
    words = [(stem(word), is_stop_word(word)) for word in tokens(text)]
    return [(first, second) for (first, a), (second, b) in pairwise(words) if not a and not b]


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
