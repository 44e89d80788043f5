"""What a person in the web chat thinks of a reply: the same wherever the frame came in."""

from collections.abc import Awaitable, Callable

from channels.websocket import protocol as p
from channels.websocket import texts
from channels.websocket.views import opinion_view
from switchboard import Conversation, Feedback, MessageId, Principal

Keep = Callable[[Conversation, MessageId, Feedback], Awaitable[bool]]
"""As `switchboard.assistant.Assistant.rate`."""


async def rated(request: p.Rate, keep: Keep, *, conversation: Conversation, principal: Principal, at: float) -> p.Rated:
    """Keep the opinion, and say so.

    Raises:
        BadFrame: There is no such reply.
        BadInput: The comment is too long.
    """
    given = Feedback(verdict=request.verdict, comment=request.comment, principal=principal.id, at=at)
    if not await keep(conversation, MessageId(request.message_id), given):
        raise p.BadFrame(texts.NO_REPLY, code="unknown", about=request.message_id)
    return p.Rated(message_id=request.message_id, feedback=opinion_view(given))
