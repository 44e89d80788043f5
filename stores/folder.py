"""Blobs in a folder: bytes under their own digest, and beside them a SQLite file that says who may have them.

    blobs/
    ├── owners.sqlite     the rights: owner, digest, and what that owner calls the bytes
    ├── incoming/         bytes that are still streaming in
    └── files/3f/3f9a…    bytes that somebody owns

Bytes are written to ``incoming``, reach the disk, and are then renamed into place in the same transaction that writes
the right to them. A crash can only leave bytes that nobody owns; they are swept when the folder is next opened.
"""

import asyncio
import errno
import hashlib
import os
import re
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stores.sqlite.database import Database
from stores.sqlite.rows import exact, name
from stores.sqlite.schema import BLOBS
from stores.uploads import within
from switchboard.errors import BackendError, ConfigError
from switchboard.storage import Blob

PIECE = 1 << 20
"""Bytes gathered before a thread writes them: a hop for each frame of an upload would cost more than the write."""

ABANDONED_AFTER = 24 * 3600.0
"""Seconds after which an incoming file that nobody writes to is taken for a crashed process's."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FolderBlobStore:
    """A `BlobStore` in a folder of a local disk; several processes may share the folder.

    Raises:
        ConfigError: The folder can't be written, or its rights file is not one of ours.
    """

    def __init__(self, folder: Path) -> None:
        self._files = folder / "files"
        self._incoming = folder / "incoming"
        try:
            for place in (folder, self._files, self._incoming):
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"can't be made: {error.strerror}.", where=str(folder), fix="Choose another data folder."
            ) from error
        self._database = Database(folder / "owners.sqlite", schema=BLOBS, at_opening=self._sweep)

    async def put(
        self, chunks: AsyncIterator[bytes], *, owner: str, name: str = "", media_type: str = "", limit: int
    ) -> Blob:
        """See `BlobStore.put`."""
        with _disk_errors("put"):
            incoming = await asyncio.to_thread(_Incoming, self._incoming)
        try:
            await _receive(incoming, within(chunks, limit))
            blob = Blob(
                digest=incoming.digest,
                size=incoming.size,
                media_type=media_type or "application/octet-stream",
                name=name,
                owners=frozenset({owner}),
            )
            await self._keep(incoming, blob, owner)
        finally:
            incoming.discard()
        return blob

    async def stat(self, digest: str, *, owner: str) -> Blob | None:
        """See `BlobStore.stat`."""
        blob = await self._owned(digest, owner)
        with _disk_errors("stat"):
            there = blob is not None and await asyncio.to_thread(self._place(digest).is_file)
        return blob if there else None

    async def read(self, digest: str, *, owner: str) -> bytes:
        """See `BlobStore.read`. Bytes that no longer have their digest are not given out: ``code`` is ``damaged``."""
        if await self._owned(digest, owner) is None:
            raise BackendError(service="blobs", operation="read", code="missing")
        with _disk_errors("read"):
            return await asyncio.to_thread(_read_checked, self._place(digest), digest)

    async def delete_owner(self, owner: str) -> int:
        """See `BlobStore.delete_owner`."""

        def work(connection: sqlite3.Connection) -> list[str]:
            rows = connection.execute("DELETE FROM rights WHERE owner = ? RETURNING digest", (exact(owner),))
            return [digest for (digest,) in rows]

        had = await self._database.write("blobs", "delete_owner", work)
        await self._remove_unowned(had)
        await self._database.shrink_log()
        return len(had)

    async def close(self) -> None:
        """See `BlobStore.close`."""
        await self._database.close()

    async def _owned(self, digest: str, owner: str) -> Blob | None:
        """What the rights say, without a look at the bytes."""
        if not _DIGEST.fullmatch(digest):
            return None
        query = "SELECT size, media_type, name FROM rights WHERE owner = ? AND digest = ?"

        def work(connection: sqlite3.Connection) -> Blob | None:
            row = connection.execute(query, (exact(owner), digest)).fetchone()
            if row is None:
                return None
            size, media_type, label = row
            owners = frozenset({owner})
            return Blob(digest=digest, size=size, media_type=name(media_type), name=name(label), owners=owners)

        return await self._database.read("blobs", "stat", work)

    async def _keep(self, incoming: "_Incoming", blob: Blob, owner: str) -> None:
        """Write the right and move the bytes into place: both or neither."""
        statement = (
            "INSERT INTO rights (owner, digest, size, media_type, name) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (owner, digest) DO UPDATE SET media_type = excluded.media_type, name = excluded.name"
        )

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                statement, (exact(owner), blob.digest, blob.size, exact(blob.media_type), exact(blob.name))
            )
            incoming.move(self._place(blob.digest))

        try:
            with _disk_errors("put"):
                await self._database.write("blobs", "put", work)
        except BackendError:
            await self._remove_unowned([blob.digest])
            raise

    async def _remove_unowned(self, digests: Iterable[str]) -> None:
        """Remove the bytes to which nobody has a right, under the lock under which rights are written."""

        def work(connection: sqlite3.Connection) -> None:
            for digest in digests:
                if connection.execute("SELECT 1 FROM rights WHERE digest = ?", (digest,)).fetchone() is None:
                    self._place(digest).unlink(missing_ok=True)

        with _disk_errors("delete"):
            await self._database.write("blobs", "delete", work)

    def _place(self, digest: str) -> Path:
        return self._files / digest[:2] / digest

    def _sweep(self, connection: sqlite3.Connection) -> None:
        """Remove what crashes left behind: bytes that nobody owns and uploads that nobody finishes."""
        owned = {digest for (digest,) in connection.execute("SELECT DISTINCT digest FROM rights")}
        for file in self._files.glob("??/*"):
            if file.name not in owned:
                file.unlink(missing_ok=True)
        for file in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < time.time() - ABANDONED_AFTER:
                    file.unlink()


class _Incoming:
    """Bytes on their way in: a file that is invisible until it is moved, and gone if it is not."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._path = folder / secrets.token_hex(16)
        self._hash = hashlib.sha256()
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def add(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)
        self.size += len(data)

    def finish(self) -> None:
        """Let the bytes reach the disk before anything refers to them."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def move(self, place: Path) -> None:
        """Give the file its name for good. Where the same bytes are already, they are replaced by themselves."""
        place.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.replace(place)
        for folder in (place.parent, place.parent.parent):
            _sync_folder(folder)

    def discard(self) -> None:
        """Remove what was not moved; on the caller's thread, as it may be being cancelled."""
        with suppress(OSError):  # closing writes what is buffered, which a full disk refuses once more
            self._file.close()
        self._path.unlink(missing_ok=True)


async def _receive(incoming: _Incoming, chunks: AsyncIterator[bytes]) -> None:
    gathered = bytearray()
    async for chunk in chunks:
        gathered += chunk
        if len(gathered) >= PIECE:
            piece, gathered = bytes(gathered), bytearray()
            with _disk_errors("put"):
                await asyncio.to_thread(incoming.add, piece)
    with _disk_errors("put"):
        await asyncio.to_thread(incoming.add, bytes(gathered))
        await asyncio.to_thread(incoming.finish)


def _read_checked(place: Path, digest: str) -> bytes:
    try:
        data = place.read_bytes()
    except FileNotFoundError:  # its last owner was deleted meanwhile, or somebody tidied up
        raise BackendError(service="blobs", operation="read", code="missing") from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise BackendError(service="blobs", operation="read", code="damaged")
    return data


def _sync_folder(folder: Path) -> None:
    """Let a rename reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_errors(operation: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = "full" if error.errno in _FULL else "io"
        raise BackendError(service="blobs", operation=operation, code=code) from error
