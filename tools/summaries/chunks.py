"""A document in parts that a chat model can be given at once, each page marked. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.reading.backend import Document, Page

_LOOK_ALIKE = re.compile(r"\[(?=\s*pp?\.)", re.IGNORECASE)
_MARKER = re.compile(r"\[p\. (\d+)\]")
SHORTEST = 100
"""Tokens of the shortest half of a part that is too long for a model."""

_CUT = re.compile(r"(?<=[.!?])\s+|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of a document.

    Attributes:
        number: From 0.
        pages: Those that it has something of, ascending; none where the document has no pages.
        text: Each page's text after a marker of its own, which nothing in the text can be taken for.
    """

    number: int
    pages: tuple[int, ...]
    text: str


def tokens(text: str) -> int:
    """About how many tokens a text is: four bytes each, which holds for European languages and is much for others."""
    return (len(text.encode("utf-8", "replace")) + 3) // 4


def chunks(document: Document, *, most_tokens: int) -> list[Chunk]:
    """The document's text in order, in parts of at most so many tokens each, cut between blocks where possible.

    Pages without text are in no part.
    """
    found: list[Chunk] = []
    lines: list[str] = []
    pages: list[int] = []
    used = 0

    def close() -> None:
        nonlocal used
        if lines:
            found.append(
                Chunk(number=len(found), pages=tuple(pages) if document.paged else (), text="\n\n".join(lines))
            )
        lines.clear()
        pages.clear()
        used = 0

    for page in document.pages:
        for piece in _pieces(page, most_tokens):
            if used + tokens(piece) > most_tokens:
                close()
            if not pages or pages[-1] != page.number:
                pages.append(page.number)
                lines.extend([marker([page.number])] if document.paged else [])
            lines.append(piece)
            used += tokens(piece)
    close()
    return found


def halved(chunk: Chunk) -> tuple[Chunk, Chunk] | None:
    """A part as two, cut between blocks as near to its middle as can be, each page marked; ``None`` if it is short."""
    pieces = [cut for block in chunk.text.split("\n\n") for cut in _cut(block, max(tokens(chunk.text) // 4, SHORTEST))]
    if tokens(chunk.text) < 2 * SHORTEST or len(pieces) < 2:
        return None
    half, used, place = tokens(chunk.text) // 2, 0, 0
    while place < len(pieces) - 1 and used < half:
        used += tokens(pieces[place])
        place += 1
    if place > 1 and _MARKER.fullmatch(pieces[place - 1]):
        place -= 1
    page = next((piece for piece in reversed(pieces[:place]) if _MARKER.fullmatch(piece)), "")
    rest = pieces[place:] if not page or _MARKER.fullmatch(pieces[place]) else [page, *pieces[place:]]
    return _of(chunk, pieces[:place]), _of(chunk, rest)


def _of(chunk: Chunk, pieces: Sequence[str]) -> Chunk:
    pages = [int(match[1]) for piece in pieces if (match := _MARKER.fullmatch(piece))]
    return Chunk(number=chunk.number, pages=tuple(pages), text="\n\n".join(pieces))


def marker(pages: Sequence[int]) -> str:
    """How pages are written, for the model as by the model."""
    return f"[p. {', '.join(map(str, pages))}]"


def _pieces(page: Page, most: int) -> Iterator[str]:
    """The page's blocks; one that is too long by itself in parts, cut behind sentences or lines, or else anywhere."""
    for block in page.blocks:
        yield from _cut(_LOOK_ALIKE.sub("(", block.text.strip()), most)


def _cut(text: str, most: int) -> Iterator[str]:
    """A text in pieces of at most so many tokens."""
    while tokens(text) > most:
        head = _head(text, most)
        yield head.strip()
        text = text[len(head) :].strip()
    if text:
        yield text


def _head(text: str, most: int) -> str:
    """As much of the beginning as fits."""
    end = len(text.encode("utf-8", "replace")[: 4 * most].decode("utf-8", "ignore"))
    cuts = [cut.end() for cut in _CUT.finditer(text, end // 2, end)]
    return text[: cuts[-1] if cuts else max(1, end)]
