"""Which tool a message is for, if any: by how near it is to what people say to each tool."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from agent.models.cards import Card, main_search
from agent.models.meaning import Meaning
from agent.models.talk import ABOUT, BEYOND, without_courtesies
from agent.models.words import stem, tokens

SURE = 0.5
"""A tool other than the search has to be at least this near, and by ``SURE_MARGIN`` nearer than the search."""
SURE_MARGIN = 0.04
LIKELY = 0.4
"""Or at least this near, and by ``LIKELY_MARGIN`` nearer: the search is right whenever in doubt."""
LIKELY_MARGIN = 0.1
ABOUT_FLOOR = 0.62
BEYOND_FLOOR = 0.5
BEYOND_MARGIN = 0.05
COVERED = 0.7
"""A tool with an example this near to one of a thing that nobody can do can do it."""
SAME_VERB = 0.25
"""What it counts that a request begins with the verb of an example: ``draw me a red bicycle``, ``draw a fox``."""
OTHER_MOOD = 0.8
"""A question is not a request: ``who drew the logo?`` is not near to ``draw a logo``."""

_QUESTION = re.compile(
    r"(?:what|who|whom|whose|when|where|why|which|how|is|are|was|were|do|does|did|has|have|may|must|am|should|shall|"
    r"(?:can|could|will|would)(?! you\b)|wer|was|wie|wo|wann|warum|welche\w*|ist|sind|darf|muss|kann|gibt|"
    r"qui|que|quels?|quelles?|comment|où|quand|pourquoi|combien|est)\b",
    re.IGNORECASE,
)
_ASKING_FOR = re.compile(
    r"(?:(?:can|could|would|will) you|i (?:want|need|would like|'d like) you to|i'd like you to|let's|just|kindly|"
    r"please|(?:tell|show|explain to) me(?= (?:what|who|when|where|why|which|how|if|whether)\b)|[\s,])+",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"(?:i|we)(?:'d| would)? (?:need|want|like)\b|(?:ich|wir) (?:brauche|möchte|will)|j'ai besoin|"
    r"je (?:veux|voudrais)\b|il (?:me|nous) faut\b|(?:necesit|quer|quier)\w+",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+")
_ANY_VERB = frozenset(
    {"tell", "giv", "show", "get", "do", "find", "say", "let", "hav", "want", "need", "list", "i", "a", "th"}
)
"""Stems that begin requests of every kind."""

Kind = Literal["tool", "greeting", "thanks", "goodbye", "fine", "assent", "about", "beyond", "unclear"]
_COURTESIES: dict[str, Kind] = {"thanks": "thanks", "goodbye": "goodbye", "filler": "fine", "assent": "assent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a message goes. ``what`` says what nobody here can do, when ``kind`` is ``beyond``."""

    kind: Kind
    tool: Card | None = None
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A message or an example: its words, whether it asks, and the verb that it begins with if it requests."""

    text: str
    asks: bool
    verb: str


def route(text: str, tools: Sequence[Card], meaning: Meaning) -> Route:
    """Find the way for a message that is not empty."""
    asked, courtesy = without_courtesies(text)
    if not tokens(asked):
        return Route(kind=_COURTESIES.get(courtesy, "greeting"))
    tools = [card for card in tools if not card.gathers or wants(asked, card)]
    nearness = {card.name: near(asked, card.examples, meaning) for card in tools}
    best = max(tools, key=lambda card: nearness[card.name], default=None)
    top = nearness[best.name] if best else 0.0
    if len(tokens(asked)) <= 12 and near(asked, ABOUT, meaning) >= max(ABOUT_FLOOR, top):
        return Route(kind="about")
    if what := _beyond(asked, top, tools, meaning):
        return Route(kind="beyond", what=what)
    search = main_search(tools)
    ahead = top - nearness[search.name] if search else top
    if best and ((top >= SURE and ahead >= SURE_MARGIN) or (top >= LIKELY and ahead >= LIKELY_MARGIN)):
        return Route(kind="tool", tool=best)
    return Route(kind="tool", tool=search) if search else Route(kind="unclear")


def nearest(text: str, tools: Sequence[Card], meaning: Meaning) -> Card:
    """The tool for a message that has to go to one."""
    return max(tools, key=lambda card: near(text, card.examples, meaning))


def is_question(text: str) -> bool:
    """Whether a text asks something, and neither tells nor requests."""
    return _said(text).asks


def bare(text: str) -> str:
    """A request without what is only polite in it: ``could you please draw a fox`` is ``draw a fox``."""
    asked = without_courtesies(text)[0]
    opening = _ASKING_FOR.match(asked)
    return asked[opening.end() :] if opening else asked


def begins(text: str, card: Card) -> bool:
    """Whether a text begins with the verb of one of a tool's examples, as a new request to it does."""
    verb = _said(without_courtesies(text)[0]).verb
    return bool(verb) and verb in {_said(example).verb for example in card.examples}


def wants(text: str, card: Card) -> bool:
    """Whether a text may ask a tool to make something: a request does, and an order with its figures; no topic."""
    if is_question(text):
        return False
    return requests(text, card) or len(_FIGURE.findall(text)) > 1


def requests(text: str, card: Card) -> bool:
    """Whether a text begins as a new request to a tool does: ``draft an NDA``, ``I need an NDA``."""
    return begins(text, card) or bool(_NEEDS.match(without_courtesies(text)[0]))


def near(text: str, examples: tuple[str, ...], meaning: Meaning) -> float:
    """How near a message is to examples: the mean of the two best, as one lucky example should not decide."""
    said = _said(text)
    values = [
        similarity * (1.0 if said.asks == example.asks else OTHER_MOOD)
        for similarity, example in zip(meaning.to_known(text, examples), map(_said, examples), strict=True)
    ]
    best = sorted(values, reverse=True)[:2]
    same_verb = said.verb and said.verb in {_said(example).verb for example in examples}
    return (sum(best) / len(best) if best else 0.0) + (SAME_VERB if same_verb else 0.0)


def _beyond(asked: str, top: float, tools: Sequence[Card], meaning: Meaning) -> str:
    """What is asked for, if it is a request, and nearer to something that no tool does than to any tool."""
    if _said(asked).asks:
        return ""
    nearness = {what: near(asked, examples, meaning) for what, examples in BEYOND.items()}
    what = max(nearness, key=lambda key: nearness[key])
    if nearness[what] < max(BEYOND_FLOOR, top + BEYOND_MARGIN):
        return ""
    alike = (max(map(max, meaning.between(BEYOND[what], card.examples))) for card in tools)
    return "" if max(alike, default=0.0) >= COVERED else what


@lru_cache(maxsize=2048)
def _said(text: str) -> _Said:
    opening = _ASKING_FOR.match(text)
    rest = text[opening.end() :] if opening else text
    asks = bool(_QUESTION.match(rest)) or (rest.rstrip().endswith("?") and not opening)
    first = stem(tokens(rest)[0]) if tokens(rest) and not asks else ""
    return _Said(text=text, asks=asks, verb="" if first in _ANY_VERB else first)
