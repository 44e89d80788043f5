"""Whether a message can be taken: its size, its files, its id; and its times, so that they make sense."""

import json
import math
from dataclasses import replace
from typing import Any

from agent import texts
from switchboard.errors import BadInput
from switchboard.messages import Message
from switchboard.settings import LimitSettings
from switchboard.storage import BlobStore

LONGEST_ID = 1_000
"""Bytes. Platforms' ids have a few dozen."""
RESULT = "job:"
"""What the ids of messages that bring a job's result begin with; nobody else's may."""


async def checked(message: Message, limits: LimitSettings, blobs: BlobStore, *, now: float) -> Message:
    """The message with what the blob store says of its files, and with times that can be.

    Raises:
        BadInput: It can't be taken; the sentence says why.
    """
    _check_id(message)
    message = _timed(message, now)
    if message.job:
        return message
    if message.call is not None:
        arguments(message.call.arguments)
        if len(message.call.arguments) > limits.message_characters:
            raise BadInput(texts.too_long(len(message.call.arguments), limits.message_characters), status=413)
    elif not message.text.strip() and not message.attachments:
        raise BadInput(texts.EMPTY)
    if len(message.text) > limits.message_characters:
        raise BadInput(texts.too_long(len(message.text), limits.message_characters), status=413)
    if len(message.attachments) > limits.attachments:
        raise BadInput(texts.too_many_attachments(len(message.attachments), limits.attachments), status=413)
    found = []
    for attachment in message.attachments:
        blob = await blobs.stat(attachment.digest, owner=message.conversation.key)
        if blob is None:
            raise BadInput(texts.attachment_missing(attachment.name), status=404)
        name = attachment.name or blob.name
        found.append(replace(attachment, name=name, size=blob.size, media_type=blob.media_type))
    return replace(message, attachments=tuple(found))


def arguments(text: str) -> dict[str, Any]:
    """A call's arguments from their JSON text.

    Raises:
        BadInput: It is not a JSON object.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(texts.BAD_ARGUMENTS) from error
    if not isinstance(found, dict):
        raise BadInput(texts.BAD_ARGUMENTS)
    return found


def _timed(message: Message, now: float) -> Message:
    """What came at no time, or in the future, came now: lists and retention go by it. No number is no deadline."""
    received_at = message.received_at if 0 < message.received_at <= now else now
    deadline = message.deadline
    if deadline is not None and not math.isfinite(deadline):
        deadline = None
    return replace(message, received_at=received_at, deadline=deadline)


def _check_id(message: Message) -> None:
    size = len(message.id.encode(errors="surrogatepass"))
    if size > LONGEST_ID:
        raise BadInput(texts.id_too_long(size, LONGEST_ID))
    if message.id.startswith(RESULT) != bool(message.job):
        raise BadInput(texts.RESERVED_ID)
