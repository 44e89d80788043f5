"""Turns and messages as the person who had them sees them: no keys, no principal, addresses that open. Pure."""

from channels.websocket.links import file_link, linked_reply
from channels.websocket.protocol import JobProgress
from channels.websocket.shapes import FileView, OpinionView, TurnView
from switchboard import Attachment, Blob, Conversation, Feedback, Message, MessageId
from switchboard.assistant import JobNews
from switchboard.storage import Turn


def turn_view(turn: Turn) -> TurnView:
    """A turn of the transcript."""
    return TurnView(
        number=turn.number,
        id=turn.message.id,
        text=turn.message.text,
        state=turn.state,
        at=turn.message.received_at,
        attachments=_files(turn.message),
        reply=None if turn.reply is None else linked_reply(turn.reply, turn.message.conversation),
        delivered=turn.delivered,
        job=turn.message.job,
        reply_to=turn.message.reply_to or "",
        feedback=opinion_view(turn.feedback[-1]) if turn.feedback else None,  # there is one person in a web chat
    )


def new_view(message: Message) -> TurnView:
    """A message that was just accepted; its number is not known yet, so it is -1."""
    return TurnView(
        number=-1,
        id=message.id,
        text=message.text,
        state="running",
        at=message.received_at,
        attachments=_files(message),
        job=message.job,
        reply_to=message.reply_to or "",
    )


def opinion_view(feedback: Feedback) -> OpinionView:
    """What was thought of a reply, without whose opinion it is."""
    return OpinionView(verdict=feedback.verdict, comment=feedback.comment)


def file_view(file: Attachment | Blob, conversation: Conversation) -> FileView:
    """A file of the conversation."""
    return FileView(
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        digest=file.digest,
        link=file_link(file.digest, conversation),
    )


def _files(message: Message) -> tuple[FileView, ...]:
    return tuple(file_view(file, message.conversation) for file in message.attachments)


def progress(job_id: str, message_id: MessageId, news: JobNews) -> JobProgress:
    """How far a job is that was begun for a message."""
    return JobProgress(
        job_id=job_id,
        message_id=message_id,
        state=news.state,
        text=news.text,
        done=news.done,
        total=news.total,
    )
