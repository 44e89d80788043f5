"""One SQLite file: its two connections, each on a thread of its own, its schema's version, and its errors in our words.

The file is in WAL mode, so readers and the writer do not wait for each other, and several processes may open it. Every
write has reached the disk (``synchronous=FULL``) when the call returns; those that wait together share a transaction.
"""

import asyncio
import os
import sqlite3
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from stores.sqlite.lane import Lane, Work, reading, writing
from switchboard.errors import BackendError, ConfigError

T = TypeVar("T")

BUSY_SECONDS = 10.0
"""How long a write waits for another process's; a transaction takes about a millisecond, so this is a stuck one."""

_OPENING_SECONDS = 0.01

PAGE_SIZE = "PRAGMA page_size = 8192"
"""For a new file. Five turns fit a page of this size, and only two fit one of half the size; both are as fast."""

_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten: a person who erases a conversation does not expect it in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
)
_CODES = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_TOOBIG: "too_big",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a file of this kind holds.

    Attributes:
        application: The number that SQLite files of this kind carry (``PRAGMA application_id``).
        versions: For each version, the statements that lead to it from the one before. Only ever added to.
    """

    application: int
    versions: tuple[tuple[str, ...], ...]


class Database:
    """An open file. It is made, or brought up to date, by the constructor, which blocks for some milliseconds.

    Args:
        at_opening: What else is to be done before the first use, in a transaction of its own.

    Raises:
        ConfigError: The file can't be opened, is not one of ours, or comes from a newer version.
    """

    def __init__(self, path: Path, *, schema: Schema, at_opening: Work[None] | None = None) -> None:
        self.path = path
        self._closed = False
        try:
            _make_private(path)
            with ExitStack() as opened:
                self._writer = opened.enter_context(closing(_connect(path)))
                _bring_up_to_date(self._writer, path, schema)
                if at_opening is not None:
                    _transact(self._writer, at_opening)
                self._reader = opened.enter_context(closing(_connect(path)))
                for connection in (self._writer, self._reader):
                    for setting in _SETTINGS:
                        connection.execute(setting)
                self._connections = opened.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise _unusable(path, error) from error
        self._writes = Lane(self._writer, writing, name="sqlite-write")
        self._reads = Lane(self._reader, reading, name="sqlite-read")

    async def write(self, service: str, operation: str, work: Work[T]) -> T:
        """Run ``work``, all or nothing: afterwards it is on the disk or, if it raises, nothing of it was done.

        Works that wait together share a transaction, so what ``work`` does has to be done by ``connection`` alone.
        """
        return await self._run(self._writes, service, operation, work)

    async def read(self, service: str, operation: str, work: Work[T]) -> T:
        """Run ``work``, which sees one consistent state within each statement."""
        return await self._run(self._reads, service, operation, work)

    async def shrink_log(self) -> None:
        """Move the write-ahead log into the file and empty it, as far as other processes' reading allows now."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # unread rows would keep a lock

        await self._run(self._writes, "sqlite", "shrink_log", work, alone=True)

    async def close(self) -> None:
        """Finish what is under way and close the file; safe to repeat."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._close)

    async def _run(self, lane: Lane, service: str, operation: str, work: Work[T], *, alone: bool = False) -> T:
        if self._closed:
            raise BackendError(service=service, operation=operation, code="closed")
        try:
            return await lane.run(work, alone=alone)
        except sqlite3.Error as error:
            raise _translated(error, service, operation) from error

    def _close(self) -> None:
        self._reads.close()
        self._writes.close()
        self._connections.close()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _make_private(path: Path) -> None:
    """Create the file for its owner only; SQLite gives its companions (``-wal``, ``-shm``) the same permissions."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    """Check whose file it is and run the statements of the versions that it lacks, in one transaction."""

    def migrate(connection: sqlite3.Connection) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application != schema.application and (application or version or tables):
            raise ConfigError(
                "is a database of another program.",
                where=str(path),
                fix="Choose another data folder, or move the file.",
            )
        if version > len(schema.versions):
            raise ConfigError(
                f"was written by a newer Switchboard (schema {version}; this one knows {len(schema.versions)}).",
                where=str(path),
                fix="Upgrade Switchboard, or choose another data folder.",
            )
        for number, statements in enumerate(schema.versions[version:], start=version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {schema.application}")
            connection.execute(f"PRAGMA user_version = {number}")

    connection.execute(PAGE_SIZE)
    _transact(connection, migrate)
    _log_ahead(connection)


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Put the file in WAL mode, which needs it for a moment alone.

    Where another process is opening it too, SQLite does not wait as it does for a transaction: it says so at once.
    """
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if _primary(error) != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(_OPENING_SECONDS)


def _transact(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Run ``work`` between BEGIN and COMMIT. The lock is taken at once, so that what it reads stays true."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:  # not committed; on some errors, such as a full disk, already rolled back
            connection.execute("ROLLBACK")
    return result


def _translated(error: sqlite3.Error, service: str, operation: str) -> BackendError:
    code = _CODES.get(_primary(error), "failed")
    return BackendError(service=service, operation=operation, code=code, retryable=code == "busy")


def _primary(error: sqlite3.Error) -> int:
    """SQLite's result code without the extension; 0 where Python raised the error itself."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # no room for the file beside the database that its readers share
        return sqlite3.SQLITE_FULL
    return code & 0xFF


def _unusable(path: Path, error: sqlite3.Error | OSError) -> ConfigError:
    fix = "Choose another data folder, or restore the file from a backup."
    if isinstance(error, OSError):
        problem = f"can't be opened: {error.strerror}."
    elif _primary(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        problem = "is damaged, or is not a database."
    elif _primary(error) == sqlite3.SQLITE_FULL:
        problem, fix = "can't be opened: the disk is full.", "Free some space, or choose another data folder."
    else:
        problem = f"can't be opened: {error}."
    return ConfigError(problem, where=str(path), fix=fix)
