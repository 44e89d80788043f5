"""What the frames of the web chat are made of: a turn and a file as a person sees them, and what a client may send."""

from dataclasses import dataclass
from typing import Literal

from switchboard import Reply
from switchboard.storage import TurnState, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """An attachment as its sender sees it."""

    name: str
    media_type: str
    size: int
    digest: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionView:
    """What the person thinks of a reply."""

    verdict: Verdict
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A message and its reply, as the transcript holds them. ``at`` is in seconds since the epoch.

    Where ``job`` names a job, nobody has said anything: the reply is the job's result, and ``reply_to`` the message
    that it was begun for.
    """

    number: int
    id: str
    text: str
    state: TurnState
    at: float
    attachments: tuple[FileView, ...] = ()
    reply: Reply | None = None
    delivered: bool = False
    job: str = ""
    reply_to: str = ""
    feedback: OpinionView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a client may send: characters of a message, bytes of a file, files with one message."""

    text: int
    upload: int
    attachments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the line itself asks of a client, by what stands between it and the server.

    Attributes:
        frame: Bytes of the largest frame; larger ones go in chunks, both ways. 0 where there is no such limit.
        life: Seconds after which the line is cut; it is better to come back before. 0 where it is not.
        quiet: Seconds of silence after which a client sends a ping.
        uploads: Where files go: to the ``server`` over HTTP, or to an ``address`` that is asked for.
    """

    frame: int = 0
    life: int = 0
    quiet: int = 20
    uploads: Literal["server", "address"] = "server"
