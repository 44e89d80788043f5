"""The embedded summariser: it quotes a document's most telling sentences, in reading order, each with its pages."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from switchboard.errors import BadInput
from switchboard.tools import Cancelled
from tools.encoding import Encoder, static_encoder
from tools.reading.backend import Document
from tools.summaries.backend import (
    Length,
    Progress,
    Save,
    Section,
    Sentence,
    Summary,
    sentence_count,
    silent,
    unkept,
)
from tools.summaries.choosing import CROWDED, choose, main_level, parts, pool
from tools.summaries.facts import facts
from tools.summaries.phrases import Phrases, phrases
from tools.summaries.salience import Weights, packaged_weights, salience
from tools.summaries.sentences import Outline, outline
from tools.summaries.trimming import trimmed, without_lead_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORT_DOCUMENT = 12
"""A summary of fewer sentences is not parted into sections."""

MOST_OF_IT = 0.34
"""A summary holds at most so much of the sentences that it chooses from, and at least one of them."""

AT_LEAST = 4
"""It may hold half of them, up to so many."""

TRIMS_FROM = 0.5
"""From this degree on a document speaks of results, and sentences lose what hangs on at their end."""

FOCUS = 1.5
"""Standard deviations that a sentence gains for each one by which it is nearer to the focus than the others."""


FEW = 3
"""With fewer sentences than these, what its tables say is added."""

PAGE = 3_000
"""Characters of a usual page."""


STEPS = 2
PULSE = 1.0
"""Seconds after which progress is told again."""

T = TypeVar("T")


class ExtractiveSummarizer:
    """Needs no model but the packaged encoder; a few seconds for hundreds of pages."""

    def __init__(self, encoder: Encoder | None = None, weights: Weights | None = None) -> None:
        self._encoder = encoder or static_encoder()
        self._weights = weights or packaged_weights()

    async def summarize(
        self,
        document: Document,
        *,
        focus: str = "",
        length: Length = "medium",
        language: str = "",
        progress: Progress = silent,
        saved: str = "",
        save: Save = unkept,
        cancelled: Cancelled | None = None,
    ) -> Summary:
        """See `Summarizer.summarize`. It keeps no checkpoints, as it is done within seconds."""
        step = partial(_aside, progress, cancelled)
        read = await step(partial(outline, document), 0, "Reading the sentences")
        count = sentence_count(pages(document), length)
        summary = await step(partial(self.choose, document, read, count, focus), 1, "Choosing the key sentences")
        await progress(STEPS, STEPS, "")
        return summary

    def choose(self, document: Document, read: Outline, count: int, focus: str = "") -> Summary:
        """The summary of a document that was cut into sentences; blocking.

        Raises:
            BadInput: There is nothing in it that could be quoted.
        """
        fitting = sum(candidate.fits for candidate in read.candidates)
        most = max(round(MOST_OF_IT * fitting), min(fitting // 2, AT_LEAST), 1)
        sections = self._sections(read, min(count, most), focus) if fitting else ()
        if fitting < FEW:
            rows = facts(document, count)
            sections = (Section(sentences=rows), *sections) if rows else sections
        if not sections:
            raise BadInput(f"There is no text in {document.name} that could be summarised.")
        return Summary(sections=sections, method="extractive", language=read.language)

    def _sections(self, read: Outline, count: int, focus: str) -> tuple[Section, ...]:
        known_of = salience(read, self._encoder, self._weights)
        scores = known_of.scores
        if focus:
            scores = scores + FOCUS * self._nearness(read, known_of.vectors, focus)
        of_parts = parts(read)
        offered = pool(read, scores, known_of.vectors, of_parts)
        chosen = choose(read, offered, count, crowded=CROWDED * (1 - known_of.degree))
        known = phrases(read.language)
        shown = {place: _shown(read, place, chosen, known, trims=known_of.degree >= TRIMS_FROM) for place in chosen}
        if len(chosen) < SHORT_DOCUMENT or not main_level(read):
            return (Section(sentences=tuple(shown.values())),)
        return tuple(
            Section(
                title=read.headings[part - 1].text if part else "", sentences=tuple(shown[place] for place in places)
            )
            for part, places in groupby(chosen, key=of_parts.__getitem__)
        )

    def _nearness(self, read: Outline, vectors: "NDArray[np.float32]", focus: str) -> "NDArray[np.float32]":
        """How near each sentence, or its heading, is to what the reader wants to know, in standard deviations."""
        import numpy as np

        wanted = self._encoder.encode([focus, *(heading.text for heading in read.headings)])
        headings = np.concatenate([[0.0], wanted[1:] @ wanted[0]])
        near = np.maximum(vectors @ wanted[0], headings[[candidate.section for candidate in read.candidates]])
        standard: NDArray[np.float32] = (near - near.mean()) / max(float(near.std()), 1e-6)
        return standard


async def _aside(progress: Progress, cancelled: Cancelled | None, work: Callable[[], T], done: int, text: str) -> T:
    """Work in a thread; meanwhile say so again and again, and listen for a stop, after which its result is dropped."""
    working = asyncio.create_task(asyncio.to_thread(work))
    while True:
        if cancelled is not None and cancelled.is_set():
            raise asyncio.CancelledError
        await progress(done, STEPS, text)
        finished, _ = await asyncio.wait({working}, timeout=PULSE)
        if finished:
            return working.result()


def pages(document: Document) -> int:
    """How long a document is, in pages; where it has none, in pages of usual size."""
    return len(document.pages) if document.paged else -(-len(document.text) // PAGE)


def _shown(read: Outline, place: int, chosen: Sequence[int], known: Phrases, *, trims: bool) -> Sentence:
    """A sentence as it is quoted. Beside the one before it, it keeps the word that joins them."""
    candidate = read.candidates[place]
    text = candidate.text
    if place - 1 not in chosen:
        text = trimmed(text, known) if trims else without_lead_in(text, known)
    return Sentence(text=text, pages=candidate.pages)
