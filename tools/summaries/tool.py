"""``summarize_document`` as the model sees it: at once where that is quick, otherwise as a job."""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from switchboard import BackendError, Job, Question, Status, Tool, ToolContext, ToolFailed, ToolResult, ToolRetry, tool
from tools.progress import Tell, repeated, shown
from tools.retrieval.backend import Source
from tools.summaries import checkpoints, texts
from tools.summaries.backend import Length
from tools.summaries.job import KEPT, KIND, akin, begin, same
from tools.summaries.locating import Asker, NotFound, is_there, reference
from tools.summaries.making import Maker, Wish, arguments
from tools.summaries.recent import FRESH
from tools.summaries.showing import Shown, given

_CODE = re.compile(r"[a-z]{2,3}")

SPARE = 3.0
"""Seconds of a call that are left to begin a job in."""
LOOKED_AT = 20
"""Jobs of the conversation among which the same summary is looked for."""


def summarize_tool(maker: Maker) -> Tool:
    """The tool ``summarize_document``."""

    @tool(deadline=60)
    async def summarize_document(
        context: ToolContext, *, document: str = "", focus: str = "", length: Length = "medium", language: str = ""
    ) -> ToolResult:
        """Summarise a whole document of any length, with the page of each sentence.

        Use it when somebody wants a summary, an overview, the key points or the gist of a document: an attached file,
        one of the library, or one behind a link. For a question about something in particular, search instead. A long
        document goes on as a job, whose result comes by itself: say so, and don't call again.

        Args:
            document: Its title, file name or link as the person says it; leave it empty for the attached file.
            focus: What the person wants to know about above all, if they say so; otherwise empty.
            length: How long the summary should be.
            language: ISO 639-1 code of the language to write in, if the person asks for one; otherwise empty.

        Examples:
            - Summarise this
            - Summarize the attached document
            - Give me a summary of this report
            - What are the key points of this file?
            - What are the main takeaways of the report?
            - Sum up the supplier contract
            - Give me the gist of the annual report
            - A short overview of the handbook, please
            - Can you condense this PDF into a few sentences?
            - tl;dr
            - Fasse das Dokument zusammen
            - Résume ce document
            - Fais un résumé du rapport
        """
        asker = Asker(
            conversation=context.conversation,
            principal=context.principal,
            blobs=context.blobs,
            attachments=context.attachments,
        )
        wish = Wish(focus=focus, length=length, language=_code(language))
        if "://" in document:
            context.emit(Status(text=texts.FETCHING))
        try:
            found = await maker.locator.locate(document, asker)
            if len(found) > 1:
                return _ask_which(context, found)
            return await _Call(maker=maker, context=context, asker=asker, source=found[0], wish=wish).run()
        except NotFound as error:
            raise ToolFailed(error.user_text) from error
        except BackendError as error:
            raise ToolFailed(texts.FAILED, retryable=error.retryable) from error

    made: Tool = summarize_document
    return made


def _code(language: str) -> str:
    """The code of a language, however it was named; empty for none.

    Raises:
        ToolRetry: It is none that is known.
    """
    named = language.strip().casefold()
    code = texts.LANGUAGES.get(named, named.partition("-")[0])
    if code and not _CODE.fullmatch(code):
        raise ToolRetry(texts.NO_LANGUAGE)
    return code


def _ask_which(context: ToolContext, found: Sequence[Source]) -> ToolResult:
    """Several documents may be meant: the person chooses."""
    names = list(dict.fromkeys(source.title for source in found))
    context.emit(Question(text=texts.WHICH, options=tuple(map(texts.please_summarise, names[:5]))))
    return ToolResult(text=texts.which(names), data={"documents": names})


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call for one document.

    Attributes:
        pages: Of the document, as soon as that is known.
        tokens: What the summary will cost, likewise.
        too_long: Set when it is known that nobody would wait for it.
        paying: Whether a model is at work on it, which is waited for, as it would have to be paid again.
    """

    maker: Maker
    context: ToolContext
    asker: Asker
    source: Source
    wish: Wish
    pages: int = 0
    tokens: int = 0
    too_long: asyncio.Event = field(default_factory=asyncio.Event)
    paying: bool = False
    began: float = field(default_factory=time.monotonic)

    async def run(self) -> ToolResult:
        wanted = arguments(reference(self.source), self.wish, self.maker.model)
        earlier = await self._earlier(wanted)
        twins = [job for job in earlier if same(json.loads(job.arguments), wanted)]
        if own := next((job for job in twins if job.message_id == self.context.message_id), None):
            return await self._begin(json.loads(own.arguments).get(KEPT, ""))  # the turn is run again, and so is this
        twin = next(iter(twins), None)
        if twin is not None and not twin.ended:
            return ToolResult(text=texts.under_way(self.source.title, twin.text), data={"job": twin.id})
        if twin is not None and twin.state == "succeeded" and twin.result is not None:
            return given(twin.result.text, twin.result.citations, warnings=twin.result.warnings)
        key = json.dumps([self.context.conversation.key, self.context.principal.id, wanted], sort_keys=True)
        recent = self.maker.recent
        if (known := recent.get(key)) and await is_there(self.source, self.context.blobs):
            return known.as_result()
        made = await self._made()
        if made is None:
            return await self._begin(await self._kept(earlier))
        recent.put(key, made)
        return made.as_result()

    async def _made(self) -> Shown | None:
        """The summary, if it is there soon enough."""
        work = asyncio.create_task(self._make())
        long = asyncio.create_task(self.too_long.wait())
        patience = min(self.maker.settings.seconds_in_turn, self._left())
        try:
            await asyncio.wait({work, long}, timeout=max(0.0, patience), return_when=asyncio.FIRST_COMPLETED)
            if self.paying:
                await asyncio.wait({work}, timeout=max(0.0, self._left()))
            return work.result() if work.done() else None
        finally:
            work.cancel()
            long.cancel()
            await asyncio.gather(work, long, return_exceptions=True)

    async def _make(self) -> Shown | None:
        async with repeated(shown(self.context.emit)) as tell:
            return await self._make_telling(tell)

    async def _make_telling(self, tell: Tell) -> Shown | None:
        def reading(text: str, done: int, total: int) -> None:
            tell(text, done, total)
            self._learn(done, total)

        document = await self.maker.read(self.source, self.asker, reading)
        self._learn(len(document.pages), len(document.pages) if document.paged else 0)
        estimate = await self.maker.estimate(document)
        if estimate is not None and estimate.calls > 1:
            self.tokens = estimate.tokens
            return None
        if self.too_long.is_set():
            return None
        self.paying = estimate is not None
        return await self.maker.summarize(document, self.source, self.wish, tell, cancelled=self.context.cancelled)

    def _learn(self, done: int, pages: int) -> None:
        """Note how far reading is: by that, too, it shows whether anybody would wait."""
        self.pages = max(self.pages, pages)
        settings, took = self.maker.settings, time.monotonic() - self.began
        slow = done > 0 and took > 1 and took * self.pages / done > settings.seconds_in_turn
        if self.pages > settings.pages_in_turn or (slow and done < self.pages):
            self.too_long.set()

    def _left(self) -> float:
        return self.context.deadline - SPARE - time.monotonic()

    async def _kept(self, earlier: Sequence[Job]) -> str:
        """The checkpoint of the newest job that has one, so that nothing is paid for again; empty if none has."""
        saved, owner = next((job.saved for job in earlier if job.saved), ""), self.context.conversation.key
        text = await checkpoints.load(saved, self.context.blobs, owner)
        return await checkpoints.stored(text, self.context.blobs, owner) if text else ""

    async def _begin(self, kept: str) -> ToolResult:
        """Let a job do it, going on from a checkpoint if there is one."""
        text = texts.begun(self.source.title, pages=self.pages, tokens=self.tokens)
        started = await begin(
            self.context.start_job, self.source, self.wish, model=self.maker.model, text=text, kept=kept
        )
        return ToolResult(text=text, data={"job": started.job_id})

    async def _earlier(self, wanted: dict[str, Any]) -> list[Job]:
        """This person's jobs on the same document, newest first."""
        context = self.context
        found = await context.jobs.list_jobs(conversation=context.conversation, limit=LOOKED_AT)
        return [
            job
            for job in found
            if job.kind == KIND
            and job.principal.id == context.principal.id
            and time.time() - job.created_at < FRESH
            and akin(json.loads(job.arguments), wanted)
        ]
