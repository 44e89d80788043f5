"""Whether a request is Slack's: its signature, checked before anything in it is read.

Slack signs ``v0:<timestamp>:<body>`` with HMAC-SHA256 (docs.slack.dev, "Verifying requests from Slack").
"""

import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE = 300
"""Seconds by which a request may be old, or ahead of this clock."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> bool:
    """Whether the body is signed, recently, with the secret; never where there is no secret.

    Args:
        headers: By name in lower case.
        now: Seconds since the epoch.
    """
    timestamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now - int(timestamp)) > TOLERANCE:
        return False
    return hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode("utf-8", "replace"))
