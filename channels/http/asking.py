"""Asking on a caller's behalf: offered once, waited for as long as the caller wants, told when it was fetched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from channels.http import texts
from channels.http.channel import Asked
from channels.http.house import House
from switchboard import BadInput, Conversation, Event, Message, MessageId, Receipt, Reply, SwitchboardError, Turn, fold
from switchboard.events import ends_turn

log = logging.getLogger("switchboard.channels")

PAGE = 50
GRACE = 2.0
"""Seconds between a message's deadline, when its turn detaches, and the time at which nobody waits for the reply."""


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
    turn = await find(house, message.conversation, message.id)
    if turn is None:
        return message
    if _said(turn.message) != _said(message):
        raise BadInput(texts.OTHER_TEXT, status=409)
    return turn.message


async def find(house: House, conversation: Conversation, message_id: MessageId) -> Turn | None:
    """A turn by its message, newest looked at first; ``None`` if the conversation has none."""
    before: int | None = None
    while page := await house.assistant.transcript(conversation, limit=PAGE, before=before):
        for turn in reversed(page):
            if turn.message.id == message_id:
                return turn
        before = page[0].number
        if before == 0:
            break
    return None


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


def _said(message: Message) -> tuple[str, tuple[str, ...]]:
    return message.text, tuple(file.digest for file in message.attachments)
