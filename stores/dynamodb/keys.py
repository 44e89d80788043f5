"""How names and numbers become keys: pure, exact, and within DynamoDB's lengths."""

import hashlib
import struct
from urllib.parse import quote

from switchboard.identity import Conversation, MessageId

LONGEST = 900
"""Bytes of a name in a key, of the 1,024 that a sort key may have; a longer name is replaced by its digest."""
INBOX = "inbox"
MEMORY = "memory"
JOB = "job"
QUOTA = "quota"
CONNECTION = "connection"
ALL_JOBS = "jobs"
DUE_JOBS = "due"
_DIGITS = 20
_LAST = "~"
"""Sorts after every digit."""


def bounded(name: str) -> str:
    """A name as part of a key. No two names share one: an escaped name never begins with ``#``."""
    return _short(quote(name, safe="", errors="surrogatepass"))


def conversation(place: Conversation) -> str:
    """A conversation's partition."""
    return f"c/{_short(place.key)}"


def outbox(tenant: str, channel: str) -> str:
    """The list of the conversations of a channel that hold replies to be sent."""
    names = f"{quote(tenant, safe='', errors='surrogatepass')}/{quote(channel, safe='', errors='surrogatepass')}"
    return f"outbox/{_short(names)}"


def person(tenant: str, principal: str) -> str:
    """The partition that names the conversations of a person."""
    names = f"{quote(tenant, safe='', errors='surrogatepass')}/{quote(principal, safe='', errors='surrogatepass')}"
    return f"p/{_short(names)}"


def job(job_id: str) -> str:
    """A job's partition."""
    return f"j/{bounded(job_id)}"


def quota(key: str, most: int, share: int) -> str:
    """The partition of a share of the places of a quota, whose own key is escaped already."""
    return f"q/{_short(key)}/{most}/{share}"


def connection(connection_id: str) -> str:
    """The partition of a connection and of the parts of frames that came through it."""
    return f"w/{bounded(connection_id)}"


def audience(place: Conversation) -> str:
    """The partition that lists the connections that show a conversation."""
    return f"a/{_short(place.key)}"


def chunks(frame: str) -> str:
    """The sort key of the parts of a frame."""
    return f"chunks/{bounded(frame)}"


def turn(message_id: MessageId) -> str:
    """The sort key of a turn."""
    return f"turn/{bounded(message_id)}"


def part(sort_key: str, number: int) -> str:
    """The sort key of what did not fit the item with ``sort_key``."""
    return f"{sort_key}/part/{number:04}"


def events(message_id: MessageId, last: int, order: str) -> str:
    """The sort key of a bundle of events, ``last`` being its highest number."""
    return f"events/{bounded(message_id)}/{max(0, last):0{_DIGITS}}/{order}"


def events_after(message_id: MessageId, number: int) -> tuple[str, str]:
    """The range of sort keys of the bundles that hold events above ``number``, and of the mark of what is forgotten."""
    first = min(max(0, number + 1), 10**_DIGITS - 1)
    return f"events/{bounded(message_id)}/{first:0{_DIGITS}}", forgotten(message_id)


def forgotten(message_id: MessageId) -> str:
    """The sort key of the mark up to which a message's events are forgotten."""
    return f"events/{bounded(message_id)}/{_LAST}"


def order(fence: int, nanoseconds: int) -> str:
    """When events were written: a later lease comes later, whatever the clocks of the two workers say."""
    return f"{max(0, fence):0{_DIGITS}}-{nanoseconds:0{_DIGITS}}"


def rank(number: float, name: str, *, newest_first: bool = False) -> str:
    """A sort key that orders as the numbers do, and by name where they are the same. The name is plain ASCII."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))  # adding zero makes one of the two zeros
    bits = ~bits if bits >> 63 else bits | 1 << 63
    if newest_first:
        bits = ~bits
    return f"{bits & 2**64 - 1:016x}/{_short(name)}"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else "#" + hashlib.sha256(name.encode()).hexdigest()
