"""The web chat as a `Channel`: what was said becomes a message, a reply becomes frames, a receipt is the client's."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.websocket.protocol import Say
from channels.websocket.rooms import Rooms
from switchboard import (
    Attachment,
    Conversation,
    Event,
    Failed,
    Final,
    Limits,
    Message,
    MessageId,
    Principal,
    Receipt,
    Reply,
)
from switchboard.events import numbered
from switchboard.plugins import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message frame with what the server knows besides: whose socket, which files, what time."""

    frame: Say
    conversation: Conversation
    principal: Principal
    attachments: tuple[Attachment, ...]
    received_at: float

    def message(self, *, push: bool = False) -> Message:
        """The same as a message; see `Message.push`."""
        return Message(
            id=MessageId(self.frame.id),
            conversation=self.conversation,
            principal=self.principal,
            text=self.frame.text,
            attachments=self.attachments,
            reply_to=MessageId(self.frame.reply_to) if self.frame.reply_to else None,
            received_at=self.received_at,
            push=push,
        )


class WebSocketChannel:
    """The web chat. The session streams turns; ``render`` and ``send`` serve whoever has a whole reply to push."""

    name = "websocket"

    def __init__(self, rooms: Rooms, *, limits: Limits | None = None) -> None:
        self._rooms = rooms
        self.limits = limits or Limits()

    def parse(self, payload: Said) -> Sequence[Message]:
        """The one message of a message frame."""
        return (payload.message(),)

    def render(self, reply: Reply) -> Sequence[Event]:
        """The reply as the events that a client folds back into it, numbered from 1."""
        end: Event = Final(
            text=reply.text,
            status=reply.status,
            input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens,
            trace_id=reply.trace_id,
        )
        if reply.status == "failed":
            end = Failed(text=reply.text, incident=reply.incident)
        asides = (one for one in (reply.question, reply.job) if one is not None)
        events = (*reply.tools, *reply.citations, *reply.artifacts, *reply.warnings, *asides, end)
        return tuple(numbered(event, place) for place, event in enumerate(events, start=1))

    async def send(self, message: Message, parts: Sequence[Event], *, again: bool = False) -> Receipt:
        """Send the events to every open window of the conversation. Delivered means that one said it has the last."""
        return await self._rooms.deliver(message, parts)


def channel(setup: Setup) -> WebSocketChannel:
    """The web chat as the settings want it; what the plug-in registry calls."""
    limits = setup.settings.limits
    return WebSocketChannel(Rooms(), limits=Limits(text=limits.message_characters, upload=limits.upload_bytes))
