"""Summaries written by a chat model: notes on each part of the document, put together, each sentence with its pages."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from prompts import load
from switchboard import BadInput
from switchboard.tools import Cancelled
from tools.reading.backend import Document
from tools.summaries import texts
from tools.summaries.asking import Answer, Asking, failure
from tools.summaries.backend import Length, Progress, Save, Section, Sentence, Summary, sentence_count, silent, unkept
from tools.summaries.chunks import Chunk, chunks, halved, tokens
from tools.summaries.doubts import doubts
from tools.summaries.estimating import Estimate, estimate, pages
from tools.summaries.keeping import Kept
from tools.summaries.notes import as_notes, pages_of, sections
from tools.summaries.trouble import Trouble
from tools.together import tasks

T = TypeVar("T")
_Noted: TypeAlias = tuple[Chunk, Answer | Trouble]

NOTES, MERGED = 10, 15
"""Most notes on a part, and of several parts put together."""
LEVELS = 8
"""Notes are put together so often at most: each time there are half as many at least."""


class WrittenSummarizer:
    """Implements `Summarizer` with a chat model.

    What the model answered is kept at once, and never asked for again. A part that it can't be got to take notes on is
    left out and named; what is there is put together all the same.

    Args:
        asking: The model.
        chunk_tokens: How much of the document it is given at once.
    """

    def __init__(self, asking: Asking, *, chunk_tokens: int) -> None:
        self._asking = asking
        self._chunk_tokens = chunk_tokens

    def estimate(self, document: Document, *, length: Length = "medium") -> Estimate:
        """What a summary of a document will take, before anything is asked."""
        parts = chunks(document, most_tokens=self._chunk_tokens)
        return estimate(parts, sentence_count(pages(document, parts), length), budget=self._chunk_tokens)

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
        """See `Summarizer`.

        Raises:
            BackendError: The model answered nothing at all.
        """
        parts = await asyncio.to_thread(chunks, document, most_tokens=self._chunk_tokens)
        if not parts:
            raise BadInput(texts.NO_TEXT)
        work = _Work(
            asking=self._asking,
            document=document,
            parts=parts,
            focus=focus,
            language=language,
            most=sentence_count(pages(document, parts), length),
            budget=self._chunk_tokens,
            kept=Kept.restored(saved, model=self._asking.name, save=save),
            progress=progress,
            cancelled=cancelled,
        )
        return await work.run()


@dataclass(slots=True, kw_only=True)
class _Work:
    """One summary in the making."""

    asking: Asking
    document: Document
    parts: Sequence[Chunk]
    focus: str
    language: str
    most: int
    budget: int
    kept: Kept
    progress: Progress
    cancelled: Cancelled | None
    missing: list[str] = field(default_factory=list)
    used: list[Answer] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    done: int = 0

    async def run(self) -> Summary:
        cost = estimate(self.parts, self.most, budget=self.budget).tokens
        await self.progress(0, len(self.parts) + 1, texts.writing(len(self.parts), cost))
        found = await self._at_once() if len(self.parts) == 1 else await self._from_notes()
        return Summary(
            sections=found,
            method="written",
            doubts=await asyncio.to_thread(doubts, found, self.document),
            missing=tuple(self.missing),
            language=self.language,
            input_tokens=sum(answer.input_tokens for answer in self.used) + self.kept.unused[0],
            output_tokens=sum(answer.output_tokens for answer in self.used) + self.kept.unused[1],
            lost_tokens=self.kept.lost,
        )

    async def _at_once(self) -> tuple[Section, ...]:
        """The summary of a document of one part; that in halves, if it is too long for the model after all."""
        (part,) = self.parts
        answer = await self._ask("summaries_write", most=self.most, material=part.text)
        if isinstance(answer, Trouble) and answer.kind == "too_long" and (halves := halved(part)):
            self.parts = halves
            return await self._from_notes()
        found = sections(answer.text, allowed=part.pages, cut=answer.cut) if isinstance(answer, Answer) else ()
        if not found:
            raise failure(answer if isinstance(answer, Trouble) else Trouble(kind="empty"))
        await self._written()
        return found

    async def _from_notes(self) -> tuple[Section, ...]:
        """The summary, written from notes; where that fails, the first notes on each part, as they were paid for."""
        notes = await self._merged(await self._notes())
        answer = await self._put_together(notes)
        while isinstance(answer, Trouble) and answer.kind == "too_long" and len(notes) > 1:
            self.budget //= 2
            notes = await self._merged(notes)
            answer = await self._put_together(notes)
        found: tuple[Section, ...] = ()
        if isinstance(answer, Answer):
            found = sections(answer.text, allowed=frozenset().union(*map(pages_of, notes)), cut=answer.cut)
        await self._written()
        if not found and not notes:
            raise failure(self.troubles[0] if self.troubles else Trouble(kind="empty"))
        if not found:
            self.missing.append(texts.NOT_PUT_TOGETHER)
            found = (Section(sentences=_openings(notes, self.most)),)
        return found

    async def _put_together(self, notes: Sequence[tuple[Section, ...]]) -> Answer | Trouble:
        return await self._ask("summaries_write", most=self.most, material="\n".join(map(as_notes, notes)))

    async def _written(self) -> None:
        await self.progress(len(self.parts) + 1, len(self.parts) + 1, texts.WRITTEN)

    async def _notes(self) -> list[tuple[Section, ...]]:
        """Notes on each part, as far as they could be got."""
        found = [each for several in await _together(map(self._noted, self.parts)) for each in several]
        lacking = [(part.number, part.pages) for part, answer in found if not isinstance(answer, Answer)]
        if len(lacking) == len(found):
            raise failure(self.troubles[0])
        if lacking:
            self.missing.append(texts.parts_missing(lacking, len(self.parts)))
        read = [
            sections(answer.text, allowed=part.pages, cut=answer.cut)
            for part, answer in found
            if isinstance(answer, Answer)
        ]
        return [told for told in read if told]

    async def _noted(self, part: Chunk) -> list[_Noted]:
        found = await self._note(part)
        self.done += 1
        await self.progress(self.done, len(self.parts) + 1, texts.noted(self.done, len(self.parts)))
        return found

    async def _note(self, part: Chunk) -> list[_Noted]:
        """Notes on a part; on its halves, if it is too long for the model."""
        answer = await self._ask("summaries_notes", most=NOTES, pages=part.text)
        if isinstance(answer, Trouble) and answer.kind == "too_long" and (halves := halved(part)):
            return [each for several in await _together(map(self._note, halves)) for each in several]
        return [(part, answer)]

    async def _merged(self, notes: list[tuple[Section, ...]]) -> list[tuple[Section, ...]]:
        """The notes, put together until they fit into one call."""
        for _ in range(LEVELS):
            if len(notes) < 2 or sum(tokens(as_notes(each)) for each in notes) <= self.budget:
                break
            groups = _grouped(notes, self.budget)
            notes = await _together(self._merge(group) for group in groups)
        return notes

    async def _merge(self, group: Sequence[tuple[Section, ...]]) -> tuple[Section, ...]:
        """One group's notes as fewer notes; as they are, where the model can't be got to do it."""
        together = tuple(section for each in group for section in each)
        if len(group) == 1:
            return together
        answer = await self._ask("summaries_merge", most=MERGED, notes=as_notes(together))
        if isinstance(answer, Trouble):
            return together
        return sections(answer.text, allowed=pages_of(together), cut=answer.cut) or together

    async def _ask(self, name: str, *, most: int, **material: str) -> Answer | Trouble:
        """The answer to a prompt: the one that is kept, or a new one; or why there is none to be got."""
        prompt = load(name)
        text = prompt.render(
            title=self.document.title,
            focus=self.focus,
            language=texts.in_language(self.language),
            most=str(most),
            **material,
        )
        answer = self.kept.known(text) or await self.asking.ask(
            text, purpose=f"{name} {prompt.version}", ledger=self.kept, unless=self._useless
        )
        if isinstance(answer, Trouble):
            self.troubles.append(answer)
        else:
            self.used.append(answer)
        return answer

    def _useless(self) -> Trouble | None:
        """Who was turned away once is not asked again.

        Raises:
            asyncio.CancelledError: Nobody wants the summary any more.
        """
        if self.cancelled is not None and self.cancelled.is_set():
            raise asyncio.CancelledError
        return next((each for each in self.troubles if each.kind == "denied"), None)


async def _together(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of works done side by side; when one fails, the others are stopped, as they cost money."""
    async with tasks() as group:
        made = [group.create_task(work) for work in works]
    return [task.result() for task in made]


def _grouped(notes: Sequence[tuple[Section, ...]], budget: int) -> list[list[tuple[Section, ...]]]:
    """Neighbours together, as many as fit into a call, and two at least, so that there are fewer each time."""
    groups: list[list[tuple[Section, ...]]] = []
    used = 0
    for each in notes:
        size = tokens(as_notes(each))
        if not groups or (len(groups[-1]) >= 2 and used + size > budget):
            groups.append([])
            used = 0
        groups[-1].append(each)
        used += size
    return groups


def _openings(notes: Sequence[tuple[Section, ...]], most: int) -> tuple[Sentence, ...]:
    """The first notes of each part, so many in all."""
    told = [[sentence for section in each for sentence in section.sentences] for each in notes]
    each = max(1, most // max(1, len(told)))
    return tuple(sentence for several in told for sentence in several[:each])[: max(most, len(told))]
