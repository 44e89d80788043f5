"""Where a job keeps what it would go on from: the newest in its record, what no longer changes in the blob store.

A record is one item, which a key-value store limits, and it is read whole each time that somebody looks. What is kept
grows at its end, so it is put away in pieces that are written once: no older copy is left behind when it is replaced.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypedDict

from switchboard import BlobStore, JobContext

PIECE = 10_000
"""Characters: as JSON they are at most 60,000 bytes."""
CHANGES = 1_000
"""Characters at the end that may still change."""
LARGEST = 100_000_000


class _Record(TypedDict):
    """What a job's record holds: the blobs of the pieces in order, and the text behind them."""

    blobs: list[str]
    text: str


@dataclass(slots=True, kw_only=True)
class Checkpoint:
    """What one attempt at a job keeps. Its pieces are known by what they hold."""

    context: JobContext
    _pieces: dict[str, str] = field(default_factory=dict)

    async def load(self) -> str:
        """What an earlier attempt kept; empty where there is nothing.

        Raises:
            BackendError: The store failed.
        """
        record = _record(self.context.job.saved)
        texts = await _read(record, self.context.blobs, self.context.conversation.key)
        self._pieces = {_digest(text): blob for text, blob in zip(texts, record["blobs"], strict=True)}
        return "".join((*texts, record["text"]))

    async def save(self, text: str) -> None:
        """Keep a checkpoint, in place of the one before."""
        whole = max(0, len(text) - CHANGES) // PIECE * PIECE
        blobs = [await self._put(text[start : start + PIECE]) for start in range(0, whole, PIECE)]
        await self.context.progress(save=json.dumps({"blobs": blobs, "text": text[whole:]}))

    async def _put(self, piece: str) -> str:
        digest = _digest(piece)
        if digest not in self._pieces:
            self._pieces[digest] = await stored(piece, self.context.blobs, self.context.conversation.key)
        return self._pieces[digest]


async def load(saved: str, blobs: BlobStore, owner: str) -> str:
    """The checkpoint of a record; empty where there is none. Raises as `Checkpoint.load`."""
    record = _record(saved)
    return "".join((*await _read(record, blobs, owner), record["text"]))


async def stored(text: str, blobs: BlobStore, owner: str) -> str:
    """Put a checkpoint, or a piece of one, into the blob store. Returns its digest."""

    async def data() -> AsyncIterator[bytes]:
        yield text.encode()

    blob = await blobs.put(data(), owner=owner, name="checkpoint.json", media_type="application/json", limit=LARGEST)
    return blob.digest


def _record(saved: str) -> _Record:
    return {"blobs": [], "text": "", **json.loads(saved)} if saved else {"blobs": [], "text": ""}


async def _read(record: _Record, blobs: BlobStore, owner: str) -> list[str]:
    return [(await blobs.read(digest, owner=owner)).decode() for digest in record["blobs"]]


def _digest(piece: str) -> str:
    return hashlib.sha256(piece.encode()).hexdigest()
