"""What a document calls itself: the title, the kind and the date or period that stand at its head. Pure."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from tools.reading.backend import Document
from tools.summaries.number_words import MONTHS

LINES, LONGEST, MOST_WORDS = 16, 110, 14
"""So many lines are looked at, of at most so many characters and words."""
FEWEST_WORDS = 4
"""Of a line that is a title for want of a better one: shorter ones may be a sender or an address."""

_KIND = re.compile(
    r"(?<![^\W_])(?:agreement|contract|lease|deed|report|minutes|policy|handbook|manual|memo(?:randum)?|proposal|invoice"
    r"|quot(?:e|ation)|press release|newsletter|plan|audit|study|terms|checklist|agenda|transcript|offer|guide|review"
    r"|form (?:10-[kq]|8-k|20-f)|\w*(?:vertrag|vereinbarung|bericht|protokoll|richtlinie|rechnung|angebot|mitteilung)"
    r"|\w*(?:handbuch|anleitung|ordnung|gutachten)|contrat|accord|rapport|compte rendu|procès-verbal|facture|devis"
    r"|communiqué|contrato|acuerdo|informe|acta|factura|presupuesto|política|convenio)(?![^\W_])",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DATE = re.compile(
    rf"\b(?:{'|'.join(MONTHS)})\b|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\b20\d\d-\d\d-\d\d\b", re.IGNORECASE
)
_PERIOD = re.compile(
    r"\bfor the (?:fiscal |quarterly |annual |transition )*(?:year|quarter|period|(?:three|six|nine|twelve) months)"
    r" ended [A-Z][a-z]+ \d{1,2}, \d{4}",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"\.(?:html?|docx?|pdf|txt|indd|xlsx?|pptx?)\b|^(?:untitled"
    r"|microsoft|exhibit|ex-|execution|confidential$|united states"
    r"|.*securities and exchange|.*file number|\(mark one|draft|page )|^\W*$|[_|]|^[\da-f-]{16,}$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:no|nr|number|num|id)\b", re.IGNORECASE)
_PLACE = re.compile(r"^\w+, (?:den |the |le )?\d{1,2}\.? \w+ \d{4}$|\b[A-Z]{0,2}-?\d{5}\b")
"""Whence and when a letter was written, or an address: no title."""

_FILED = re.compile(r"^EX-.*?\.html?\s+(?:exhibit \S+\s+)*", re.IGNORECASE)
"""What an archive of filings puts before a title."""

_DAY = re.compile(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4}")
_REPLY = re.compile(r"(?:(?:re|fw|fwd|aw|wg|tr)\s*:\s*)+", re.IGNORECASE)
_SENTENCE = re.compile(r"[a-zß-ÿ\d)\"”][.;,]$|:$|(?:\S+ ){5}.*[.!?]$|\S@\S")


def subject(document: Document, *, known: str = "") -> str:
    """One line of the document's own words, parted by `` · ``; empty if it has none, or none but what is known.

    Args:
        known: Under which name the document is shown already.
    """
    head = list(_head(document))
    title = _FILED.sub("", _REPLY.sub("", document.title)).strip()
    if _JUNK.search(title) or _plain(title) == _plain(PurePath(document.name).stem):
        title = ""
    parts = [title] if title else []
    if not _KIND.search(title):
        parts += _kind(head, alone=not title)
    if not parts:
        titles = [*_headings(document), *(line for line in head if len(line.split()) >= FEWEST_WORDS)]
        parts = [line for line in titles if not _JUNK.search(line) and not _PLACE.search(line)][:1]
    if parts and not any(map(_YEAR.search, parts)):
        parts += _when(document, head)
    return "" if {_plain(part) for part in parts} <= {_plain(known)} else " · ".join(_distinct(parts))


def _head(document: Document) -> Iterator[str]:
    """The lines above the first sentence of the first page."""
    lines = (
        " ".join(line.split())
        for page in document.pages[:1]
        for block in page.blocks
        for line in block.text.split("\n")
    )
    for _, line in zip(range(LINES), lines, strict=False):
        if len(line) > LONGEST and _SENTENCE.search(line):
            return
        if 0 < len(line) <= LONGEST and not _SENTENCE.search(line) and " | " not in line:
            yield line


def _kind(head: Sequence[str], *, alone: bool) -> list[str]:
    """The line that says what sort of document it is; where that is short and all there is, with the one above it."""
    found = [line for line in _first(head, _KIND) if not _NUMBERED.search(line)][:1]
    if not found or not alone or len(found[0].split()) > FEWEST_WORDS:
        return found
    above = [
        line
        for line in head[: next(place for place, line in enumerate(head) if line.startswith(found[0]))]
        if not _JUNK.search(line) and not _PLACE.search(line) and len(line.split()) > 2
    ]
    return [*above[-1:], *found]


def _headings(document: Document) -> Iterator[str]:
    return (
        " ".join(block.text.split())
        for page in document.pages[:1]
        for block in page.blocks
        if block.kind == "heading" and len(block.text) <= LONGEST
    )


def _first(head: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    return [
        line.rstrip(" ,;–-")
        for line in head
        if pattern.search(line) and len(line.split()) <= MOST_WORDS and not _JUNK.search(line)
    ]


def _when(document: Document, head: Sequence[str]) -> list[str]:
    """The date or the period that stands at the head; an e-mail's is among its fields."""
    if "subject" in document.metadata and (sent := _DAY.match(document.metadata.get("date", ""))):
        return [sent[0]]
    text = " ".join(block.text for page in document.pages[:1] for block in page.blocks)
    if period := _PERIOD.search(" ".join(text.split())):
        return [period[0]]
    return [line for line in _first(head, _YEAR) if _DATE.search(line)][:1]


def _distinct(parts: Sequence[str]) -> list[str]:
    """Each once; none that stands in another one."""
    return [
        part
        for place, part in enumerate(parts)
        if not any(
            _plain(part) in _plain(other)
            for at, other in enumerate(parts)
            if at != place and (at < place or part != other)
        )
    ]


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
