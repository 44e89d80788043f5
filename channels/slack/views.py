"""The Home tab, the form for a question, and how a question is shown that nobody else saw. Pure."""

from typing import Any

from channels.slack import texts
from channels.slack.blocks import ASK
from channels.slack.interactions import FORM
from channels.slack.runs import Block, escape
from switchboard import Catalogue

QUOTED = 300
SUGGESTIONS = 10
SECTION = 3_000


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
    element = {"type": "plain_text_input", "action_id": ASK, "multiline": True}
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain(texts.ASK_TITLE),
        "submit": _plain(texts.ASK_SUBMIT),
        "close": _plain(texts.ASK_CLOSE),
        "blocks": [{"type": "input", "block_id": ASK, "label": _plain(texts.ASK_LABEL), "element": element}],
    }


def question(text: str) -> dict[str, Any]:
    """The post under which a question is answered that was asked by a command: the beginning of it."""
    shown = text if len(text) <= QUOTED else f"{text[:QUOTED].rstrip()}…"
    said = texts.ASKED.format(text=shown)
    element = {"type": "rich_text_quote", "elements": [{"type": "text", "text": said}]}
    return {"text": escape(said), "blocks": [{"type": "rich_text", "elements": [element]}]}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
