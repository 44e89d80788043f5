"""Tickets: who somebody is, signed by whoever knows, to be shown when a socket is opened. Pure.

A browser can't add a header to a socket, so the site that knows its visitor makes a ticket, and the page puts it into
the address. As addresses end up in logs, a ticket lives for a minute and is good for nothing else.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from switchboard import BadInput, Principal
from switchboard.wire import dumps, loads

LIFE = 60.0
LONGEST = 4_000
_PURPOSE = b"switchboard ticket 1\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a ticket says. ``expires_at`` is in seconds since the epoch."""

    principal: Principal
    tenant: str
    expires_at: float


def issue(secret: bytes, principal: Principal, *, tenant: str, now: float, life: float = LIFE) -> str:
    """A ticket for somebody whom the caller knows."""
    said = dumps(Ticket(principal=principal, tenant=tenant, expires_at=now + life)).encode()
    return f"{_text(said)}.{_text(_signature(secret, said))}"


def check(secret: bytes, ticket: str, *, tenant: str, now: float) -> Principal | None:
    """Whom a ticket stands for; ``None`` if it is not ours, for another tenant, or too old."""
    if len(ticket) > LONGEST or not ticket.isascii():
        return None
    body, _, signature = ticket.partition(".")
    try:
        said, signed = _bytes(body), _bytes(signature)
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(signed, _signature(secret, said)):
        return None
    try:
        read = loads(Ticket, said.decode())
    except BadInput:
        return None
    return read.principal if read.tenant == tenant and now < read.expires_at else None


def _signature(secret: bytes, said: bytes) -> bytes:
    return hmac.new(secret, _PURPOSE + said, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
