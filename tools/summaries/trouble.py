"""What went wrong with a call of a chat model, told from whatever its provider's library raises. Pure.

Each library has errors of its own, and none may be imported here. They agree on an HTTP status, on headers, and more or
less on what they call their classes; Amazon's has a code in place of a class.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

Kind = Literal["throttled", "passing", "empty", "denied", "refused", "too_long", "failed"]

_THROTTLED = re.compile(r"throttl|ratelimit|rate_limit|toomanyrequests|servicequota|slowdown", re.IGNORECASE)
_PASSING = re.compile(
    r"timeout|timedout|unavailable|overloaded|internalserver|connect|modelnotready|modelstreamerror|remoteprotocol",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"accessdenied|authentication|permission|unauthorized|unrecognizedclient|expiredtoken|nocredentials"
)
_REFUSED = re.compile(r"modelrefusal|contentfilter|contentpolicy", re.IGNORECASE)
_TOO_LONG = re.compile(r"context.{0,12}length|too long|too many (?:input )?tokens|maximum.{0,20}tokens", re.IGNORECASE)
_LONGEST = 600.0
"""Seconds: nobody is asked to wait longer than that by a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A failed call.

    Attributes:
        kind: ``throttled`` and ``passing`` are worth another try, and ``empty``, an answer without a word, one;
            ``denied`` fails for every call alike; ``refused`` (the model declined), ``too_long`` and ``failed`` are
            about this one.
        retry_after: Seconds that the provider asks to wait, if it says so.
    """

    kind: Kind
    retry_after: float | None = None

    @property
    def may_pass(self) -> bool:
        """Whether the same call may work later."""
        return self.kind in ("throttled", "passing")


def trouble(error: BaseException, *, now: datetime | None = None) -> Trouble:
    """What an exception means."""
    status, name = _status(error), _name(error)
    if status == 429 or _THROTTLED.search(name):
        return Trouble(kind="throttled", retry_after=_retry_after(error, now or datetime.now(UTC)))
    if status in (408, 409, 425) or status >= 500 or isinstance(error, OSError) or _PASSING.search(name):
        return Trouble(kind="passing", retry_after=_retry_after(error, now or datetime.now(UTC)))
    if _REFUSED.search(name):
        return Trouble(kind="refused")
    if status in (401, 403, 404) or _DENIED.search(name.lower()):
        return Trouble(kind="denied")
    return Trouble(kind="too_long" if status == 413 or _TOO_LONG.search(str(error)[:2_000]) else "failed")


def _name(error: BaseException) -> str:
    code = _answer(error).get("Error", {}).get("Code", "")
    return f"{code} {' '.join(kind.__name__ for kind in type(error).__mro__[:-3])}"


def _status(error: BaseException) -> int:
    found = [
        getattr(error, "status_code", None),
        getattr(getattr(error, "response", None), "status_code", None),
        _answer(error).get("ResponseMetadata", {}).get("HTTPStatusCode"),
    ]
    return next((status for status in found if isinstance(status, int)), 0)


def _answer(error: BaseException) -> Mapping[str, Any]:
    """What Amazon's library keeps of an answer; nothing for any other."""
    answer = getattr(error, "response", None)
    return answer if isinstance(answer, Mapping) else {}


def _retry_after(error: BaseException, now: datetime) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        headers = _answer(error).get("ResponseMetadata", {}).get("HTTPHeaders", {})
    value = str(headers.get("retry-after") or "").strip() if isinstance(headers, Mapping) else ""
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value, now)
    return min(seconds, _LONGEST) if seconds >= 0 else None


def _until(value: str, now: datetime) -> float:
    """Seconds until an HTTP date; less than none where it is none."""
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return -1.0
