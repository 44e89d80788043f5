"""What callers are shown of messages, files, conversations and jobs, as plain data; the OpenAPI is made of it. Pure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from channels.http.tickets import Links
from channels.websocket.links import is_web
from switchboard import (
    Attachment,
    Blob,
    Conversation,
    ConversationSummary,
    Feedback,
    Job,
    Message,
    Reply,
    Turn,
)
from switchboard.assistant import JobNews
from switchboard.storage import JobState, TurnState, Verdict

if TYPE_CHECKING:
    from tools.retrieval.backend import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file of a conversation. Its `digest` (SHA-256) attaches it to messages there; `link` opens it for a while."""

    name: str
    media_type: str
    size: int
    digest: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the caller thinks of a reply. `at` is in seconds since the epoch."""

    verdict: Verdict
    comment: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message and what became of it.

    Attributes:
        state: `done` once there is a reply.
        at: When it was received, in seconds since the epoch.
        reply: The answer; its `status` says whether it is whole, and its `job` names work that goes on.
        job: The job whose result the reply is; empty for what a person said.
        reply_to: The message for which that job was begun, or whose question this one answers.
        feedback: What the caller thinks of the reply; null while nothing was said.
        url: Where this message is looked up.
        events_url: Where its events are streamed.
    """

    id: str
    conversation: str
    state: TurnState
    text: str
    at: float
    attachments: tuple[FileView, ...]
    reply: Reply | None
    job: str
    reply_to: str
    feedback: Opinion | None
    url: str
    events_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """Work that goes on after its answer.

    Attributes:
        done: Steps done of `total`; 0 of 0 when that can't be told.
        result: The reply that it came to, once it has ended.
        cancelling: Whether it was asked to stop.
    """

    id: str
    conversation: str
    message_id: str
    state: JobState
    text: str
    done: int
    total: int
    cancelling: bool
    created_at: float
    result: Reply | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobList:
    """The jobs of a conversation, newest first."""

    jobs: tuple[JobView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job is, when that has changed.

    Attributes:
        result: The message whose reply is the job's result, once it was told: nothing follows then. Empty before.
        url: Where that message is looked up; empty before.
    """

    state: JobState
    text: str
    done: int
    total: int
    result: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document that the caller may read. `link` opens it for a while, and `url` with the caller's credential."""

    id: str
    title: str
    media_type: str
    link: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentList:
    """Documents by title. `next` is the `offset` of those after them; null if there are none."""

    documents: tuple[DocumentView, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationLine:
    """A conversation in the list. `updated_at` is in seconds since the epoch."""

    id: str
    title: str
    turns: int
    updated_at: float
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationList:
    """The caller's conversations over HTTP, most recently used first."""

    conversations: tuple[ConversationLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """Messages of a conversation, oldest first. `before` asks for those before the first of them; null if it is all."""

    id: str
    messages: tuple[MessageView, ...]
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Whether there was something to stop."""

    stopped: bool


def turn_view(turn: Turn, links: Links) -> MessageView:
    """A message as the transcript has it."""
    return message_view(turn.message, links, state=turn.state, reply=turn.reply, feedback=turn.feedback)


def message_view(
    message: Message,
    links: Links,
    *,
    state: TurnState,
    reply: Reply | None = None,
    feedback: tuple[Feedback, ...] = (),
) -> MessageView:
    """A message whose state is known; of the opinions on its reply the caller's own."""
    conversation = message.conversation
    url = links.address("messages", message.id, conversation)
    return MessageView(
        id=message.id,
        conversation=conversation.thread,
        state=state,
        text=message.text,
        at=message.received_at,
        attachments=tuple(file_view(file, conversation, links) for file in message.attachments),
        reply=None if reply is None else links.reply(reply, conversation),
        job=message.job,
        reply_to=message.reply_to or "",
        feedback=next((opinion_of(one) for one in feedback if one.principal == links.principal.id), None),
        url=url,
        events_url=url.replace("?", "/events?", 1),
    )


def job_view(job: Job, links: Links) -> JobView:
    """A job of one of the caller's conversations."""
    return JobView(
        id=job.id,
        conversation=job.conversation.thread,
        message_id=job.message_id,
        state=job.state,
        text=job.text,
        done=job.progress[0],
        total=job.progress[1],
        cancelling=job.cancelling,
        created_at=job.created_at,
        result=links.reply(job.result, job.conversation) if job.ended and job.result is not None else None,
        url=links.address("jobs", job.id, job.conversation),
    )


def opinion_of(feedback: Feedback) -> Opinion:
    """An opinion without whose it is."""
    return Opinion(verdict=feedback.verdict, comment=feedback.comment, at=feedback.at)


def news_view(news: JobNews, conversation: Conversation, links: Links) -> JobProgress:
    """How far a job of the conversation is."""
    return JobProgress(
        state=news.state,
        text=news.text,
        done=news.done,
        total=news.total,
        result=news.result or "",
        url=links.address("messages", news.result, conversation) if news.result else "",
    )


def document_view(source: "Source", conversation: Conversation | None, links: Links) -> DocumentView:
    """A document of the library, or one that was attached to the conversation."""
    return DocumentView(
        id=source.id,
        title=source.title,
        media_type=source.media_type,
        link=source.uri if is_web(source.uri) else links.document(source.id, conversation),
        url=links.address("documents", source.id, conversation),
    )


def line_view(summary: ConversationSummary, links: Links) -> ConversationLine:
    """A line of the list."""
    return ConversationLine(
        id=summary.conversation.thread,
        title=summary.first_text,
        turns=summary.turns,
        updated_at=summary.updated_at,
        url=f"{links.base}/v1/conversations/{summary.conversation.thread}",
    )


def file_view(file: Attachment | Blob, conversation: Conversation, links: Links) -> FileView:
    """A file of the conversation."""
    return FileView(
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        digest=file.digest,
        link=links.file(file.digest, conversation),
    )
