"""What callers are shown of something that they had a tool do: what it came to, in its answer or in its job. Pure."""

from dataclasses import dataclass
from typing import Literal

from channels.http.tickets import Links
from channels.http.views import FileView
from switchboard import Artifact, Citation, Job, Message, Question, Reply, ToolFinished, Warning
from switchboard.events import ReplyStatus
from switchboard.storage import JobState

State = Literal["running", "asking", "done"]
_JOBS: dict[JobState, ReplyStatus] = {
    "succeeded": "complete",
    "partial": "partial",
    "failed": "failed",
    "cancelled": "stopped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a request, as far as it has come.

    Attributes:
        id: The message that it is in its conversation.
        state: `asking` where somebody has to agree first: answer the question, or ask again with `approved`.
        status: What it came to, once it is `done`. What is `partial` names in `missing` and `warnings` what is lacking.
        text: What is said of it, Markdown.
        images: The pictures that were made.
        citations: The pages that the text is from.
        warnings: What the checks, as those of moderation, and the tool have to say of it.
        job: The work that goes on after the answer, if it does; else empty.
        done: Steps of that work done of `total`; 0 of 0 when that can't be told.
        url: Where this is looked up.
        message_url: Where the message is looked up, with its whole reply.
    """

    id: str
    conversation: str
    state: State
    status: ReplyStatus | None
    text: str
    images: tuple[FileView, ...]
    citations: tuple[Citation, ...]
    warnings: tuple[Warning, ...]
    missing: tuple[str, ...]
    question: Question | None
    job: str
    done: int
    total: int
    url: str
    message_url: str


def outcome(message: Message, reply: Reply | None, job: Job | None, links: Links, *, kind: str, tool: str) -> Outcome:
    """A request of a kind (as its address calls it) to a tool, by its message's reply and the job that this began."""
    here = message.conversation
    result = job.result if job is not None else reply
    running = reply is None or (job is not None and not job.ended)
    asking = not running and result is not None and result.question is not None
    shown = None if running or result is None else links.reply(result, here)
    ended = _ended(shown, tool)
    return Outcome(
        id=message.id,
        conversation=here.thread,
        state="running" if running else "asking" if asking else "done",
        status=None if running or asking else _status(shown, job, ended),
        text=shown.text if shown else job.text if job else "",
        images=_pictures(shown) if shown else (),
        citations=shown.citations if shown else (),
        warnings=shown.warnings if shown else (),
        missing=ended.missing if ended else (),
        question=shown.question if shown else None,
        job=job.id if job else "",
        done=job.progress[0] if job else 0,
        total=job.progress[1] if job else 0,
        url=links.address(kind, message.id, here),
        message_url=links.address("messages", message.id, here),
    )


def _ended(reply: Reply | None, tool: str) -> ToolFinished | None:
    return next((one for one in reversed(reply.tools) if one.tool == tool), None) if reply else None


def _status(reply: Reply | None, job: Job | None, ended: ToolFinished | None) -> ReplyStatus:
    """As the tool says: an answer that tells of its failure is whole, and still there is nothing to show."""
    if ended is not None and ended.status in ("failed", "cancelled"):
        return "failed" if ended.status == "failed" else "stopped"
    if reply is not None:
        return reply.status
    return _JOBS[job.state] if job is not None else "failed"


def _pictures(reply: Reply) -> tuple[FileView, ...]:
    return tuple(_file(one) for one in reply.artifacts if one.media_type.startswith("image/"))


def _file(made: Artifact) -> FileView:
    return FileView(name=made.name, media_type=made.media_type, size=made.size, digest=made.digest, link=made.link)
