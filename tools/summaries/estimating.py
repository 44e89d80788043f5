"""What a written summary will take, before a chat model is asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.reading.backend import Document
from tools.summaries.chunks import Chunk, tokens

NOTES_TOKENS, PROMPT_TOKENS, SENTENCE_TOKENS = 500, 400, 45
"""What is expected of notes on a part, of a prompt without its material, and of a sentence."""
PAGE_TOKENS = 500
"""What counts as a page where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a summary will take, about."""

    calls: int
    input_tokens: int
    output_tokens: int

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens


def estimate(parts: Sequence[Chunk], most: int, *, budget: int) -> Estimate:
    """What it takes to write so many sentences on a document's parts."""
    given = sum(tokens(part.text) for part in parts)
    written = SENTENCE_TOKENS * most
    if len(parts) < 2:
        return Estimate(calls=len(parts), input_tokens=given + PROMPT_TOKENS, output_tokens=written)
    notes = NOTES_TOKENS * len(parts)
    merges = -(-notes // budget) if notes > budget else 0
    merging = notes * 2 if merges else notes
    calls = len(parts) + merges + 1
    return Estimate(calls=calls, input_tokens=given + merging + PROMPT_TOKENS * calls, output_tokens=merging + written)


def pages(document: Document, parts: Sequence[Chunk]) -> int:
    """How many pages the document has, or would have."""
    if document.paged:
        return len(document.pages)
    return max(1, sum(tokens(part.text) for part in parts) // PAGE_TOKENS)
