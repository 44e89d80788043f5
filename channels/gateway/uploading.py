"""Files on their way past us: what a client announces becomes the address of its place in the store."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from channels.websocket import protocol as p
from channels.websocket import texts
from channels.websocket.links import file_link
from channels.websocket.shapes import FileView
from channels.websocket.uploads import media_type, safe_name
from switchboard import Attachment, BlobStore, Conversation, Job, MessageId, Principal
from switchboard.uploading import GivesAddresses, UploadAddress

if TYPE_CHECKING:
    from channels.drops.orders import Orders

NOWHERE = UploadAddress(url="", headers={})
"""Where a file is sent that is there already."""


async def send_to(request: p.Upload, blobs: BlobStore, conversation: Conversation) -> p.SendTo:
    """Where a file of the conversation can be sent to; nobody else's conversation has it then.

    Raises:
        BadFrame: The store gives out no addresses.
        BadInput: The name is too long.
    """
    if not isinstance(blobs, GivesAddresses):
        raise p.BadFrame(texts.NO_ADDRESS, code="refused", about=request.id)
    file = _file(request)
    there = await blobs.upload_address(
        file.digest, size=file.size, owner=conversation.key, name=file.name, media_type=file.media_type
    )
    return _answer(request, file, there, conversation)


async def ordered(
    request: p.Upload, orders: "Callable[[], Orders]", conversation: Conversation, principal: Principal
) -> tuple[p.SendTo, Job]:
    """The same for a file that becomes a summary as soon as it is there, and the job that waits for it.

    Raises:
        BadInput: The store gives out no addresses, or the id is another order's.
        TooMuch: The person has sent too much for now.
    """
    from channels.drops.orders import Order  # reading and summarising come with it, which no other frame needs
    from tools.summaries.making import Wish

    assert request.order is not None
    file, wanted = _file(request), request.order
    wish = Wish(focus=wanted.focus.strip(), length=wanted.length, language=wanted.language)
    order = Order(
        id=MessageId(request.id), conversation=conversation, principal=principal, file=file, wish=wish, push=True
    )
    placed = await orders().place(order)
    return _answer(request, file, placed.address or NOWHERE, conversation), placed.job


def _file(request: p.Upload) -> Attachment:
    name = safe_name(request.name)
    kind = media_type(request.media_type, name)
    return Attachment(name=name, media_type=kind, size=request.size, digest=request.digest)


def _answer(request: p.Upload, file: Attachment, there: UploadAddress, conversation: Conversation) -> p.SendTo:
    link = file_link(request.digest, conversation)
    view = FileView(name=file.name, media_type=file.media_type, size=file.size, digest=file.digest, link=link)
    return p.SendTo(id=request.id, url=there.url, headers=there.headers, file=view)
