"""From a document that was found to its summary: read it, let its pages be opened, summarise it, write that down."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from switchboard import ToolFailed
from switchboard.tools import Cancelled
from tools.progress import Tell
from tools.reading.backend import Document, Reader
from tools.retrieval.attached import alone_with
from tools.retrieval.backend import Library, Retriever, Source
from tools.summaries import texts
from tools.summaries.backend import Length, Save, Summarizer, unkept
from tools.summaries.estimating import Estimate
from tools.summaries.locating import Asker, Locator, content
from tools.summaries.recent import Recent
from tools.summaries.settings import SummarySettings
from tools.summaries.showing import Shown, shown
from tools.summaries.written import WrittenSummarizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a summary should be.

    Attributes:
        focus: What the reader is interested in.
        language: An ISO 639-1 code; empty for the document's own.
    """

    focus: str = ""
    length: Length = "medium"
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes summaries.

    Attributes:
        model: What writes them, for people; empty where they are quoted.
        recent: Those that were made within a turn.
    """

    locator: Locator
    reader: Reader
    summarizer: Summarizer
    settings: SummarySettings
    model: str = ""
    recent: Recent = field(default_factory=Recent)

    async def read(self, source: Source, asker: Asker, tell: Tell) -> Document:
        """Read a document; one of the conversation is put into the library too, so that its pages can be opened.

        Raises:
            Unreadable: It can't be read, and why.
            ToolFailed: Its bytes are gone, or summarising it would cost more than is allowed.
        """
        text = texts.reading(source.title)
        tell(text, 0, 0)
        data = await content(source, asker.blobs)
        async with alone_with(source.id):
            document = await self.reader.read(
                data,
                name=source.title,
                progress=lambda done, total: tell(text, done, total),
                owner=asker.conversation.key,
            )
        if (estimate := await self.estimate(document)) and estimate.tokens > self.settings.most_tokens:
            raise ToolFailed(texts.too_much(estimate.tokens, self.settings.most_tokens))
        if source.access.conversation:
            await self._index(source, document, asker, tell)
        return document

    async def _index(self, source: Source, document: Document, asker: Asker, tell: Tell) -> None:
        """Put a file of a conversation into the library, if it takes files and has not got this one."""
        library, key = self.locator.library, asker.conversation.key
        if _takes_documents(library) and not await library.source(
            source.id, principal=asker.principal, conversation=key
        ):
            tell(texts.INDEXING, 0, 0)
            await library.put(source, document)

    async def estimate(self, document: Document) -> Estimate | None:
        """What a summary will cost; ``None`` if nothing."""
        if not isinstance(self.summarizer, WrittenSummarizer):
            return None
        return await asyncio.to_thread(self.summarizer.estimate, document)

    async def summarize(
        self,
        document: Document,
        source: Source,
        wish: Wish,
        tell: Tell,
        *,
        cancelled: Cancelled,
        saved: str = "",
        save: Save = unkept,
    ) -> Shown:
        """Summarise a document that was read. Raises as `Summarizer.summarize`."""

        async def progress(done: int, total: int, text: str) -> None:
            if text:
                tell(text, done, total)

        summary = await self.summarizer.summarize(
            document,
            focus=wish.focus,
            length=wish.length,
            language=wish.language,
            progress=progress,
            saved=saved,
            save=save,
            cancelled=cancelled,
        )
        return await asyncio.to_thread(shown, summary, document, source, language=wish.language, model=self.model)


def _takes_documents(library: Retriever) -> TypeGuard[Library]:
    return hasattr(library, "put")


def arguments(reference: dict[str, Any], wish: Wish, model: str) -> dict[str, Any]:
    """What a summary is of and how it should be: the same for the same, so that it is not made twice."""
    return {
        "document": reference,
        "focus": wish.focus,
        "length": wish.length,
        "language": wish.language,
        "model": model,
    }
