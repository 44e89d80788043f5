"""Asking on a caller's behalf: offered once, waited for as long as the caller wants, told when it was fetched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from secrets import token_hex
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from channels.http import naming, texts
from channels.http.channel import Asked
from channels.http.house import Call, House
from channels.http.naming import ConversationId, Digest, NewId
from switchboard import (
    Attachment,
    BadInput,
    Conversation,
    Event,
    Message,
    MessageId,
    Receipt,
    Reply,
    SwitchboardError,
    Turn,
    fold,
)
from switchboard import Call as ToolCall
from switchboard.events import ends_turn

log = logging.getLogger("switchboard.channels")

GRACE = 2.0
"""Seconds between a message's deadline, when its turn detaches, and the time at which nobody waits for the reply."""


class Addressed(BaseModel):
    """Where a request belongs. With neither id nor conversation it begins a conversation, anew each time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: NewId | None = Field(
        None, description="The caller's own id of the message. Sent again with the same id, it is answered once."
    )
    conversation: ConversationId | None = Field(
        None, description="The caller's own name of the conversation, or one that was given; a new one without it."
    )
    attachments: Annotated[tuple[Digest, ...], Field(max_length=100)] = Field(
        (), description="Digests of files that were uploaded to the conversation."
    )


async def asked(
    call: Call,
    body: Addressed,
    text: str,
    *,
    wait: float | None,
    tool_call: ToolCall | None = None,
    reply_to: str | None = None,
) -> Asked:
    """The request as the channel takes it, once its files are known to be there.

    Args:
        wait: Seconds that the caller waits for the reply; ``None`` where a turn need not be quick for anybody.
    """
    given = named(body.id, call.request.headers.get("idempotency-key"))
    thread = body.conversation or naming.derived(call.principal.id, given or token_hex(16), prefix="c")
    conversation = call.conversation(thread)
    now = call.house.now()
    return Asked(
        id=given or token_hex(16),
        conversation=conversation,
        principal=call.principal,
        text=text,
        attachments=tuple([await _attachment(call, digest, conversation) for digest in body.attachments]),
        received_at=now,
        deadline=now + wait if wait else None,
        call=tool_call,
        reply_to=reply_to,
    )


async def take(house: House, asked: Asked) -> Message:
    """Offer the message. What was offered before under the same id is answered once, and not offered as another.

    Raises:
        BadInput: It can't be taken; the sentence says why.
    """
    if len(asked.text) > house.text_limit:
        raise BadInput(texts.TEXT_TOO_LONG.format(length=len(asked.text), limit=house.text_limit), status=413)
    if len(asked.attachments) > house.attachment_limit:
        raise BadInput(texts.TOO_MANY_FILES.format(limit=house.attachment_limit), status=413)
    (message,) = house.channel.parse(asked)
    offer = await house.assistant.offer(message)
    if offer.state == "rejected":
        raise BadInput(texts.BUSY, status=409)
    if offer.state == "new":
        return message
    turn = await house.assistant.turn(message.conversation, message.id)
    if turn is None:
        return message
    if _said(turn.message) != _said(message):
        raise BadInput(texts.OTHER_TEXT, status=409)
    return turn.message


async def reply_to(house: House, message: Message, *, seconds: float | None) -> Reply | None:
    """The reply, or ``None`` if it is not there within so many seconds. The turn goes on in any case."""
    events: list[Event] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for event in house.assistant.events(message.conversation, message.id):
                events.append(event)
                if ends_turn(event):
                    return fold(events)
    return None


def fetched(house: House, message: Message) -> Callable[[], Awaitable[None]]:
    """Notes, once it was written, that the caller has the reply. That nobody can note it costs the caller nothing."""

    async def confirm() -> None:
        try:
            await house.assistant.confirm(message, Receipt(delivered=True, platform_id=message.id))
        except SwitchboardError as error:
            log.warning("a fetched reply could not be noted: %s", error)

    return confirm


async def known(call: Call, *, missing: str) -> Turn:
    """The turn of the message that the path names, in the conversation that the parameter names.

    Raises:
        BadInput: There is none; with the sentence ``missing`` and status 404.
    """
    message_id = MessageId(call.path("message", naming.KNOWN_ID, missing=missing))
    turn = await call.house.assistant.turn(call.conversation(), message_id)
    if turn is None:
        raise BadInput(missing, status=404)
    return turn


def _said(message: Message) -> tuple[object, ...]:
    return message.text, tuple(file.digest for file in message.attachments), message.call, message.reply_to


async def _attachment(call: Call, digest: str, conversation: Conversation) -> Attachment:
    blob = await call.house.assistant.blobs.stat(digest, owner=conversation.key)
    if blob is None:
        raise BadInput(texts.FILE_UNKNOWN.format(digest=digest), status=404)
    return Attachment(name=blob.name, media_type=blob.media_type, size=blob.size, digest=digest)


def named(name: str | None, key: str | None) -> str | None:
    """The id of what is asked as the caller gave it, in the body or as an Idempotency-Key of any form."""
    if key is None:
        return name
    if name is not None and name != key:
        raise BadInput(texts.TWO_IDS, status=409)
    if name is not None:
        return name
    if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise BadInput(texts.BAD_KEY_HEADER)
    return naming.derived(key, prefix="k")
