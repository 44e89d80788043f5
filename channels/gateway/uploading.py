"""Files on their way past us: what a client announces becomes the address of its place in the store."""

from channels.websocket import protocol as p
from channels.websocket import texts
from channels.websocket.links import file_link
from channels.websocket.shapes import FileView
from channels.websocket.uploads import media_type, safe_name
from switchboard import BlobStore, Conversation
from switchboard.uploading import GivesAddresses


async def send_to(request: p.Upload, blobs: BlobStore, conversation: Conversation) -> p.SendTo:
    """Where a file of the conversation can be sent to; nobody else's conversation has it then.

    Raises:
        BadFrame: The store gives out no addresses.
        BadInput: The name is too long.
    """
    if not isinstance(blobs, GivesAddresses):
        raise p.BadFrame(texts.NO_ADDRESS, code="refused", about=request.id)
    name = safe_name(request.name)
    kind = media_type(request.media_type, name)
    there = await blobs.upload_address(
        request.digest, size=request.size, owner=conversation.key, name=name, media_type=kind
    )
    link = file_link(request.digest, conversation)
    file = FileView(name=name, media_type=kind, size=request.size, digest=request.digest, link=link)
    return p.SendTo(id=request.id, url=there.url, headers=there.headers, file=file)
