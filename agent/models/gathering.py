"""Facts that a tool gathers over several messages: an answer to its question, or a change to what it made.

A tool that takes `GATHERED` asks by itself for what it lacks. What is said next goes to it again, after all that was
said before: so nothing has to be remembered besides the conversation.
"""

import re
from collections.abc import Sequence
from typing import Any

from agent.models.cards import GATHERED, Card
from agent.models.meaning import Meaning
from agent.models.routing import Route, bare, begins, is_question, requests, route
from agent.models.transcript import Exchange

ASKED = 3
"""So many messages later a question of the tool can still be answered, if something else was asked in between."""
_CHANGE = re.compile(
    r"(?:please |now |and |no,? |actually,? |then |bitte |s'il (?:te|vous) pla[iî]t,? |por favor,? )*"
    r"(?:(?:make|set|change|use|add|remove|delete|drop|replace|correct|extend|shorten|increase|reduce|raise|lower|put|"
    r"rename|update|include|leave out|ändere|setze|mach|füge|ergänze|entferne|lösche|ersetze|changez?|mets|mettez|"
    r"ajoutez?|supprimez?|remplacez?|cambia|pon|añade|agrega|quita|elimina|reemplaza)\b|"
    r"(?:send|give|write|draft) (?:me )?(?:it|that|this)\b|"
    r"(?:the |our |die |der |das |le |la |el )?[\w -]{1,40}?"
    r"\b(?:is|are|should be|must be|has to be|soll|ist|sind|est|sont|es|son)\b[^?]*$)",
    re.IGNORECASE,
)
"""A change to what was made, in the languages of the tools' examples: *make it 45 days*, *the term is a year*."""
_DETAIL = re.compile(
    r"[^\W\d_][\w -]{1,30}:\s*\S|(?:and |und |et |y )?(?:in|auf|en) \w+[.!]?$|"
    r"(?:with|without|no|plus|including|excluding|mit|ohne|kein\w*|inklusive|exklusive|zuzüglich|avec|sans|con|sin) "
    r"[\w %-]{2,30}[.!]?$|[\w -]{2,30} (?:includes?|excludes?|enthalten|comprennent|incluyen) [\w -]{2,30}[.!]?$",
    re.IGNORECASE,
)
"""Right after a draft: ``decisions: freeze hiring``, ``in German``, ``without VAT``, ``prices include VAT``."""

_CORRECTION = re.compile(
    r"(?:(?:oh |ah )?(?:no|nein|non)[,:]\s*\S|"
    r"(?:no|nein|non|actually|sorry|rather|instead|doch|lieber|besser|plutôt|mejor)[,:. ]+\S.*\d)",
    re.IGNORECASE,
)
"""Right after a draft, too: ``no, 14 days``, ``actually 900 EUR``."""
_STATE = re.compile(
    r"(?:and |but |so |ok(?:ay)?,? )?(?:what (?:else |more )?(?:do|is|are|does) (?:you |it |there )?(?:still )?"
    r"(?:need|missing|open|left|want to know)(?: from me)?|what(?:'s| is) (?:still )?(?:missing|next|left)|"
    r"(?:can you )?show (?:me )?(?:it|that|the draft)(?: to me)?(?: again| once more)|where were we|"
    r"was (?:fehlt|brauchst du)(?: noch| sonst)*|zeig(?:e)? (?:es |ihn |sie )?(?:mir )?noch ?(?:ein)?mal)[\s.?!]*",
    re.IGNORECASE,
)
"""Wants to see what there is so far, or what is lacking: *what else do you need?*, *show it to me again*."""


def continued(told: Sequence[Exchange], tools: Sequence[Card], meaning: Meaning) -> tuple[Card, dict[str, Any]] | None:
    """The call that goes on with what a tool has gathered so far; ``None`` if the message is about something else."""
    now, text = told[-1], bare(told[-1].text)
    found = _last(told[:-1], tools)
    if found is None:
        return None
    card, name, arguments, back = found
    if back <= ASKED and _STATE.fullmatch(text):
        return card, arguments
    if is_question(now.text):
        return None
    way = route(now.text, tools, meaning)
    asked = back <= ASKED and told[-1 - back].answer.rstrip().endswith("?")
    follows = back == 1 and (_DETAIL.match(text) or _CORRECTION.match(now.text.strip()))
    changes = bool(follows or _CHANGE.match(text))
    if requests(now.text, card) and way.tool is card and not changes:
        return None
    if not (_is_answer(way, card, now.text) if asked else changes and _is_free(way, card)):
        return None
    return card, {**arguments, name: [*arguments[name], now.text]}


def _last(told: Sequence[Exchange], tools: Sequence[Card]) -> tuple[Card, str, dict[str, Any], int] | None:
    """The newest call of a tool that gathers: the tool, the argument, the call's arguments, how many messages ago."""
    cards = {card.name: card for card in tools}
    for back, exchange in enumerate(reversed(told), start=1):
        for call in reversed(exchange.calls):
            card = cards.get(call["name"])
            name = next((name for name in card.properties if name in GATHERED), "") if card else ""
            if card and isinstance(call["args"].get(name), list):
                return card, name, dict(call["args"]), back
    return None


def _is_answer(way: Route, card: Card, text: str) -> bool:
    """Whether a message may answer a question: anything may but a courtesy or a request to another tool."""
    if way.kind in ("thanks", "greeting", "about"):
        return False
    return way.kind != "tool" or way.tool is None or way.tool is card or way.tool.searches or not begins(text, way.tool)


def _is_free(way: Route, card: Card) -> bool:
    """Whether a message is no courtesy and no other tool than the search claims it."""
    if way.kind == "tool":
        return way.tool is None or way.tool is card or way.tool.searches
    return way.kind in ("unclear", "beyond")
