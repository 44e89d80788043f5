"""The Home tab, the forms for a question and for a comment, and how a question is shown that nobody else saw. Pure."""

import json
from typing import Any

from channels.slack import texts
from channels.slack.blocks import ASK, COMMENT
from channels.slack.incoming import Place
from channels.slack.interactions import COMMENT_FORM, FORM
from channels.slack.runs import Block, escape
from switchboard import Catalogue, MessageId

QUOTED = 300
SUGGESTIONS = 10
SECTION = 3_000
LONGEST_COMMENT = 2_000


def home(catalogue: Catalogue) -> Block:
    """What the assistant can do for whoever looks."""
    documents = texts.HOME_DOCUMENTS.get(
        catalogue.documents, texts.HOME_MANY_DOCUMENTS.format(count=f"{catalogue.documents:,}")
    )
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": texts.HOME_TITLE}},
        _section(texts.HOME_HOW),
        _section(documents),
    ]
    if catalogue.suggestions:
        lines = [f"• {escape(text)}" for text in catalogue.suggestions[:SUGGESTIONS]]
        blocks.append(_section("\n".join([texts.HOME_TRY, *lines])))
    if catalogue.notice:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": escape(catalogue.notice)[:SECTION]}]})
    return {"type": "home", "blocks": blocks}


def form() -> Block:
    """The form in which a question is written."""
    field = _field(ASK, texts.ASK_LABEL)
    return _modal(FORM, texts.ASK_TITLE, texts.ASK_SUBMIT, texts.ASK_CLOSE, field)


def comment(place: Place, message_id: MessageId) -> Block:
    """The form in which it is written what was wrong with an answer; it knows which."""
    field = {**_field(COMMENT, texts.COMMENT_LABEL, most=LONGEST_COMMENT), "optional": True}
    about = {"channel": place.channel, "thread": place.thread, "message": message_id}
    form = _modal(COMMENT_FORM, texts.COMMENT_TITLE, texts.COMMENT_SUBMIT, texts.COMMENT_CLOSE, field)
    return {**form, "private_metadata": json.dumps(about)}


def question(text: str) -> dict[str, Any]:
    """The post under which a question is answered that was asked by a command: the beginning of it."""
    shown = text if len(text) <= QUOTED else f"{text[:QUOTED].rstrip()}…"
    said = texts.ASKED.format(text=shown)
    element = {"type": "rich_text_quote", "elements": [{"type": "text", "text": said}]}
    return {"text": escape(said), "blocks": [{"type": "rich_text", "elements": [element]}]}


def _modal(name: str, title: str, submit: str, close: str, field: Block) -> Block:
    words = {"title": _plain(title), "submit": _plain(submit), "close": _plain(close)}
    return {"type": "modal", "callback_id": name, **words, "blocks": [field]}


def _field(name: str, label: str, *, most: int = 3_000) -> Block:
    element = {"type": "plain_text_input", "action_id": name, "multiline": True, "max_length": most}
    return {"type": "input", "block_id": name, "label": _plain(label), "element": element}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
