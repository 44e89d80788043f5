"""Uploads: a file's name made harmless, its bytes passed on as they come and refused before they are read."""

import asyncio
import mimetypes
import re
import unicodedata
from collections.abc import AsyncIterator

from channels.websocket import texts
from switchboard import BadInput, Blob, BlobStore, Conversation

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_UNSET = ("application/octet-stream", "application/x-www-form-urlencoded")
NAME_LIMIT = 150


def safe_name(name: str) -> str:
    """What is left of a file name without folders, control characters, text-direction tricks and leading dots."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in last)
    tidy = " ".join(printable.split()).lstrip(". ") or "file"
    if len(tidy) <= NAME_LIMIT:
        return tidy
    stem, dot, ending = tidy.rpartition(".")
    if not dot or len(ending) > 10:
        return tidy[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"


def media_type(claimed: str, name: str) -> str:
    """The claimed type if it is one, else what the name suggests."""
    plain = claimed.partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(plain) and plain not in _UNSET:
        return plain
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def check_length(header: str | None, *, limit: int) -> None:
    """Refuse by the announced length, before a byte is read.

    Raises:
        BadInput: It is over the limit (status 413), zero, or not a length.
    """
    if header is None:
        return
    if not (header.isascii() and header.isdigit()):
        raise BadInput(texts.UPLOAD_BROKEN)
    if int(header[:20]) > limit:
        raise BadInput(texts.TOO_LARGE.format(limit=texts.size(limit)), status=413)
    if int(header) == 0:
        raise BadInput(texts.EMPTY_FILE)


async def store(
    chunks: AsyncIterator[bytes],
    blobs: BlobStore,
    *,
    conversation: Conversation,
    name: str,
    claimed_type: str,
    limit: int,
    patience: float,
) -> Blob:
    """Pass the bytes to the blob store, all or nothing.

    Raises:
        BadInput: They are too many (status 413), none, or stopped coming.
        BackendError: They can't be stored.
    """
    tidy = safe_name(name)
    try:
        return await blobs.put(
            _steady(chunks, patience),
            owner=conversation.key,
            name=tidy,
            media_type=media_type(claimed_type, tidy),
            limit=limit,
        )
    except BadInput as error:
        if error.status == 413:
            raise BadInput(texts.TOO_LARGE.format(limit=texts.size(limit)), status=413) from error
        raise


async def _steady(chunks: AsyncIterator[bytes], patience: float) -> AsyncIterator[bytes]:
    """The chunks, as long as each comes in time and there is at least one with something in it."""
    empty = True
    while True:
        try:
            async with asyncio.timeout(patience):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise BadInput(texts.UPLOAD_BROKEN, status=408) from None
        if chunk is None:
            break
        empty = empty and not chunk
        yield chunk
    if empty:
        raise BadInput(texts.EMPTY_FILE)
