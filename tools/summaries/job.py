"""The job ``summary``: a document of any length summarised in the background, going on from what it kept."""

from typing import Any

from switchboard import JobContext, JobKind, JobStarted, JobStarter, Reply, job
from tools.progress import passed_on, repeated
from tools.retrieval.backend import Source
from tools.summaries.checkpoints import Checkpoint
from tools.summaries.locating import Asker, reference
from tools.summaries.making import Maker, Wish, arguments

KIND = "summary"
KEPT = "kept"
"""The argument that names the checkpoint of an earlier job that came to no good end."""


async def begin(
    start: JobStarter, source: Source, wish: Wish, *, model: str = "", text: str, kept: str = ""
) -> JobStarted:
    """Have a document summarised, once for each message, document and wish.

    To be called from wherever jobs can be begun: a tool, or a function that hears of an upload and knows whose it is.

    Args:
        start: Begins jobs for a message; see `switchboard.jobs`.
        source: The document, as `tools.retrieval.attached.attached_source` gives it for a file of a conversation.
        model: What writes it; empty where it is quoted.
        text: What the person reads.
        kept: Digest of a checkpoint that the conversation owns.
    """
    given = arguments(reference(source), wish, model)
    return await start(KIND, {**given, KEPT: kept} if kept else given, text=text)


def same(given: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two jobs' arguments ask for the same summary."""
    return {**given, KEPT: ""} == {**other, KEPT: ""}


def akin(given: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two jobs' arguments ask the same model about the same document, so that one may use the other's notes."""
    return (given["document"], given["model"]) == (other["document"], other["model"])


def summary_job(maker: Maker) -> JobKind:
    """The kind of job."""

    @job(name=KIND)
    async def summary(context: JobContext) -> Reply:
        owner = context.conversation.key
        asker = Asker(conversation=context.conversation, principal=context.principal, blobs=context.blobs)
        source = await maker.locator.again(context.arguments["document"], asker)
        wish = Wish(**{name: context.arguments[name] for name in ("focus", "length", "language")})
        checkpoint = Checkpoint(context=context)
        saved = await checkpoint.load()
        if not saved and (kept := context.arguments.get(KEPT, "")):
            saved = (await context.blobs.read(kept, owner=owner)).decode()

        async with passed_on(context.progress) as told, repeated(told) as tell:
            document = await maker.read(source, asker, tell)
            made = await maker.summarize(
                document, source, wish, tell, cancelled=context.cancelled, saved=saved, save=checkpoint.save
            )
        return made.as_reply()

    return summary
