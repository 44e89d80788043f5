"""Putting documents into the index and taking them out; each in one transaction."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from tools.encoding import Encoder
from tools.retrieval import records
from tools.retrieval.backend import Source
from tools.retrieval.chunks import Unit, printable
from tools.retrieval.naming import facts
from tools.retrieval.schema import SHIFT, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document ready to be written; made outside the transaction, as it takes longer than the writing.

    Attributes:
        encoder: Names the vectors; empty when there are none.
        vectors: A row of half-precision numbers for each piece, as bytes.
        owners: For each row, the unit's place in the document.
    """

    units: Sequence[Unit]
    encoder: str
    vectors: bytes
    owners: Sequence[int]


def prepare(units: Sequence[Unit], encoder: Encoder | None) -> Prepared:
    """Encode the pieces, each under its headings.

    Raises:
        ConfigError: The encoder's files are missing or damaged.
    """
    owners = [place for place, unit in enumerate(units) for _ in unit.pieces]
    if encoder is None:
        return Prepared(units=units, encoder="", vectors=b"", owners=owners)
    texts = [
        "\n".join((*piece.headings, unit.text[piece.start : piece.end])) for unit in units for piece in unit.pieces
    ]
    vectors = encoder.encode(texts).astype("<f2").tobytes()
    return Prepared(units=units, encoder=encoder.name, vectors=vectors, owners=owners)


def put(connection: sqlite3.Connection, source: Source, document: Prepared) -> None:
    """Write a document in place of what has its id."""
    with transaction(connection):
        _remove(connection, source.id)
        number = _insert(connection, source, document)
        _insert_words(connection, number, source)
        connection.executemany(
            "INSERT INTO unit VALUES (?, ?, ?, ?, ?)",
            (
                ((number << SHIFT) + place, unit.page, unit.head, unit.text, _pieces(unit))
                for place, unit in enumerate(document.units)
            ),
        )
        _turn(connection)


def describe(connection: sqlite3.Connection, source: Source) -> bool:
    """Replace what is said about a document."""
    with transaction(connection):
        row = connection.execute("SELECT number FROM source WHERE id = ?", (_key(source.id),)).fetchone()
        if row is None:
            return False
        connection.execute(
            "UPDATE source SET record = ? WHERE number = ?",
            (records.dump(source), row[0]),
        )
        connection.execute("DELETE FROM source_words WHERE rowid = ?", row)
        _insert_words(connection, row[0], source)
        _turn(connection)
    return True


def remove(connection: sqlite3.Connection, identity: str) -> bool:
    """Forget a document."""
    with transaction(connection):
        found = _remove(connection, identity)
        if found:
            _turn(connection)
    return found


def forget(connection: sqlite3.Connection, identities: Sequence[str]) -> int:
    """Forget documents so that nothing of them can be read from the file. Returns how many were there.

    The word indexes only note what is deleted, until they are merged; so they are merged here, in the same transaction:
    whatever is broken off is done again from its beginning. The write-ahead log is emptied even where nothing was
    there, as an earlier call may not have come so far.
    """
    count = 0
    if identities:
        with transaction(connection):
            count = sum(_remove(connection, identity) for identity in identities)
            connection.execute("INSERT INTO unit_words(unit_words) VALUES ('optimize')")
            connection.execute("INSERT INTO source_words(source_words) VALUES ('optimize')")
            _turn(connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # unread rows would keep a lock
    return count


def _insert(connection: sqlite3.Connection, source: Source, document: Prepared) -> int:
    cursor = connection.execute(
        "INSERT INTO source(id, record, units, encoder, vectors, owners, figures) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            _key(source.id),
            records.dump(source),
            len(document.units),
            document.encoder,
            document.vectors,
            json.dumps(list(document.owners)),
            json.dumps([round(unit.figures, 3) for unit in document.units]),
        ),
    )
    return int(cursor.lastrowid or 0)


def _insert_words(connection: sqlite3.Connection, number: int, source: Source) -> None:
    connection.execute("INSERT INTO source_words(rowid, words) VALUES (?, ?)", (number, printable(facts(source))))


def _remove(connection: sqlite3.Connection, identity: str) -> bool:
    row = connection.execute("SELECT number FROM source WHERE id = ?", (_key(identity),)).fetchone()
    if row is None:
        return False
    first = row[0] << SHIFT
    connection.execute("DELETE FROM unit WHERE number >= ? AND number < ?", (first, first + (1 << SHIFT)))
    connection.execute("DELETE FROM source_words WHERE rowid = ?", row)
    connection.execute("DELETE FROM source WHERE number = ?", row)
    return True


def _turn(connection: sqlite3.Connection) -> None:
    """Tell readers that their picture of the library is old."""
    connection.execute("UPDATE generation SET number = number + 1")


def _pieces(unit: Unit) -> str:
    return json.dumps([[piece.start, piece.end, *piece.headings] for piece in unit.pieces])


def _key(identity: str) -> bytes:
    """An id as the index keeps it: bytes, as an id made from a file's name may hold what is not text."""
    return identity.encode("utf-8", "surrogatepass")
