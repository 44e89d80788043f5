"""What Slack says of a file, with a message or when asked. Pure."""

import json

from channels.slack.reading import at, text_at
from switchboard import Attachment

ELSEWHERE = frozenset({"external", "tombstone", "hidden_by_limit"})
"""Modes of files that Slack does not have, or does not hand out."""


def read_file(file: object) -> Attachment:
    """The file as an attachment that can be fetched."""
    size = at(file, "size")
    url = address(file) if text_at(file, "mode") not in ELSEWHERE else ""
    return Attachment(
        name=text_at(file, "name") or text_at(file, "title") or "file",
        media_type=text_at(file, "mimetype") or "application/octet-stream",
        size=size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else 0,
        source=json.dumps({"id": text_at(file, "id"), "url": url}),
    )


def address(file: object) -> str:
    """Where its bytes are; empty where that is not said."""
    return text_at(file, "url_private_download") or text_at(file, "url_private")
