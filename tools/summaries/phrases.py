"""What sentences say of themselves, by language: loaded from ``data/phrases.toml`` and compiled once."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "phrases.toml"
_FALLBACK = "en"
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The expressions of one language; the file says what each stands for."""

    boilerplate: re.Pattern[str]
    leaning: re.Pattern[str]
    lead_in: re.Pattern[str]
    occasion: re.Pattern[str]
    tail: re.Pattern[str]
    open_tail: re.Pattern[str]
    decides: re.Pattern[str]
    outlook: re.Pattern[str]
    compares: re.Pattern[str]
    common: frozenset[str]


@cache
def phrases(language: str) -> Phrases:
    """The expressions of a language, an ISO 639-1 code; those of English where there are none."""
    every = tomllib.loads(_FILE.read_text("utf-8"))
    found = every.get(language, every[_FALLBACK])
    lead_ins = [f"(?:{_any_of(found['lead_in'])}),"] if found["lead_in"] else []
    lead_ins += found.get("announcement", [])
    return Phrases(
        boilerplate=_compiled(rf"(?<!\w)(?:{_any_of(found['boilerplate'])})"),
        leaning=_compiled(rf"[\"“„«(\[]*(?:{_any_of(found['leaning'])})(?!\w)"),
        lead_in=_compiled(rf"(?:(?:{_any_of(lead_ins)})\s*)+") if lead_ins else _NEVER,
        occasion=_compiled(_any_of(found["occasion"])) if "occasion" in found else _NEVER,
        tail=_compiled(rf"[,;]\s+(?:{_any_of(found['tail'])})(?!\w)") if "tail" in found else _NEVER,
        open_tail=_compiled(rf"\s(?:{_any_of(found['open_tail'])})(?!\w)") if "open_tail" in found else _NEVER,
        decides=_words(found["decides"]),
        outlook=_words(found["outlook"]),
        compares=_words(found["compares"]),
        common=frozenset(found["common"].split()),
    )


def _words(parts: Sequence[str]) -> re.Pattern[str]:
    return _compiled(rf"(?<!\w)(?:{_any_of(parts)})(?!\w)")


def _any_of(parts: Sequence[str]) -> str:
    return "|".join(parts)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
