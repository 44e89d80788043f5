"""What a summariser is: a document in, sentences with their pages out, under the titles they belong to."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from switchboard.tools import Cancelled
from tools.reading.backend import Document

Length = Literal["short", "medium", "long"]
SummaryMethod = Literal["extractive", "written"]

Progress: TypeAlias = Callable[[int, int, str], Awaitable[None]]
"""Told what is done, of how much, and in words what is being done; awaited at least every two seconds."""

Save: TypeAlias = Callable[[str], Awaitable[None]]
"""Keeps a checkpoint, which is JSON text; a later one replaces an earlier one."""

_SENTENCES: dict[Length, tuple[float, float]] = {"short": (2, 0.5), "medium": (4, 1.5), "long": (7, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a summary.

    Attributes:
        pages: Where it stands or what it was written from, from 1 and ascending; none where the document has no pages.
    """

    text: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Sentences under a title of the document; a short document has one section without a title."""

    sentences: tuple[Sentence, ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a document says, in short.

    Attributes:
        method: ``extractive``: every sentence stands in the document. ``written``: a model phrased them.
        doubts: Numbers in the sentences that don't stand in the document, as people read them.
        missing: What was not covered, in words for people ("pages 7-9").
        language: Of the sentences, an ISO 639-1 code; empty where it is not known.
        input_tokens: What a model was given for it, as its provider counts; earlier attempts count as well.
        output_tokens: Likewise, what it wrote.
        lost_tokens: About how many it was given in calls whose answers were lost, as a process died meanwhile.
    """

    sections: tuple[Section, ...]
    method: SummaryMethod
    doubts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    language: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    lost_tokens: int = 0

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences, in reading order."""
        return tuple(sentence for section in self.sections for sentence in section.sentences)


def sentence_count(pages: int, length: Length) -> int:
    """How many sentences a length means for a document of so many pages: 4 for one and 16 for 300 at medium length."""
    least, growth = _SENTENCES[length]
    return round(least + growth * math.log2(max(pages, 1)))


async def silent(done: int, total: int, text: str) -> None:
    """Progress that nobody wants to hear."""


async def unkept(checkpoint: str) -> None:
    """A checkpoint that nobody will go on from."""


class Summarizer(Protocol):
    """Makes a summary of a document that was read."""

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
        """Summarise; what takes long on the CPU is done in a thread.

        Args:
            focus: What the reader is interested in; empty for everything alike.
            language: That of the summary, an ISO 639-1 code; empty for the document's. One that only quotes can't
                translate: it quotes in the document's language, which `Summary.language` names.
            saved: What ``save`` was last given by an earlier attempt at the same document with the same arguments.
            cancelled: Looked at between steps.

        Raises:
            BadInput: There is nothing to summarise in the document, and why.
            asyncio.CancelledError: ``cancelled`` was set.
        """
        ...
