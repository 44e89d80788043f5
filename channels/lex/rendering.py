"""From a reply to Lex messages that fit, parted where a reader would pause, in pages for "more". Pure."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from channels.lex import texts
from channels.lex.limits import BUTTON_FIELD, BUTTONS, CARD_FIELD, LIMITS, MESSAGE_TEXT, MESSAGES, REPLY_BYTES
from channels.lex.parts import Card, LexMessage, Text, TextType, one_card
from switchboard import Artifact, Limits, Reply
from switchboard.plain import plain, spoken
from switchboard.rendering import cut, measure, render

UNIT = LIMITS.unit
_SPEECH = "<speak>", "</speak>"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_LONE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How this call is answered.

    Attributes:
        text: Plain text, speech, or Markdown as a custom payload for clients that show it.
        cards: Whether cards, and with them buttons, reach the person.
    """

    text: TextType = "PlainText"
    cards: bool = True


def pieces(reply: Reply, style: Style, heading: str = "") -> tuple[LexMessage, ...]:
    """All messages of a reply, in order, as many as it takes; each fits, and nothing is cut off."""
    cards = [card for artifact in reply.artifacts if style.cards and (card := _picture(artifact))]
    shown = {card.image_url for card in cards}
    told = replace(reply, artifacts=tuple(each for each in reply.artifacts if each.link not in shown))
    options = reply.question.options if reply.question else ()
    pressed = style.cards and all(_clean(option).strip() for option in options)
    limits = Limits(unit=UNIT, buttons=BUTTONS if pressed else 0, button_text=BUTTON_FIELD)
    rendered = render(told, limits, link=(lambda citation: "") if style.text == "SSML" else lambda each: each.link)
    whole = "\n\n".join(filter(None, [heading, *rendered.messages]))
    messages: list[LexMessage] = [*text_messages(whole, style), *cards]
    if rendered.options:
        messages.append(one_card(texts.CHOOSE, map(_clean, rendered.options)))
    if reply.job:
        messages += result_control(style)
    return tuple(messages) or text_messages(texts.NOTHING_SAID, style)


def pages(messages: Sequence[LexMessage], style: Style, *, taken: int = 0) -> list[tuple[LexMessage, ...]]:
    """The messages in replies that fit, each but the last with a way to the next.

    Args:
        messages: All of them.
        style: How they were made.
        taken: Bytes of the reply that are needed for other things, such as session attributes.
    """
    more = more_control(style)
    room = max(REPLY_BYTES - taken, REPLY_BYTES // 4) - _size(more)
    made: list[tuple[LexMessage, ...]] = []
    page: list[LexMessage] = []
    used = 0
    for number, message in enumerate(messages):
        size, last = _size([message]), number == len(messages) - 1
        most = MESSAGES if last else MESSAGES - len(more)
        if page and (len(page) >= most or used + size > room):
            made.append((*page, *more))
            page, used = [], 0
        page.append(message)
        used += size
    return [*made, tuple(page)]


def text_messages(text: str, style: Style) -> tuple[Text, ...]:
    """A text as messages."""
    words = _clean(text if style.text == "CustomPayload" else spoken(text) if style.text == "SSML" else plain(text))
    return tuple(Text(content=content, content_type=style.text) for content in _parted(words.strip(), style))


def more_control(style: Style) -> tuple[LexMessage, ...]:
    """What leads to the next page."""
    return (one_card(texts.MORE_FOLLOWS, [texts.MORE]),) if style.cards else text_messages(texts.SAY_MORE, style)


def result_control(style: Style) -> tuple[LexMessage, ...]:
    """What asks for a result that is not there yet."""
    card = one_card(texts.RESULT_CARD, [texts.SHOW_RESULT])
    return (card,) if style.cards else text_messages(texts.SAY_RESULT, style)


def _parted(text: str, style: Style) -> Iterator[str]:
    """The text in pieces of which each is a message's content."""
    while text:
        if style.text != "SSML":
            piece, text = cut(text, MESSAGE_TEXT, UNIT)
            yield piece
            continue
        room = MESSAGE_TEXT - len("".join(_SPEECH))
        piece, rest = cut(text, room, UNIT)
        size = room
        while (needs := measure(_escaped(piece), UNIT)) > room:
            size = max(2, min(size, measure(piece, UNIT)) * room // needs)
            piece, rest = cut(text, size, UNIT)
        yield _escaped(piece).join(_SPEECH)
        text = rest


def _picture(artifact: Artifact) -> Card | None:
    """A picture as a card, where it has an address that anybody can open and both fit."""
    title = _clean(" ".join(artifact.name.split())) or texts.PICTURE
    fits = measure(title, UNIT) <= CARD_FIELD and measure(artifact.link, UNIT) <= CARD_FIELD
    is_web = artifact.link.startswith("https://") and bool(urlsplit(artifact.link).netloc)
    is_picture = artifact.media_type.startswith("image/")
    return Card(title=title, image_url=_clean(artifact.link)) if is_picture and is_web and fits else None


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clean(text: str) -> str:
    """Without what neither JSON nor XML can carry: control characters, and halves of characters."""
    return _CONTROL.sub("", _LONE.sub("\ufffd", text))


def _size(messages: Sequence[LexMessage]) -> int:
    return sum(len(json.dumps(message.to_json())) + 2 for message in messages)
