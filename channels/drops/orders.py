"""Orders: what is to become of a file, and on whose behalf, signed by whoever gives out the address for it. Pure.

An order travels with its file, as the object's metadata. It is good for this file in this conversation and nothing
else, and to say it twice says no more than to say it once.
"""

import base64
import binascii
import hashlib
import hmac
import zlib
from dataclasses import dataclass

from switchboard import BadInput, Conversation, Principal, Refused
from switchboard.wire import dumps, loads
from tools.summaries.backend import Length

LIFE = 86_400.0
"""Seconds: events may be late, as they are tried again for a day."""
LONGEST = 1_500
_PURPOSE = b"switchboard drop 1\0"
_POLICY = "order"
_TEXT = "This file did not come with an order of ours."


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A summary, please.

    Attributes:
        digest: SHA-256 of the file, in hexadecimal.
        push: Whether the result has to be sent, see `switchboard.Message.push`; otherwise it is kept to be fetched.
        expires_at: Seconds since the epoch.
    """

    conversation: Conversation
    principal: Principal
    digest: str
    expires_at: float
    focus: str = ""
    length: Length = "medium"
    language: str = ""
    push: bool = True


def sign(secret: bytes, order: Order) -> str:
    """An order as it goes with its file.

    Raises:
        BadInput: It is too long to go along.
    """
    said = zlib.compress(dumps(order).encode(), 9)
    text = f"{_text(said)}.{_text(_signature(secret, said))}"
    if len(text) > LONGEST:
        raise BadInput("That wish is too long. Please shorten it.")
    return text


def check(secret: bytes, text: str, *, tenant: str, now: float) -> Order:
    """The order that was signed.

    Raises:
        Refused: It is not ours, for another tenant, or too old.
    """
    body, _, signature = text.partition(".")
    try:
        said, signed = _bytes(body), _bytes(signature)
    except (binascii.Error, ValueError):
        raise Refused(_TEXT, policy=_POLICY) from None
    if len(text) > LONGEST or not hmac.compare_digest(signed, _signature(secret, said)):
        raise Refused(_TEXT, policy=_POLICY)
    try:
        order = loads(Order, zlib.decompress(said).decode())
    except (BadInput, zlib.error, UnicodeDecodeError):
        raise Refused(_TEXT, policy=_POLICY) from None
    if order.conversation.tenant != tenant or now >= order.expires_at:
        raise Refused(_TEXT, policy=_POLICY)
    return order


def _signature(secret: bytes, said: bytes) -> bytes:
    return hmac.new(secret, _PURPOSE + said, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
