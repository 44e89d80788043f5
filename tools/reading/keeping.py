"""What reading has found, kept in one SQLite file: finished documents, and the pieces of those that are not finished.

Everything is kept on behalf of owners, such as a conversation, and goes with the last of them. What two owners gave is
kept once, as it is found by its bytes; whoever does not have the bytes can't ask for it.
"""

import asyncio
import hashlib
import json
import logging
import sqlite3
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from stores.sqlite.database import Database, Schema
from switchboard import SwitchboardError
from tools.reading import photographs, tesseract
from tools.reading.backend import Document, ReadingLimits
from tools.reading.embedded import VERSION
from tools.reading.frames import document_from_json, document_to_json
from tools.reading.reasons import unreadable

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
_log = logging.getLogger(__name__)
FILE = "reading.sqlite3"
MOST_BYTES = 500_000_000
"""That are kept; what was used longest ago goes first."""

MOST_DAYS = 30
"""That something is kept without being used."""

_SCHEMA = Schema(
    application=0x53425244,
    versions=(
        (
            "CREATE TABLE file(key BLOB PRIMARY KEY, document BLOB, bytes INTEGER NOT NULL, used_at REAL NOT NULL)"
            " WITHOUT ROWID",
            "CREATE INDEX file_used ON file(used_at)",
            "CREATE TABLE piece(key BLOB NOT NULL REFERENCES file(key) ON DELETE CASCADE, number INTEGER NOT NULL,"
            " body BLOB NOT NULL, PRIMARY KEY(key, number))",
            "CREATE TABLE owner(name TEXT NOT NULL, key BLOB NOT NULL REFERENCES file(key) ON DELETE CASCADE,"
            " PRIMARY KEY(name, key)) WITHOUT ROWID",
            "CREATE INDEX owner_key ON owner(key)",
        ),
    ),
)


class Kept:
    """The file, opened when it is first needed.

    Args:
        most: Bytes that are kept.
        clock: Seconds since the epoch.
    """

    def __init__(self, path: Path, *, most: int = MOST_BYTES, clock: Callable[[], float] = time.time) -> None:
        self._path, self._most, self._clock = path, most, clock
        self._database: Database | None = None
        self._opening = asyncio.Lock()
        self._complained = False

    async def file(self, source: Path | bytes, *, name: str, limits: ReadingLimits, owner: str) -> "KeptFile":
        """What is kept of a file, on behalf of an owner.

        Raises:
            Unreadable: It is not there.
        """
        try:
            digest, engine = await asyncio.gather(
                asyncio.to_thread(_digest, source), asyncio.to_thread(tesseract.engine)
            )
        except OSError as error:
            raise unreadable(name, "missing") from error
        engines = [engine.identity if engine else "", photographs.identity()]
        told = [digest, VERSION, PurePosixPath(name).suffix.lower(), *engines, asdict(limits)]
        return KeptFile(key=hashlib.sha256(json.dumps(told).encode()).digest(), owner=owner, kept=self)

    async def forget(self, owner: str) -> int:
        """Remove what is kept on behalf of an owner and of nobody else, from the disk too.

        Returns:
            Of how many files.
        """
        if self._database is None and not self._path.exists():
            return 0

        def work(connection: sqlite3.Connection) -> int:
            connection.execute("DELETE FROM owner WHERE name = ?", (owner,))
            return connection.execute("DELETE FROM file WHERE key NOT IN (SELECT key FROM owner)").rowcount

        count = await self.write("forget", work)
        if count and self._database:
            await self._database.shrink_log()
        return count

    async def read(self, operation: str, work: Work[T]) -> T:
        """Look something up."""
        return await (await self._opened()).read("reading", operation, work)

    async def write(self, operation: str, work: Work[T]) -> T:
        """Change something."""
        return await (await self._opened()).write("reading", operation, work)

    def complain(self, error: Exception) -> None:
        """Log that something can't be kept; once, not for every page."""
        if not self._complained:
            _log.warning("what is read can't be kept, and is read again when it is needed: %s", error)
        self._complained = True

    async def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            await self._database.close()

    def put(self, connection: sqlite3.Connection, key: bytes, owner: str, *, size: int) -> None:
        """Note that a file of an owner has grown by so many bytes, and make room."""
        now = self._clock()
        connection.execute(
            "INSERT INTO file(key, bytes, used_at) VALUES (?, ?, ?)"
            " ON CONFLICT(key) DO UPDATE SET bytes = bytes + excluded.bytes, used_at = excluded.used_at",
            (key, size, now),
        )
        connection.execute("INSERT OR IGNORE INTO owner(name, key) VALUES (?, ?)", (owner, key))
        connection.execute("DELETE FROM file WHERE used_at < ?", (now - MOST_DAYS * 86_400,))
        (total,) = connection.execute("SELECT sum(bytes) FROM file").fetchone()
        while total > self._most:
            oldest, freed = connection.execute("SELECT key, bytes FROM file ORDER BY used_at LIMIT 1").fetchone()
            connection.execute("DELETE FROM file WHERE key = ?", (oldest,))
            total -= freed

    async def _opened(self) -> Database:
        async with self._opening:
            if self._database is None:
                self._database = await asyncio.to_thread(Database, self._path, schema=_SCHEMA)
            return self._database


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """What is kept of one file, on behalf of one owner. What can't be kept is logged, and stops no reading."""

    key: bytes
    owner: str
    kept: Kept

    async def document(self) -> Document | None:
        """The file as it was read before; from now on it is kept on behalf of this owner, too."""

        def work(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute("SELECT document FROM file WHERE key = ?", (self.key,)).fetchone()
            if row is None or row[0] is None:
                return None
            self.kept.put(connection, self.key, self.owner, size=0)
            return bytes(row[0])

        try:
            body = await self.kept.write("document", work)
            return await asyncio.to_thread(_unpacked, body) if body else None
        except (SwitchboardError, ValueError, zlib.error) as error:
            self.kept.complain(error)
            return None

    async def pieces(self) -> Mapping[int, bytes]:
        """The pieces that were read before."""

        def work(connection: sqlite3.Connection) -> dict[int, bytes]:
            found = connection.execute("SELECT number, body FROM piece WHERE key = ?", (self.key,))
            return {number: zlib.decompress(body) for number, body in found}

        try:
            return await self.kept.read("pieces", work)
        except (SwitchboardError, zlib.error) as error:
            self.kept.complain(error)
            return {}

    async def keep(self, pieces: Mapping[int, bytes]) -> None:
        """Keep pieces, all or none."""

        def work(connection: sqlite3.Connection) -> None:
            rows = [(self.key, number, zlib.compress(body, 1)) for number, body in pieces.items()]
            self.kept.put(connection, self.key, self.owner, size=sum(len(body) for _, _, body in rows))
            connection.executemany("INSERT OR REPLACE INTO piece(key, number, body) VALUES (?, ?, ?)", rows)

        await self._write("keep", work)

    async def finish(self, document: Document) -> None:
        """Keep the document instead of its pieces."""
        body = await asyncio.to_thread(_packed, document)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM piece WHERE key = ?", (self.key,))
            connection.execute("UPDATE file SET bytes = 0 WHERE key = ?", (self.key,))
            self.kept.put(connection, self.key, self.owner, size=len(body))
            connection.execute("UPDATE file SET document = ? WHERE key = ?", (body, self.key))

        await self._write("finish", work)

    async def _write(self, operation: str, work: Work[None]) -> None:
        try:
            await self.kept.write(operation, work)
        except SwitchboardError as error:
            self.kept.complain(error)


def _packed(document: Document) -> bytes:
    return zlib.compress(json.dumps(document_to_json(document), separators=(",", ":")).encode("ascii"), 1)


def _unpacked(body: bytes) -> Document:
    return document_from_json(json.loads(zlib.decompress(body)))


def _digest(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
