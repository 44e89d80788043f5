"""What a channel can carry, as data, and what its platform said of a delivery."""

from dataclasses import dataclass
from typing import Literal

TextUnit = Literal["characters", "utf8_bytes", "utf16_units"]
Markup = Literal["markdown", "mrkdwn", "plain", "ssml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The sizes that a reply must fit. ``None`` means that the platform sets no limit.

    Attributes:
        text: Largest text of one message, in ``unit``.
        messages: Most messages in one reply.
        buttons: Most buttons in one message.
        button_text: Largest label of a button, in ``unit``.
        images: Whether a picture can be shown; otherwise it becomes a link.
        streaming: Whether text can grow in place.
        edit_interval: Seconds between two edits of a growing text.
        stream_lifetime: Seconds until a growing text must be rolled over into a new message.
        reply_within: Seconds until the platform stops waiting for the reply.
        ack_within: Seconds until the platform sends the same message again.
        markup: The dialect in which text is written.
        upload: Largest file, in bytes.
    """

    text: int | None = None
    unit: TextUnit = "characters"
    messages: int | None = None
    buttons: int = 0
    button_text: int = 0
    images: bool = True
    streaming: bool = True
    edit_interval: float = 0.0
    stream_lifetime: float | None = None
    reply_within: float | None = None
    ack_within: float | None = None
    markup: Markup = "markdown"
    upload: int = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the platform said of a delivery.

    Attributes:
        delivered: Whether it confirmed.
        platform_id: Its id for what was delivered.
        why: When not delivered, why: for the log.
        retry_after: Seconds after which to try again, at the soonest; ``None`` to give up.
        sent: When not delivered, how many of the parts the platform has confirmed: those are not sent again.
        kept: Not delivered, and need not be: nobody is there, and whoever comes back fetches it.
    """

    delivered: bool
    platform_id: str = ""
    why: str = ""
    retry_after: float | None = None
    sent: int = 0
    kept: bool = False
