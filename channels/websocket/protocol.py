"""The frames of the web chat, in and out, and the rules that they obey; ``docs/protocol.md`` describes it."""

import json
import re
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias, get_args

from channels.websocket import texts
from channels.websocket.requests import REQUESTS as REQUESTS
from channels.websocket.requests import Ack as Ack
from channels.websocket.requests import CancelJob as CancelJob
from channels.websocket.requests import Chunk as Chunk
from channels.websocket.requests import Earlier as Earlier
from channels.websocket.requests import Hello as Hello
from channels.websocket.requests import Ping as Ping
from channels.websocket.requests import Rate as Rate
from channels.websocket.requests import Request as Request
from channels.websocket.requests import Resume as Resume
from channels.websocket.requests import Say as Say
from channels.websocket.requests import Stop as Stop
from channels.websocket.requests import Upload as Upload
from channels.websocket.shapes import Bounds as Bounds
from channels.websocket.shapes import FileView as FileView
from channels.websocket.shapes import Line as Line
from channels.websocket.shapes import OpinionView as OpinionView
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
_MARK = re.compile(r"[A-Za-z0-9_-]{0,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
MOST_FOCUS = 2_000
"""Characters of what the reader of a summary is interested in."""


class BadFrame(BadInput):
    """A frame against the protocol. ``id`` is the message that it was about, where that can be told."""

    def __init__(self, user_text: str, *, code: str, about: str = "", status: int = 400) -> None:
        super().__init__(user_text, status=status)
        self.frame_code = code
        self.about = about


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
    """The message is safe with the server; its events follow.

    ``next`` is what the next message says as ``after``, where frames may overtake each other; else it is empty.
    """

    type: ClassVar[str] = "accepted"
    id: str
    state: OfferState
    ahead: int = 0
    next: str = ""


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
class Rated:
    """Answers rate: the opinion is kept."""

    type: ClassVar[str] = "rated"
    message_id: str
    feedback: OpinionView


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Answers a request for earlier turns."""

    type: ClassVar[str] = "history"
    turns: tuple[TurnView, ...]
    earlier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTo:
    """Answers upload: the file is to be put there, with these headers, and is ``file`` once it is."""

    type: ClassVar[str] = "upload"
    id: str
    url: str
    headers: dict[str, str]
    file: FileView


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """Answers ping."""

    type: ClassVar[str] = "pong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A request that was not carried out. ``id`` is the message it was about, if any; ``next`` as in `Accepted`."""

    type: ClassVar[str] = "error"
    code: str
    text: str
    incident: str = ""
    id: str = ""
    next: str = ""


Response: TypeAlias = (
    Welcome
    | Accepted
    | TurnBegan
    | Happened
    | HappenedSince
    | JobProgress
    | Rated
    | History
    | SendTo
    | Pong
    | Problem
    | Chunk
)
RESPONSES: dict[str, type[Response]] = {kind.type: kind for kind in get_args(Response)}


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
        case Upload():
            _check_upload(request, bounds, about)
        case Resume() | Stop() | Ack() | Rate() if not about:
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
    if not (_MARK.fullmatch(request.after) and _KNOWN_ID.fullmatch(request.reply_to or "-")):
        raise BadFrame(texts.BAD_MEMBERS, code="malformed", about=about)
    if not request.text.strip() and not request.attachments:
        raise BadFrame(texts.EMPTY, code="empty", about=about)
    if len(request.text) > bounds.text:
        sentence = texts.TEXT_TOO_LONG.format(length=len(request.text), limit=bounds.text)
        raise BadFrame(sentence, code="too_long", about=about)
    if len(request.attachments) > bounds.attachments:
        raise BadFrame(texts.TOO_MANY_FILES.format(limit=bounds.attachments), code="too_many_files", about=about)


def _check_upload(request: Upload, bounds: Bounds, about: str) -> None:
    if not _ID.fullmatch(request.id):
        raise BadFrame(texts.BAD_ID, code="malformed")
    order = request.order
    wrong = order is not None and (len(order.focus) > MOST_FOCUS or not _LANGUAGE.fullmatch(order.language))
    if wrong or not is_digest(request.digest):
        raise BadFrame(texts.BAD_MEMBERS, code="malformed", about=about)
    if request.size <= 0:
        raise BadFrame(texts.EMPTY_FILE, code="bad_input", about=about)
    if request.size > bounds.upload:
        sentence = texts.TOO_LARGE.format(limit=texts.size(bounds.upload))
        raise BadFrame(sentence, code="too_large", about=about, status=413)
