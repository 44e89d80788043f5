"""``search_documents`` and ``list_documents``: the library as the model sees it."""

import asyncio
import time
from collections.abc import Callable, Sequence

from switchboard import BackendError, Tool, ToolContext, ToolFailed, ToolResult, ToolRetry, Warning, tool
from tools.progress import shown
from tools.reading.backend import Reader
from tools.retrieval import reading_on, seating, texts
from tools.retrieval.attached import Attached, Files
from tools.retrieval.backend import Filter, Library, Passage, Source
from tools.retrieval.conditions import condition
from tools.retrieval.quotes import citation
from tools.retrieval.resolving import resolve

PASSAGES = 10
LISTED = 50
PATIENCE = 25.0
"""Seconds for which a person watches files being read; what takes longer goes on as a job."""
SPARE = 5.0
"""Seconds of a call that are left for the search itself."""


def search_tool(
    library: Library,
    reader: Reader,
    *,
    notices: Callable[[], Sequence[str]] = tuple,
    patience: float = PATIENCE,
) -> Tool:
    """The tool ``search_documents`` over a library.

    Args:
        library: Where to search; attached files are put into it.
        reader: Reads attached files.
        notices: What works less well than it should at the moment; each answer carries it as a warning.
        patience: Seconds after which reading attached files goes on as a job, which answers when it has ended.
    """
    attached = Attached(library=library, reader=reader)

    @tool(deadline=60)
    async def search_documents(
        context: ToolContext, *, query: str, document: str = "", filters: tuple[str, ...] = ()
    ) -> ToolResult:
        """Find passages in the organisation's documents and in the files attached to this conversation.

        Use it for every question about facts, rules, figures, people, products, prices, contracts or reports, and for
        anything asked about an attached file. It returns passages to quote, each with its document and page; if it
        returns none, say so and don't answer from memory.

        Args:
            query: The question in full, with names, years and units; it is searched by words and by meaning.
            document: Only this document, by its title or file name as the person says it; leave it empty to search all.
            filters: Conditions on attributes, such as "year>=2024" or "_category=policy"; usually none.

        Examples:
            - How many days of annual leave do I get?
            - What is the hotel limit in the travel policy?
            - What were the total revenues in 2023?
            - When does the supplier contract end?
            - Who attended the meeting in March?
            - How much does the large model cost?
            - What does the attached report say about risks?
            - Is the battery covered by the warranty?
            - Find the clause about confidentiality
            - Compare the operating margin of 2022 and 2023
            - Why did sales fall in the second quarter?
            - Does the handbook mention working from home?
        """
        try:
            files = _files(context)
            warnings = await _indexed(attached, files, context, patience)
            if warnings is None:
                return await _read_on(context, query, document)
            source = await _meant(library, context, document, attached.unreadable(files))
            passages = await _found(library, query, files, source, [condition(text) for text in filters])
        except BackendError as error:
            raise ToolFailed(texts.SEARCH_FAILED, retryable=error.retryable) from error
        warnings += [Warning(text=text, code="degraded") for text in notices()]
        return _result(passages, source, warnings)

    made: Tool = search_documents
    return made


def list_tool(library: Library) -> Tool:
    """The tool ``list_documents`` over a library."""

    @tool
    async def list_documents(context: ToolContext) -> ToolResult:
        """List the documents that this person can ask about, with their titles.

        Use it when somebody wants to know what is in the library or what they can ask, not to find an answer.

        Examples:
            - What documents do you have?
            - What can I ask about?
            - Which files can you see?
            - List the documents
            - Show me what is in the library
            - What do you know about?
            - Do you have any contracts or policies?
            - Which reports are there?
        """
        try:
            sources = await library.sources(principal=context.principal, conversation=context.conversation.key)
        except BackendError as error:
            raise ToolFailed(texts.LIST_FAILED, retryable=error.retryable) from error
        data = {"documents": [{"id": source.id, "title": source.title} for source in sources]}
        return ToolResult(text=texts.listing([source.title for source in sources], most=LISTED), data=data)

    made: Tool = list_documents
    return made


def _files(context: ToolContext) -> Files:
    return Files(
        conversation=context.conversation,
        principal=context.principal,
        attachments=context.attachments,
        blobs=context.blobs,
    )


async def _indexed(attached: Attached, files: Files, context: ToolContext, patience: float) -> list[Warning] | None:
    """Make the conversation's files searchable; ``None`` where that takes longer than anybody waits."""
    try:
        async with asyncio.timeout(min(patience, context.deadline - SPARE - time.monotonic())):
            return await attached.index(files, shown(context.emit))
    except TimeoutError:
        return None


async def _found(
    library: Library, query: str, files: Files, source: Source | None, filters: Sequence[Filter]
) -> Sequence[Passage]:
    if source is None:
        return await seating.find(library, query, files, filters=filters, limit=PASSAGES)
    return await library.search(
        query,
        principal=files.principal,
        document=source.id,
        filters=filters,
        conversation=files.conversation.key,
        limit=PASSAGES,
    )


async def _read_on(context: ToolContext, query: str, document: str) -> ToolResult:
    """Have the files read by a job, which answers from them."""
    text = texts.read_on([attachment.name for attachment in context.attachments])
    started = await reading_on.begin(context.start_job, context.attachments, query=query, document=document, text=text)
    return ToolResult(text=text, data={"job": started.job_id})


async def _meant(
    library: Library, context: ToolContext, name: str, unreadable: Sequence[tuple[Source, str]]
) -> Source | None:
    """The one document that is meant, or ``None`` where none was named.

    Raises:
        ToolRetry: None, or more than one, goes by that name.
        ToolFailed: It is an attached file that can't be read.
    """
    if not name.strip():
        return None
    sources = await library.sources(principal=context.principal, conversation=context.conversation.key, limit=100_000)
    meant = resolve(name, [*sources, *(source for source, _ in unreadable)])
    if len(meant.fitting) == 1:
        (source,) = meant.fitting
        if why := next((why for each, why in unreadable if each is source), ""):
            raise ToolFailed(why)
        return source
    if meant.fitting:
        raise ToolRetry(texts.ambiguous(name, [source.title for source in meant.fitting]))
    raise ToolRetry(texts.unknown(name, [source.title for source in meant.nearest]))


def _result(passages: Sequence[Passage], source: Source | None, warnings: Sequence[Warning]) -> ToolResult:
    found = [
        {
            "text": passage.text,
            "title": passage.source.title,
            "document": passage.source.id,
            "page": passage.page,
            "headings": list(passage.headings),
            "score": round(passage.score, 4),
        }
        for passage in passages
    ]
    return ToolResult(
        text=texts.found(
            len(passages), len({passage.source.id for passage in passages}), source.title if source else ""
        ),
        citations=tuple(map(citation, passages)),
        warnings=tuple(warnings),
        data={"passages": found},
    )
