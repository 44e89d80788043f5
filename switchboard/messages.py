"""What a person sends: a message and its attachments."""

from dataclasses import dataclass

from switchboard.identity import Conversation, MessageId, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message.

    Attributes:
        name: As the sender called it: untrusted, for people to read, never a path.
        media_type: As the sender called it: untrusted.
        size: Bytes.
        digest: SHA-256 of the bytes in hexadecimal, once they are in the blob store; empty before.
        source: What the channel needs to fetch the bytes; empty when they are in the blob store.
    """

    name: str
    media_type: str
    size: int
    digest: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool call that a channel asks for by name, as a form, a mapped intent or a program does.

    Attributes:
        arguments: A JSON object as text: untrusted, checked as a model's are.
        approved: Whether the person has agreed to this very call, where the tool needs that.
    """

    tool: str
    arguments: str = "{}"
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that a person said.

    Attributes:
        id: Identity of the message itself, not of its delivery: a retry has the same id. Unique in its conversation.
        text: Plain text or Markdown, as typed.
        attachments: Files, in the order in which they were attached.
        reply_to: The message that this one answers, where the channel says so.
        received_at: Seconds since the epoch, by the clock of whoever received it.
        deadline: Seconds since the epoch by which the reply must be there, or ``None`` where nobody waits.
        push: Whether the reply has to be sent to the platform, by the outbox; otherwise it is kept until it is fetched.
        call: What the turn begins with, instead of asking the model which tool to use; ``text`` says the same in words.
        job: The job whose result this brings; empty for what a person said. Only the assistant sets it.
    """

    id: MessageId
    conversation: Conversation
    principal: Principal
    text: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: MessageId | None = None
    received_at: float = 0.0
    deadline: float | None = None
    push: bool = False
    call: Call | None = None
    job: str = ""
