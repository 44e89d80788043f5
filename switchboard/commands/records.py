"""Conversations as the command line prints them: a line of a list, a page to read, JSON lines to take along.

What people and models wrote is untrusted: in the lines and the page nothing is left that a terminal obeys.
"""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from switchboard import wire
from switchboard.identity import Conversation
from switchboard.storage import ConversationSummary, Turn

if TYPE_CHECKING:
    from agent.forgetting import Forgetting, Forgotten

PAGE = 100
"""Turns that are held at once."""
_ALL = 1_000_000
"""Most jobs of one conversation."""


def summary(one: ConversationSummary) -> dict[str, Any]:
    """A conversation in the JSON list."""
    return {"key": one.conversation.key, **wire.to_json(one)}


def line(one: ConversationSummary) -> str:
    """A conversation in the list for people."""
    from channels.terminal.clean import one_line

    people = ", ".join(one_line(person) for person in sorted(one.principals))
    turns = f"{one.turns} turn{'' if one.turns == 1 else 's'}"
    return f"{one.conversation.key}\n    {time(one.updated_at)}  {turns}  {people}  {one_line(one.first_text)[:60]}"


async def shown(conversation: Conversation, places: "Forgetting") -> AsyncIterator[str]:
    """A conversation to read."""
    from channels.terminal.clean import clean, one_line

    def said(who: str, when: float, text: str) -> str:
        body = "\n".join(f"    {line}" for line in clean(text).split("\n"))
        return f"{time(when)}  {one_line(who)}\n{body}"

    async for turn in _turns(conversation, places):
        message, reply = turn.message, turn.reply
        files = [f"[{one_line(file.name)}, {file.size:,} bytes]" for file in message.attachments]
        yield said(message.principal.display_name or message.principal.id, message.received_at, message.text)
        if files:
            yield f"    {' '.join(files)}"
        if reply is not None:
            sources = [f"[{citation.number}] {citation.title}" for citation in reply.citations]
            status = "" if reply.status == "complete" else f" ({reply.status})"
            yield said(f"assistant{status}", turn.finished_at, "\n".join([reply.text, *sources]))
        else:
            yield f"    ({turn.state})"


async def exported(conversation: Conversation, turns: int, places: "Forgetting") -> AsyncIterator[str]:
    """A conversation as JSON lines: itself, its turns in order, its jobs. A lone surrogate stays, as an escape."""
    key = conversation.key
    yield json.dumps({"kind": "conversation", "key": key, "turns": turns, "conversation": wire.to_json(conversation)})
    async for turn in _turns(conversation, places):
        yield json.dumps({"kind": "turn", "key": key, "turn": wire.to_json(turn)})
    for job in await places.jobs.list_jobs(conversation=conversation, limit=_ALL):
        yield json.dumps({"kind": "job", "key": key, "job": wire.to_json(job)})


def deletion(forgotten: "Mapping[str, Forgotten]") -> dict[str, Any]:
    """What was deleted, as a JSON object."""
    return {
        "kind": "deleted",
        "conversations": list(forgotten),
        "files": sum(one.files for one in forgotten.values()),
        "jobs": sum(one.jobs for one in forgotten.values()),
    }


def time(seconds: float) -> str:
    """A time for people, where they are; a time that no calendar knows is shown as the number it is."""
    try:
        return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:g}"


async def _turns(conversation: Conversation, places: "Forgetting") -> AsyncIterator[Turn]:
    """The turns in order, a page at a time. They are numbered from 0, without gaps."""
    start = 0
    while page := [
        turn
        for turn in await places.conversations.transcript(conversation, limit=PAGE, before=start + PAGE)
        if turn.number >= start
    ]:
        for turn in page:
            yield turn
        start += PAGE
