"""Reactions: what people say to the last answer, instead of asking something new."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from agent.models import phrases
from agent.models.cards import Card
from agent.models.transcript import Exchange

Reaction = Literal["more", "shorter", "where", "why", ""]

_REACTIONS: dict[Reaction, tuple[str, ...]] = {
    "more": (
        r"(?:(?:tell|show|give) me|any(?:thing)?|is there|i want|some)? ?(?:(?:much |a bit )?more|else|further|longer)"
        r"(?: (?:about|on) (?:it|that|this))?(?: details?| information)?",
        r"(?:make it|a) longer(?: one)?|in more detail|go on|continue|what else|details?",
        r"(?:noch )?mehr|weiter|ausführlicher|länger|encore|plus de détails|plus long",
    ),
    "shorter": (
        r"(?:(?:can you )?make it )?(?:a bit |much )?(?:shorter|briefer|more concise)|a shorter one|too long|in short",
        r"(?:mach es )?kürzer|zu lang|kurz gesagt|plus court|trop long",
    ),
    "where": (
        r"(?:on |in |from )?(?:which|what) (?:page|document|file|section|source)"
        r"(?: (?:says?|said|states?) (?:so|that|this|it)| is (?:that|this|it)(?: (?:on|in|from))?)?",
        r"where (?:is|was|does|did) (?:that|this|it)(?: (?:come|from|say|stand|written|so|that|this)){0,3}",
        r"where do you (?:have|get) (?:that|this|it) from|(?:says who|who says(?: that| so)?)",
        r"(?:what(?:'s| is|'re| are) )?(?:the |your )?sources?|are you sure(?: (?:about|of) that)?",
        r"is (?:that|this) (?:true|right|correct)|really|prove it",
        r"(?:auf )?welche[rs]? seite(?: steht das)?|wo steht das|wirklich|quellen?|woher (?:hast|weißt) du das",
        r"(?:à )?quelle page|où est-ce écrit|vraiment",
    ),
    "why": (
        r"(?:why|how come)(?: (?:is (?:that|it|this)(?: so)?|so|not))?",
        r"warum(?: das)?|wieso|weshalb|pourquoi",
    ),
}
_LEAD, _END = r"(?:(?:and|but|so|ok(?:ay)?|und|aber|et|mais),? )?", r"(?:,? (?:please|bitte))?[\s.?!]*"
_PATTERNS = {kind: re.compile(f"{_LEAD}(?:{'|'.join(said)}){_END}", re.IGNORECASE) for kind, said in _REACTIONS.items()}


def reaction(text: str) -> Reaction:
    """What a message wants of the last answer; empty if it says something of its own."""
    said = " ".join(text.split())
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(said)), "")


def react(told: Sequence[Exchange], tools: Sequence[Card]) -> tuple[Card, dict[str, Any]] | str | None:
    """The call that is made again for a reaction, or what is said to it; ``None`` if the message is no reaction."""
    kind, last = reaction(told[-1].text), _last_call(told[:-1], tools)
    if not kind or last is None or last[0].gathers:
        return None
    card, arguments = last
    if lengths := card.properties.get("length", {}).get("enum"):
        return _in_another_length(kind, lengths, card, arguments)
    return last if kind == "more" or (card.searches and kind != "shorter") else None


def said_before(told: Sequence[Exchange]) -> str:
    """What was answered to the newest call when it was made before."""
    now = told[-1].calls[-1]
    same = [
        exchange.answer
        for exchange in told[:-1]
        if any(call["name"] == now["name"] and call["args"] == now["args"] for call in exchange.calls)
    ]
    return "\n".join(same)


def _in_another_length(
    kind: Reaction, lengths: Sequence[str], card: Card, arguments: dict[str, Any]
) -> tuple[Card, dict[str, Any]] | str:
    """What was made in one of several lengths, the shortest of which comes first."""
    if kind in ("where", "why"):
        return phrases.PAGES if kind == "where" else phrases.NO_REASON
    wanted = lengths[-1] if kind == "more" else lengths[0]
    if arguments.get("length") == wanted:
        return phrases.LONGEST if kind == "more" else phrases.SHORTEST
    return card, {**arguments, "length": wanted}


def _last_call(told: Sequence[Exchange], tools: Sequence[Card]) -> tuple[Card, dict[str, Any]] | None:
    cards = {card.name: card for card in tools}
    calls = (call for exchange in reversed(told) for call in reversed(exchange.calls))
    return next(((cards[call["name"]], dict(call["args"])) for call in calls if call["name"] in cards), None)
