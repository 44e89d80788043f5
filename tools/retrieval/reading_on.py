"""The job ``read_files``: attached files that take long to read are read, and then the question on them is answered."""

from collections.abc import Sequence
from dataclasses import replace

from switchboard import Attachment, JobContext, JobKind, JobStarted, JobStarter, Reply, Warning, job
from switchboard.wire import from_json, to_json
from tools.markdown import escaped
from tools.progress import passed_on, repeated
from tools.reading.backend import Reader
from tools.retrieval import seating, texts
from tools.retrieval.attached import Attached, Files
from tools.retrieval.backend import Library, Passage
from tools.retrieval.quotes import citation
from tools.retrieval.resolving import resolve

KIND = "read_files"
QUOTED = 3
"""Passages that are quoted: who wants more asks again, and is answered at once."""
LONGEST = 700
"""Characters of a passage that are quoted; the citation has all of it."""


async def begin(
    start: JobStarter, attachments: Sequence[Attachment], *, query: str, document: str, text: str
) -> JobStarted:
    """Have files read by a job; ``text`` tells the person so."""
    files = [to_json(attachment) for attachment in attachments]
    return await start(KIND, {"files": files, "query": query, "document": document}, text=text)


def read_files_job(library: Library, reader: Reader) -> JobKind:
    """The kind of job over a library. What a reader keeps of a file that was being read is not read again."""

    @job(name=KIND)
    async def read_files(context: JobContext) -> Reply:
        files = Files(
            conversation=context.conversation,
            principal=context.principal,
            attachments=[from_json(Attachment, file) for file in context.arguments["files"]],
            blobs=context.blobs,
        )
        attached = Attached(library=library, reader=reader)
        async with passed_on(context.progress) as told, repeated(told) as tell:
            warnings = await attached.index(files, tell)
        return _reply(await _found(library, context, files), files, warnings)

    return read_files


async def _found(library: Library, context: JobContext, files: Files) -> Sequence[Passage]:
    """Passages of the one document that was named; of the files, where none was, or several may be meant."""
    name, query, key = context.arguments["document"], context.arguments["query"], context.conversation.key
    sources = await library.sources(principal=context.principal, conversation=key, limit=100_000) if name else ()
    meant = resolve(name, sources).fitting
    if len(meant) != 1:
        return await seating.find_in_files(library, query, files, limit=QUOTED)
    return await library.search(
        query, principal=context.principal, document=meant[0].id, conversation=key, limit=QUOTED
    )


def _reply(passages: Sequence[Passage], files: Files, warnings: Sequence[Warning]) -> Reply:
    names = [attachment.name for attachment in files.attachments]
    unread = [warning for warning in warnings if warning.code == "unreadable"]
    if len(unread) == len(names):
        return Reply(text=" ".join(warning.text for warning in unread), status="complete")
    if not passages:
        return Reply(text=texts.nothing(names), status="complete", warnings=tuple(warnings))
    titles = dict.fromkeys(passage.source.title for passage in passages)
    lines = [f"- “{_quoted(passage.text)}” [{number}]" for number, passage in enumerate(passages, 1)]
    return Reply(
        text="\n".join([texts.passages(list(titles)), "", *lines]),
        status="complete",
        citations=tuple(replace(citation(passage), number=number) for number, passage in enumerate(passages, 1)),
        warnings=tuple(warnings),
    )


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return escaped(line if len(line) <= LONGEST else f"{line[:LONGEST].rsplit(maxsplit=1)[0]} …")
