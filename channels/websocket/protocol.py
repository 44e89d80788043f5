"""The frames of the web chat, in and out, and the rules that they obey; ``docs/protocol.md`` describes it."""

import json
import re
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from channels.websocket import texts
from channels.websocket.shapes import Bounds as Bounds
from channels.websocket.shapes import FileView as FileView
from channels.websocket.shapes import Line as Line
from channels.websocket.shapes import TurnView as TurnView
from switchboard import BadInput, Event
from switchboard.assistant import OfferState
from switchboard.storage import JobState
from switchboard.wire import from_json, to_json

VERSION = 1

CLOSE_MALFORMED = 4400
CLOSE_VERSION = 4406
CLOSE_LATE = 4408

MOST_CHUNKS = 256

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_KNOWN_ID = re.compile(r"[A-Za-z0-9:_-]{1,140}")
"""An id that the server gave may be longer and have a colon, which keeps it apart from those that clients make."""
_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST = 2**53
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadFrame(BadInput):
    """A frame against the protocol. ``id`` is the message that it was about, where that can be told."""

    def __init__(self, user_text: str, *, code: str, about: str = "") -> None:
        super().__init__(user_text)
        self.frame_code = code
        self.about = about


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The first frame: which protocol, and which conversation to go on with."""

    type: ClassVar[str] = "hello"
    v: int
    conversation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A person's message. ``attachments`` are digests of uploads. Safe to repeat with the same id."""

    type: ClassVar[str] = "message"
    id: str
    text: str
    attachments: tuple[str, ...] = ()


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


Request: TypeAlias = Hello | Say | Resume | Stop | CancelJob | Ack | Earlier | Ping | Chunk
REQUESTS: dict[str, type[Request]] = {
    kind.type: kind for kind in (Hello, Say, Resume, Stop, CancelJob, Ack, Earlier, Ping, Chunk)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """Answers hello. ``earlier`` says whether there are turns before the first of ``history``."""

    type: ClassVar[str] = "welcome"
    v: int
    conversation: str
    history: tuple[TurnView, ...]
    earlier: bool
    limits: Bounds
    suggestions: tuple[str, ...]
    documents: int
    model: str
    notice: str
    signed_in: bool
    line: Line = field(default_factory=Line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The message is safe with the server; its events follow."""

    type: ClassVar[str] = "accepted"
    id: str
    state: OfferState
    ahead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnBegan:
    """Another window of the same conversation sent this message, or a job has its result; the events follow."""

    type: ClassVar[str] = "turn"
    turn: TurnView


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event of a turn."""

    type: ClassVar[str] = "event"
    message_id: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HappenedSince:
    """Several events of a turn, in order, where each frame costs."""

    type: ClassVar[str] = "events"
    message_id: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far the job is that was begun for a message; ``done`` of ``total``, or 0 of 0 where that can't be told."""

    type: ClassVar[str] = "job"
    job_id: str
    message_id: str
    state: JobState
    text: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Answers a request for earlier turns."""

    type: ClassVar[str] = "history"
    turns: tuple[TurnView, ...]
    earlier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """Answers ping."""

    type: ClassVar[str] = "pong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A request that was not carried out. ``id`` is the message that it was about, if any."""

    type: ClassVar[str] = "error"
    code: str
    text: str
    incident: str = ""
    id: str = ""


Response: TypeAlias = (
    Welcome | Accepted | TurnBegan | Happened | HappenedSince | JobProgress | History | Pong | Problem | Chunk
)
RESPONSES: dict[str, type[Response]] = {
    kind.type: kind
    for kind in (Welcome, Accepted, TurnBegan, Happened, HappenedSince, JobProgress, History, Pong, Problem, Chunk)
}


def read(text: str, *, bounds: Bounds) -> Request:
    """A client's frame.

    Raises:
        BadFrame: It is malformed or over a limit.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame(texts.NOT_JSON, code="malformed") from None
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in REQUESTS:
        raise BadFrame(texts.NO_TYPE, code="malformed")
    about = data.get("id", data.get("message_id", ""))
    about = about if isinstance(about, str) and _KNOWN_ID.fullmatch(about) else ""
    try:
        request = from_json(REQUESTS[kind], data)
    except BadInput:
        raise BadFrame(texts.BAD_MEMBERS, code="malformed", about=about) from None
    _check(request, bounds, about)
    return request


def is_digest(text: str) -> bool:
    """Whether this can be the digest of an upload; nothing else may reach a store."""
    return _DIGEST.fullmatch(text) is not None


def write(response: Response) -> str:
    """A server's frame as text. Lone surrogates go out as escapes, as JSON allows."""
    return json.dumps({"type": response.type, **to_json(response)}, separators=(",", ":"))


def _check(request: Request, bounds: Bounds, about: str) -> None:
    match request:
        case Say():
            _check_say(request, bounds, about)
        case Resume() | Stop() | Ack() if not about:
            raise BadFrame(texts.BAD_ID, code="malformed")
        case Chunk() if not (_ID.fullmatch(request.frame) and 0 <= request.index < request.total <= MOST_CHUNKS):
            raise BadFrame(texts.BAD_MEMBERS, code="malformed")
        case CancelJob() if not _JOB_ID.fullmatch(request.job_id):
            raise BadFrame(texts.BAD_MEMBERS, code="malformed")
        case Resume(after=count) | Ack(seq=count) | Earlier(before=count) if not 0 <= count <= _LARGEST:
            raise BadFrame(texts.BAD_MEMBERS, code="malformed", about=about)
        case _:
            pass


def _check_say(request: Say, bounds: Bounds, about: str) -> None:
    if not _ID.fullmatch(request.id):
        raise BadFrame(texts.BAD_ID, code="malformed")
    if not request.text.strip() and not request.attachments:
        raise BadFrame(texts.EMPTY, code="empty", about=about)
    if len(request.text) > bounds.text:
        sentence = texts.TEXT_TOO_LONG.format(length=len(request.text), limit=bounds.text)
        raise BadFrame(sentence, code="too_long", about=about)
    if len(request.attachments) > bounds.attachments:
        raise BadFrame(texts.TOO_MANY_FILES.format(limit=bounds.attachments), code="too_many_files", about=about)
