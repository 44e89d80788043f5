"""What stands on pages and is not their text: running heads and feet, page numbers, tables of contents. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from tools.reading.backend import Block, Document, Page

_EDGE = 3
"""So many blocks at the top and the bottom of a page may be running heads and feet."""

_LONGEST = 200
_FEWEST_PAGES = 3
_SHARE = 0.2
"""What ends like a sentence is a running head if it stands on so many of the pages; anything else on three."""

_PAGE_NUMBER = re.compile(
    r"[\s\-–—|·]*(?:page|seite|página|p\.|s\.|pg\.?)?\s*(?:\d{1,4}|[ivxlc]{1,6}|[A-Z]-\d{1,3})"
    r"(?:\s*(?:of|/|von|de|sur)\s*\d{1,4})?[\s\-–—|·]*",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\S{0,6}\s*$|…{2,}\s*\S{0,6}\s*$")
_MAIL_HEADER = re.compile(
    r"(?:from|to|cc|bcc|date|sent|subject|von|an|gesendet|datum|betreff|à|de|objet|para|asunto|fecha|attachments?|anlagen?):",
    re.IGNORECASE,
)
_QUOTED = re.compile(r">(?:\s|>|$)")
"""What an e-mail answers to."""

_STOPS = tuple(".!?。！？")
_DIGITS = re.compile(r"\d+")


def body(document: Document) -> Iterator[tuple[int, Block]]:
    """The blocks of a document in order, each with its page's number, without what repeats from page to page."""
    repeated = _repeated(document.pages)
    for page in document.pages:
        for place, block in enumerate(page.blocks):
            edge = place < _EDGE or place >= len(page.blocks) - _EDGE
            if not _PAGE_NUMBER.fullmatch(block.text) and not (edge and _pattern(block) in repeated):
                yield page.number, block


def is_furniture(line: str) -> bool:
    """Whether a line leads to a page, is a page's number, or belongs to the head of a letter or to an earlier one."""
    return bool(
        _QUOTED.match(line) or _LEADERS.search(line) or _PAGE_NUMBER.fullmatch(line) or _MAIL_HEADER.match(line)
    )


def _repeated(pages: Sequence[Page]) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for page in pages:
        edges = {*page.blocks[:_EDGE], *page.blocks[-_EDGE:]}
        counts.update({_pattern(block) for block in edges if block.kind != "table" and len(block.text) <= _LONGEST})
    many = max(_FEWEST_PAGES, _SHARE * len(pages))
    least = min(_FEWEST_PAGES, max(len(pages), 2))
    return frozenset(text for text, count in counts.items() if count >= (many if text.endswith(_STOPS) else least))


def _pattern(block: Block) -> str:
    return _DIGITS.sub("#", block.text.casefold())
