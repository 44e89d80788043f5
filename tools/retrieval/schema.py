"""The index's SQLite file: its tables, how it is opened, and what its failures mean."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from switchboard import BackendError

FILE = "library.sqlite3"
VERSION = 1
"""Of the tables and of what is put into them; an index of another version is emptied, and its documents come again."""

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's write; one document is written in well under a second."""

SHIFT = 20
"""A unit's number is its document's number times 2^20 plus its place, so that it tells the document without a join."""

TABLES = """
CREATE TABLE source(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    record TEXT NOT NULL,
    units INTEGER NOT NULL,
    encoder TEXT NOT NULL,
    vectors BLOB NOT NULL,
    owners TEXT NOT NULL,
    figures TEXT NOT NULL
);
CREATE TABLE unit(number INTEGER PRIMARY KEY, page INTEGER NOT NULL, head TEXT NOT NULL, body TEXT NOT NULL,
    pieces TEXT NOT NULL);
CREATE VIRTUAL TABLE unit_words USING fts5(head, body, content='unit', content_rowid='number',
    tokenize="porter unicode61 remove_diacritics 2");
CREATE TRIGGER unit_added AFTER INSERT ON unit BEGIN
    INSERT INTO unit_words(rowid, head, body) VALUES (new.number, new.head, new.body);
END;
CREATE TRIGGER unit_removed AFTER DELETE ON unit BEGIN
    INSERT INTO unit_words(unit_words, rowid, head, body) VALUES ('delete', old.number, old.head, old.body);
END;
CREATE VIRTUAL TABLE source_words USING fts5(words, tokenize="porter unicode61 remove_diacritics 2");
CREATE TABLE generation(number INTEGER NOT NULL);
INSERT INTO generation VALUES (1);
"""

_CODES = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_CANTOPEN: "unavailable",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_IOERR: "input_output",
}


@contextmanager
def failures(operation: str) -> Iterator[None]:
    """What SQLite and the file system refuse becomes a `BackendError`; ``full`` is a full disk."""
    try:
        yield
    except sqlite3.Error as error:
        code = _CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "failed")
        raise BackendError(service="library", operation=operation, code=code, retryable=code == "busy") from error
    except OSError as error:
        code = "full" if error.errno in (28, 122) else "unavailable"
        raise BackendError(service="library", operation=operation, code=code) from error


def connect(folder: Path) -> sqlite3.Connection:
    """Open the index in the folder, making it where it is new. Transactions are begun by hand."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(
        folder / FILE, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # What is deleted is overwritten: a person who has a file forgotten does not expect it in the index's file.
    connection.execute("PRAGMA secure_delete = ON")
    if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        _prepare(connection)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, unless another process has made them meanwhile."""
    with transaction(connection):
        if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE '%_words_%' ORDER BY name"
        ).fetchall()
        for (name,) in names:
            connection.execute(f'DROP TABLE "{name}"')
        for statement in _statements():
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements() -> Iterator[str]:
    statement = ""
    for line in TABLES.strip().split("\n"):
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A write that happens whole or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()  # nothing is left to roll back once it is committed
