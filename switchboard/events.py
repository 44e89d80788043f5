"""What happens during a turn, as a numbered sequence of small facts.

A channel that streams shows events as they come; one that does not shows the `Reply` that they fold into. ``seq``
counts from 1 within a turn and is given by the turn; whoever makes an event leaves it at 0.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias, TypeVar

ToolStatus = Literal["complete", "partial", "failed", "cancelled"]
ReplyStatus = Literal["complete", "partial", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Progress, in words for people. ``done`` of ``total`` steps, or 0 of 0 when that can't be told."""

    kind: ClassVar[str] = "status"
    text: str
    done: int = 0
    total: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """More text of the answer, Markdown."""

    kind: ClassVar[str] = "delta"
    text: str
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolStarted:
    """A tool was called. ``text`` says in words what for; arguments stay out, as they may be private."""

    kind: ClassVar[str] = "tool_started"
    call_id: str
    tool: str
    text: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFinished:
    """A tool call ended. ``seconds`` is how long it took; ``missing`` names what a partial result lacks."""

    kind: ClassVar[str] = "tool_finished"
    call_id: str
    tool: str
    status: ToolStatus
    seconds: float = 0.0
    missing: tuple[str, ...] = ()
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source of the answer.

    Attributes:
        number: The ``[n]`` in the answer's text; 0 until the turn has numbered it.
        title: Title of the document.
        source: Where the document is from: a file name or URI, for people to recognise.
        page: Page, counted from 1; 0 where the document has no pages.
        link: Address that opens the source at that page for whoever asked; empty where there is none.
        quote: The passage itself, plain text.
        document: Identity of the document in the index that found it.
        score: Relevance between 0 and 1.
    """

    kind: ClassVar[str] = "citation"
    title: str
    source: str
    number: int = 0
    page: int = 0
    link: str = ""
    quote: str = ""
    document: str = ""
    score: float = 0.0
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file that the assistant made. ``digest`` finds it in the blob store; ``link`` opens it for whoever asked."""

    kind: ClassVar[str] = "artifact"
    name: str
    media_type: str
    size: int
    digest: str
    link: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """Something the person should know about the answer; ``code`` is for programs."""

    kind: ClassVar[str] = "warning"
    text: str
    code: str
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The assistant asks back; ``options`` are suggested answers, possibly none."""

    kind: ClassVar[str] = "question"
    text: str
    options: tuple[str, ...] = ()
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """The work goes on as a job; ``text`` tells the person so."""

    kind: ClassVar[str] = "job_started"
    job_id: str
    text: str
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The turn ended with an answer. ``text`` is the whole of it, so that whoever missed the deltas has it all."""

    kind: ClassVar[str] = "final"
    text: str
    status: ReplyStatus = "complete"
    input_tokens: int = 0
    output_tokens: int = 0
    trace_id: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The turn ended without an answer. ``text`` is one sentence and what to do next."""

    kind: ClassVar[str] = "failed"
    text: str
    incident: str
    retryable: bool = False
    seq: int = 0


Event: TypeAlias = (
    Status | Delta | ToolStarted | ToolFinished | Citation | Artifact | Warning | Question | JobStarted | Final | Failed
)

EVENT_TYPES: tuple[type[Event], ...] = (
    Status,
    Delta,
    ToolStarted,
    ToolFinished,
    Citation,
    Artifact,
    Warning,
    Question,
    JobStarted,
    Final,
    Failed,
)

E = TypeVar("E", bound=Event)


def numbered(event: E, seq: int) -> E:
    """The same event with its place in the turn."""
    return replace(event, seq=seq)


def ends_turn(event: Event) -> bool:
    """Whether nothing follows this event."""
    return isinstance(event, Final | Failed)
