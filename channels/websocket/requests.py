"""What clients of the web chat may send, frame by frame; `channels.websocket.protocol` reads and checks it."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, get_args

from switchboard.storage import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The first frame: which protocol, and which conversation to go on with."""

    type: ClassVar[str] = "hello"
    v: int
    conversation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A person's message. ``attachments`` are digests of uploads. Safe to repeat with the same id.

    Attributes:
        reply_to: The message whose reply asked what this one answers, where a button says that.
        after: The newest ``next`` that came on this connection; empty before the first.
    """

    type: ClassVar[str] = "message"
    id: str
    text: str
    attachments: tuple[str, ...] = ()
    reply_to: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Asks for the events of a turn numbered above ``after``."""

    type: ClassVar[str] = "resume"
    message_id: str
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Asks that a turn ends now."""

    type: ClassVar[str] = "stop"
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelJob:
    """Asks that a job ends now."""

    type: ClassVar[str] = "cancel_job"
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What the person thinks of a reply; a later opinion replaces the earlier. Safe to repeat."""

    type: ClassVar[str] = "rate"
    message_id: str
    verdict: Verdict
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """The client has the whole reply: ``seq`` is its last event's, or 0 when the reply came in a history."""

    type: ClassVar[str] = "ack"
    message_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Asks for the turns before the one numbered ``before``."""

    type: ClassVar[str] = "history"
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Asks whether the connection is alive."""

    type: ClassVar[str] = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of a frame that is too large for the line. Both sides send these.

    Attributes:
        frame: Names the frame; made by the sender.
        index: Its place among the ``total`` parts, from 0.
        data: A piece of the frame's text.
    """

    type: ClassVar[str] = "chunk"
    frame: str
    index: int
    total: int
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The summary that a file is to become as soon as it is there. ``language`` is an ISO 639-1 code."""

    focus: str = ""
    length: Literal["short", "medium", "long"] = "medium"
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Asks where a file can be sent to, on a line whose uploads have an address.

    Attributes:
        digest: Of its bytes.
        order: What is to become of it without a message; safe to repeat with the same id.
    """

    type: ClassVar[str] = "upload"
    id: str
    name: str
    size: int
    digest: str
    media_type: str = ""
    order: Ordered | None = None


Request: TypeAlias = Hello | Say | Resume | Stop | CancelJob | Rate | Ack | Earlier | Ping | Chunk | Upload
REQUESTS: dict[str, type[Request]] = {kind.type: kind for kind in get_args(Request)}
