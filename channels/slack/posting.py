"""What goes into a call that posts: where to, which words and blocks, and what tells our posts apart."""

from typing import Any

from channels.slack.addresses import subject
from channels.slack.blocks import Post
from channels.slack.incoming import Place
from switchboard import Message, MessageId

REPLY, PREVIEW, PROGRESS, NOTE = (
    "switchboard_reply",
    "switchboard_preview",
    "switchboard_progress",
    "switchboard_note",
)
"""Types of metadata: of a reply's posts, of what shows an answer in the making or a job, of what is none of these."""


def target(place: Place) -> dict[str, Any]:
    """Where a new post goes."""
    thread = {"thread_ts": place.thread} if place.thread else {}
    return {"channel": place.channel, **thread, "unfurl_links": False, "unfurl_media": False}


def body(message: Message, post: Post) -> dict[str, Any]:
    """What a post says; its buttons know what they are about."""
    blocks = [
        {**block, "block_id": subject(message, post.number)}
        if block["type"] in ("actions", "context_actions")
        else block
        for block in post.blocks
    ]
    return {"text": post.text, "blocks": blocks}


def metadata(kind: str, message_id: MessageId, number: int = 0) -> dict[str, Any]:
    """What tells our posts apart."""
    return {"event_type": kind, "event_payload": {"message": message_id, "part": number}}
