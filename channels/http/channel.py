"""HTTP as a `Channel`: what a program asked becomes a message, a reply becomes the JSON that is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchboard import Attachment, Conversation, Limits, Message, MessageId, Principal, Receipt, Reply
from switchboard import Call as ToolCall
from switchboard.wire import reply_to_json

if TYPE_CHECKING:
    from switchboard.plugins import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a checked request asks. ``deadline`` is when the caller stops to wait, in seconds since the epoch."""

    id: str
    conversation: Conversation
    principal: Principal
    text: str
    attachments: tuple[Attachment, ...] = ()
    received_at: float = 0.0
    deadline: float | None = None
    call: ToolCall | None = None
    reply_to: str | None = None


class HttpChannel:
    """HTTP. Callers fetch their replies, so that there is nothing to send."""

    name = "http"

    def __init__(self, *, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def parse(self, payload: Asked) -> Sequence[Message]:
        """The one message of a request."""
        message = Message(
            id=MessageId(payload.id),
            conversation=payload.conversation,
            principal=payload.principal,
            text=payload.text,
            attachments=payload.attachments,
            received_at=payload.received_at,
            deadline=payload.deadline,
            call=payload.call,
            reply_to=MessageId(payload.reply_to) if payload.reply_to else None,
        )
        return (message,)

    def render(self, reply: Reply) -> Sequence[dict[str, Any]]:
        """The reply as one JSON object."""
        return (reply_to_json(reply),)

    async def send(self, message: Message, parts: Sequence[dict[str, Any]], *, again: bool = False) -> Receipt:
        """Nothing: the caller has no address of its own."""
        from channels.http import texts

        return Receipt(delivered=False, why=texts.PULLED)


def channel(setup: "Setup") -> HttpChannel:
    """HTTP as the settings want it; what the plug-in registry calls."""
    limits = setup.settings.limits
    return HttpChannel(limits=Limits(text=limits.message_characters, upload=limits.upload_bytes))
