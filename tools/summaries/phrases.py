"""What sentences say of themselves, and what can be left out of them: parts of regular expressions, by language."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_FALLBACK = "en"
_LANGUAGES = frozenset(path.stem for path in (_DATA / "phrases").glob("*.toml"))
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The expressions of one language; case does not matter.

    Attributes:
        boilerplate: A sentence with one of these has no content of its own.
        leaning: A beginning that points at the sentence before.
        starts: A word that begins a sentence, whatever stands before it.
        stop_and_start: Where such a word follows a stop.
        opens: That a sentence says what the document is, between whom or on what.
        refers: That a sentence needs another place of the document to be understood.
        main_title: A title under which a document says it all in short, or what follows from it.
        telling_title: A title under which the main points stand.
        minor_title: A title under which there is little that a summary needs.
        lasting_title: A title of either kind that holds for all below it, up to the next chapter.
        lead_in: A beginning that can be left out.
        occasion: A clause at the beginning that tells why, or beside what.
        tail: Behind a comma, the beginning of a clause that only explains.
        open_tail: The same without a comma.
        decides: That somebody must, may, agreed, decided or found.
        outlook: What will be.
        compares: What has changed.
        common: Words that say nothing of the subject.
    """

    boilerplate: re.Pattern[str]
    leaning: re.Pattern[str]
    starts: re.Pattern[str]
    stop_and_start: re.Pattern[str]
    opens: re.Pattern[str]
    refers: re.Pattern[str]
    main_title: re.Pattern[str]
    telling_title: re.Pattern[str]
    minor_title: re.Pattern[str]
    lasting_title: re.Pattern[str]
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
    code = language if language in _LANGUAGES else _FALLBACK
    found = tomllib.loads((_DATA / "phrases" / f"{code}.toml").read_text("utf-8"))
    found |= tomllib.loads((_DATA / "places" / f"{code}.toml").read_text("utf-8"))
    trims = _DATA / "trims" / f"{code}.toml"
    found |= tomllib.loads(trims.read_text("utf-8")) if trims.is_file() else {}
    starts = _any_of(found["starts"].split())
    lead_ins = [f"(?:{_any_of(found['lead_in'])}),"] if "lead_in" in found else []
    lead_ins += found.get("announcement", [])
    return Phrases(
        boilerplate=_compiled(rf"(?<!\w)(?:{_any_of(found['boilerplate'])})"),
        leaning=_compiled(rf"[\"“„«(\[]*(?:{_any_of(found['leaning'])})(?!\w)"),
        starts=re.compile(rf"(?:{starts})\b"),
        stop_and_start=re.compile(rf"(?<=[^\W_][.])\s+(?=(?:\(\d{{1,2}}\)\s+)?(?:{starts})\s)"),
        opens=_words(found["opens"]),
        refers=_words(found["refers"]),
        main_title=_compiled(_any_of(found["main_title"])),
        telling_title=_compiled(_any_of(found["telling_title"])),
        minor_title=_compiled(_any_of(found["minor_title"])),
        lasting_title=_compiled(_any_of(found["lasting_title"])) if "lasting_title" in found else _NEVER,
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
