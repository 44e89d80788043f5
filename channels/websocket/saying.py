"""What a client's frame says and what it is about: the same wherever the frame came in."""

from channels.websocket import protocol as p
from channels.websocket import texts
from channels.websocket.channel import Said
from switchboard import Attachment, BlobStore, Conversation, Principal


async def said(
    request: p.Say, *, blobs: BlobStore, conversation: Conversation, principal: Principal, received_at: float
) -> Said:
    """A message frame with what the server knows besides.

    Raises:
        BadFrame: A file of it was not uploaded to this conversation.
    """
    attachments = [await _attachment(digest, request.id, blobs, conversation) for digest in request.attachments]
    return Said(
        frame=request,
        conversation=conversation,
        principal=principal,
        attachments=tuple(attachments),
        received_at=received_at,
    )


def subject(request: p.Request | None) -> str:
    """The message, or the file, that a request is about; empty if it is about none."""
    match request:
        case p.Say() | p.Upload():
            return request.id
        case p.Resume() | p.Stop() | p.Ack() | p.Rate():
            return request.message_id
        case _:
            return ""


async def _attachment(digest: str, message_id: str, blobs: BlobStore, conversation: Conversation) -> Attachment:
    blob = await blobs.stat(digest, owner=conversation.key) if p.is_digest(digest) else None
    if blob is None:
        raise p.BadFrame(texts.FILE_UNKNOWN, code="unknown_file", about=message_id)
    return Attachment(name=blob.name, media_type=blob.media_type, size=blob.size, digest=blob.digest)
