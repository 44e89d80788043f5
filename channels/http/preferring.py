"""How a caller wants to wait: the header ``Prefer`` (RFC 7240), as far as it is heard here. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WAIT = re.compile(r"wait\s*=\s*\"?(\d{1,9})\"?", re.IGNORECASE)
_ASYNC = re.compile(r"respond-async", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """How long the caller waits for the answer, in seconds; 0 for not at all. ``applied`` repeats what was heard."""

    wait: float
    applied: str = ""


def preference(headers: Iterable[str], *, longest: float, unasked: float | None = None) -> Preference:
    """What the headers ask for, within what is allowed; what is not understood is passed over, as the RFC has it.

    Args:
        unasked: How long whoever asks for nothing waits; ``None`` for the longest.
    """
    wait, asked, at_once = longest if unasked is None else unasked, "", False
    for token in (part.partition(";")[0].strip() for header in headers for part in header.split(",")):
        if _ASYNC.fullmatch(token):
            at_once = True
        elif not asked and (match := _WAIT.fullmatch(token)):
            wait, asked = min(longest, float(match[1])), f"wait={match[1]}"
    if at_once:
        return Preference(wait=0.0, applied="respond-async")
    return Preference(wait=wait, applied=asked)
