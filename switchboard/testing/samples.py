"""Words made for tests: small, valid, and with one argument for what the test is about."""

from switchboard.events import (
    Artifact,
    Citation,
    Delta,
    Event,
    Failed,
    Final,
    JobStarted,
    Question,
    Status,
    ToolFinished,
    ToolStarted,
    Warning,
)
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.messages import Attachment, Message
from switchboard.reply import Reply
from switchboard.storage import Change, Inbox, Job, Lease, Turn, TurnState

HOSTILE_NAMES = (
    "",
    "a/b",
    "a%2Fb",
    "a#b|c:d\\e",
    "../../etc/passwd",
    "'; DROP TABLE turns; --",
    "nul\0inside",
    "nul",
    "line\nbreak\r\n",
    "lone \ud800 surrogate",
    "lone \udfff surrogate",
    "ｆｕｌｌｗｉｄｔｈ",
    "fullwidth",
    "e\u0301",
    "\u00e9",
    "עברית \u202e",
    "🤖" * 500,
    "x" * 2000,
    " ",
)
"""Names as somebody hostile, or merely foreign, sends them. No two are the same, though some look it."""

EVERY_EVENT: tuple[Event, ...] = (
    Status(text="Reading", done=1, total=3, seq=1),
    Delta(text="Hel\ud800lo\0", seq=2),
    ToolStarted(call_id="1", tool="search", text="Searching", seq=3),
    ToolFinished(call_id="1", tool="search", status="partial", seconds=0.25, missing=("page 7",), seq=4),
    Citation(
        title="Report", source="r.pdf", number=1, page=2, link="/s", quote="It is.", document="d", score=0.5, seq=5
    ),
    Artifact(name="a.png", media_type="image/png", size=3, digest="0" * 64, link="/a", seq=6),
    Warning(text="Page 7 is blank.", code="blank", seq=7),
    Question(text="Which?", options=("this", "that"), seq=8),
    JobStarted(job_id="j", text="I'm on it.", seq=9),
    Final(text="Hello", status="partial", input_tokens=1, output_tokens=2, trace_id="t", seq=10),
    Failed(text="Try again.", incident="i", retryable=True, seq=11),
)
"""One event of each kind, every field set."""

FULL_REPLY = Reply(
    text="Hello [1]",
    status="partial",
    citations=(Citation(title="Report", source="r.pdf", number=1, page=2, quote="It is."),),
    artifacts=(Artifact(name="a.png", media_type="image/png", size=3, digest="0" * 64),),
    warnings=(Warning(text="Page 7 is blank.", code="blank"),),
    question=Question(text="Which?", options=("this", "that")),
    job=JobStarted(job_id="j", text="I'm on it."),
    tools=(ToolFinished(call_id="1", tool="search", status="complete"),),
    input_tokens=1,
    output_tokens=2,
    trace_id="t",
    incident="i",
)
"""A reply with every field set."""


def a_conversation(room: str = "room", *, tenant: str = "tenant") -> Conversation:
    """A conversation in a room of its own."""
    return Conversation(tenant=tenant, channel="test", room=room)


def a_message(
    name: str = "m0",
    *,
    conversation: Conversation | None = None,
    principal: str = "ann",
    text: str = "Hello",
    received_at: float = 0.0,
) -> Message:
    """A message with every field set."""
    return Message(
        id=MessageId(name),
        conversation=conversation or a_conversation(),
        principal=Principal(id=principal, groups=frozenset({"staff"}), display_name="Ann", verified=True),
        text=text,
        attachments=(Attachment(name="a.pdf", media_type="application/pdf", size=3, digest="0" * 64),),
        reply_to=MessageId("earlier"),
        received_at=received_at,
        deadline=2_000_000_000.5,
    )


def a_turn(
    number: int = 0, *, message: Message | None = None, state: TurnState = "running", reply: Reply | None = None
) -> Turn:
    """The turn of a message, by default of ``m<number>``."""
    return Turn(number=number, message=message or a_message(f"m{number}"), state=state, attempts=1, reply=reply)


def a_change(
    version: int, *turns: Turn, answering: str | None = None, fence: int = 1, memory: bytes | None = None
) -> Change:
    """A change to ``version`` that adds ``turns``; ``answering`` is the message that holds the lease, if one does."""
    lease = None
    if answering is not None:
        lease = Lease(message_id=MessageId(answering), worker="worker", fence=fence, expires_at=30.0)
    return Change(
        follows=version - 1,
        inbox=Inbox(version=version, fence=fence, lease=lease, turns=len(turns)),
        turns=tuple(turns),
        memory=memory,
    )


def a_job(name: str = "j0", *, conversation: Conversation | None = None, created_at: float = 0.0) -> Job:
    """A new job."""
    return Job(
        id=name,
        conversation=conversation or a_conversation(),
        message_id=MessageId("m0"),
        principal=Principal(id="ann", groups=frozenset({"staff"}), verified=True),
        kind="summarize",
        arguments='{"pages":3}',
        created_at=created_at,
    )
