"""A file on this machine becomes an attachment: checked before a byte is read, stored under its conversation."""

import asyncio
import mimetypes
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from channels.terminal import texts
from channels.terminal.clean import one_line, typed
from switchboard import Attachment, BadInput, BlobStore, Conversation

_PIECE = 1_000_000


async def attach(name: str, *, blobs: BlobStore, conversation: Conversation, limit: int) -> Attachment:
    """Store a file for a conversation.

    Args:
        name: The path as it was typed; ``~`` is the home folder.
        limit: Most bytes.

    Raises:
        BadInput: There is no such file, it can't be read, it is empty or it is too large.
        BackendError: It can't be stored.
    """
    path = Path(name)
    shown = one_line(path.name) or one_line(name)
    path, size = _checked(path, shown)
    if size > limit:
        raise BadInput(texts.too_large(shown, texts.size(limit)), status=413)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    try:
        with await asyncio.to_thread(path.open, "rb") as file:
            blob = await blobs.put(
                _pieces(file), owner=conversation.key, name=typed(path.name), media_type=media_type, limit=limit
            )
    except OSError:
        raise BadInput(texts.unreadable_file(shown)) from None
    return Attachment(name=typed(path.name), media_type=media_type, size=blob.size, digest=blob.digest)


def _checked(path: Path, shown: str) -> tuple[Path, int]:
    try:
        path = path.expanduser()
        if not path.exists():
            raise BadInput(texts.no_file(shown), status=404)
        if not path.is_file():
            raise BadInput(texts.not_a_file(shown))
        size = path.stat().st_size
    except (OSError, ValueError, RuntimeError):
        raise BadInput(texts.unreadable_file(shown)) from None
    if not size:
        raise BadInput(texts.empty_file(shown))
    return path, size


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece
