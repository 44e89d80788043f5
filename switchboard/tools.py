"""What a tool is, what it is given, what it gives back, and how it begins a job."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from switchboard.errors import ToolFailed
from switchboard.events import Artifact, Citation, Event, JobStarted, Question, Warning
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.messages import Attachment
from switchboard.storage import BlobStore, JobStore

ResultStatus = Literal["complete", "partial", "failed"]
ToolFunction: TypeAlias = Callable[..., Awaitable["ToolResult"]]


class Cancelled(Protocol):
    """Says whether the person, the deadline or a lost lease has stopped the work."""

    def is_set(self) -> bool:
        """Whether to stop now."""
        ...


class JobStarter(Protocol):
    """Begins jobs for a tool call."""

    async def __call__(self, kind: str, arguments: Mapping[str, Any], *, text: str) -> JobStarted:
        """Begin a job, once per tool call, kind and arguments, however often the call is made again.

        Args:
            kind: Name of an installed kind.
            arguments: What the job needs; JSON types only.
            text: What the person reads: that it goes on, and what for.
        """
        ...


async def no_jobs(kind: str, arguments: Mapping[str, Any], *, text: str) -> JobStarted:
    """Where nothing runs jobs.

    Raises:
        ToolFailed: Always.
    """
    raise ToolFailed("This takes too long to be done here and now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """What a tool is given besides its arguments. Nothing here comes from the model.

    Attributes:
        principal: On whose behalf: access is decided by this and nothing else.
        call_id: Identity of this call; the same when a crashed turn is run again.
        deadline: Seconds on ``time.monotonic`` by which the result must be there.
        emit: Tells the person something at once: `Status` for progress, `Warning`, `Artifact`.
        cancelled: To be looked at in loops; an ``await`` is cancelled without looking.
        attachments: The files of the conversation, newest message first.
        start_job: Begins work that may outlive the turn, and tells the person so; see `switchboard.jobs`.
    """

    conversation: Conversation
    principal: Principal
    message_id: MessageId
    call_id: str
    deadline: float
    emit: Callable[[Event], None]
    cancelled: Cancelled
    blobs: BlobStore
    jobs: JobStore
    attachments: tuple[Attachment, ...] = ()
    start_job: JobStarter = no_jobs

    async def read(self, attachment: Attachment) -> bytes:
        """The bytes of an attachment of this conversation.

        Raises:
            BackendError: The bytes are gone or belong to another conversation.
        """
        return await self.blobs.read(attachment.digest, owner=self.conversation.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool found or made.

    Attributes:
        text: For the model: what it needs to know beyond the citations. Untrusted content belongs in citations. ``[n]``
            in it is the result's own n-th citation.
        status: ``partial`` says in ``missing`` what is not there; the agent can't call a partial result done.
        citations: Sources; the agent numbers them and shows the model their quotes.
        missing: What a partial result lacks, in words for people ("page 7 is blank").
        question: What the person has to be asked before the tool can go on. It ends the turn in these very words, and
            the answer is the next message; where nobody can be asked the model is told of it.
        data: Further facts for programs and for the embedded chat model; JSON types only.
    """

    text: str = ""
    status: ResultStatus = "complete"
    citations: tuple[Citation, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    warnings: tuple[Warning, ...] = ()
    missing: tuple[str, ...] = ()
    question: Question | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool as the agent holds it.

    Attributes:
        name: What the model calls it: 1 to 64 of ``[a-zA-Z0-9_-]``.
        description: For the model. A section ``Examples:`` of lines that begin with ``- `` holds things that people say
            when they want this tool; the embedded chat model routes by them.
        parameters: JSON schema of the arguments.
        function: Called with the `ToolContext` and the checked arguments by name.
        validate: Checks and converts arguments; raises `ToolRetry` with a hint.
        deadline: Seconds that one call may take.
        needs_approval: Whether a person has to agree first.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    function: ToolFunction
    validate: Callable[[dict[str, Any]], dict[str, Any]]
    deadline: float = 30.0
    needs_approval: bool = False
