"""What a Lex session remembers for us, in one signed session attribute: by reference, never text.

The client holds session attributes and may send any. Ours is signed together with the conversation's key, so that
neither a made-up one nor one of another session or person counts. An old one of the same session can come again: it
leads to what was already said there.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from channels.lex.limits import OWN_ATTRIBUTE_BYTES
from switchboard import Conversation

ATTRIBUTE = "switchboard"
_PURPOSE = b"switchboard lex session state 1"
_MAC_BYTES = 16
MOST_SHOWN = 20
"""Ids of messages that fit into the attribute: about 40 bytes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The session as the last answer left it.

    Attributes:
        visit: Names this run of the counter; another begins when the attribute was lost.
        count: How many answers the visit has had.
        shown: The messages whose replies were in the last answer.
        direct: Whether the last of these answered the call's own words; others were late and had headings.
        after: How many of their parts were shown; 0 when all were.
    """

    visit: str
    count: int = 0
    shown: tuple[str, ...] = ()
    direct: bool = False
    after: int = 0


def sign(state: State, conversation: Conversation, secret: bytes) -> str:
    """The attribute's value. One that would be too large is left without what was shown, which is then shown again."""
    text = json.dumps(asdict(state), separators=(",", ":"))
    if len(text) > OWN_ATTRIBUTE_BYTES // 2:
        text = json.dumps({**asdict(state), "shown": (), "after": 0}, separators=(",", ":"))
    body = text.encode()
    return f"{_encoded(body)}.{_encoded(_mac(body, conversation, secret))}"


def read_state(value: str, conversation: Conversation, secret: bytes) -> State | None:
    """The state in an attribute, or ``None`` if it is not one that we wrote for this conversation."""
    body_text, _, mac_text = value.partition(".")
    try:
        body, mac = _decoded(body_text), _decoded(mac_text)
    except (ValueError, binascii.Error):
        return None
    if not hmac.compare_digest(mac, _mac(body, conversation, secret)):
        return None
    data = json.loads(body)  # signed, so written by `sign`
    return State(
        visit=data["visit"], count=data["count"], shown=tuple(data["shown"]), direct=data["direct"], after=data["after"]
    )


def _mac(body: bytes, conversation: Conversation, secret: bytes) -> bytes:
    key = hmac.digest(secret, _PURPOSE, hashlib.sha256)
    return hmac.digest(key, conversation.key.encode() + b"\0" + body, hashlib.sha256)[:_MAC_BYTES]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
