"""What a job is: an async function under ``@job``, and what it is given.

A tool whose work may outlive the turn begins a job and says so; a worker runs it, and its result comes back as a
message of its own on the same conversation, once. A job whose worker dies is begun again and finds in
``saved`` what it kept.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from switchboard.identity import Conversation, Principal
from switchboard.reply import Reply
from switchboard.storage import BlobStore, Job
from switchboard.tools import Cancelled

JobFunction: TypeAlias = Callable[["JobContext"], Awaitable[Reply]]


class Progress(Protocol):
    """Tells the person how far the work is, and keeps what it would go on from."""

    async def __call__(self, text: str = "", *, done: int = 0, total: int = 0, save: str | None = None) -> None:
        """Write the progress; what is not given stays as it is. Without ``save`` it may be written a moment later.

        Raises:
            Fenced: Another worker has taken the job: stop, and write nothing more.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """What a job is given.

    Attributes:
        job: As it was taken; ``saved`` is what an earlier attempt kept.
        arguments: As the tool gave them.
        deadline: Seconds on ``time.monotonic`` by which this attempt has to end.
        progress: Tells how far the work is.
        cancelled: To be looked at in loops; an ``await`` is cancelled without looking.
    """

    job: Job
    arguments: Mapping[str, Any]
    deadline: float
    progress: Progress
    cancelled: Cancelled
    blobs: BlobStore

    @property
    def conversation(self) -> Conversation:
        """Where the result goes."""
        return self.job.conversation

    @property
    def principal(self) -> Principal:
        """On whose behalf: access is decided by this and nothing else."""
        return self.job.principal


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job as the worker holds it. ``seconds`` is the most that one attempt may take, 0 for the settings'."""

    name: str
    function: JobFunction
    seconds: float = 0.0


def job(*, name: str, seconds: float = 0.0) -> Callable[[JobFunction], JobKind]:
    """Make a `JobKind` of ``async def f(context: JobContext) -> Reply``."""

    def decorate(function: JobFunction) -> JobKind:
        return JobKind(name=name, function=function, seconds=seconds)

    return decorate
