"""Where a job keeps what it would go on from: in its record while that is small, otherwise in the blob store."""

import json
from collections.abc import AsyncIterator

from switchboard import BlobStore, JobContext

INLINE = 60_000
"""Bytes: a record is one item, which a key-value store limits, and it is read whole each time that somebody looks."""
LARGEST = 100_000_000


async def save(context: JobContext, text: str) -> None:
    """Keep a checkpoint, in place of the one before."""
    small = len(text.encode()) <= INLINE
    kept = {"text": text} if small else {"blob": await stored(text, context.blobs, context.conversation.key)}
    await context.progress(save=json.dumps(kept))


async def load(saved: str, blobs: BlobStore, owner: str) -> str:
    """The checkpoint of a record; empty where there is none.

    Raises:
        BackendError: The store failed.
    """
    kept = json.loads(saved) if saved else {}
    if digest := kept.get("blob"):
        return (await blobs.read(digest, owner=owner)).decode()
    return str(kept.get("text", ""))


async def stored(text: str, blobs: BlobStore, owner: str) -> str:
    """Put a checkpoint into the blob store. Returns its digest."""

    async def data() -> AsyncIterator[bytes]:
        yield text.encode()

    blob = await blobs.put(data(), owner=owner, name="checkpoint.json", media_type="application/json", limit=LARGEST)
    return blob.digest
