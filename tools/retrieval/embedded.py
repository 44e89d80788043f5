"""The library on this machine: one SQLite file that several processes may read and write at the same time."""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from switchboard import BackendError, ConfigError, Principal
from tools.encoding import Encoder, static_encoder
from tools.reading.backend import Document
from tools.retrieval import query as queries
from tools.retrieval import records, schema, snapshot, writing
from tools.retrieval.access import may
from tools.retrieval.backend import Filter, Passage, Source
from tools.retrieval.chunks import units
from tools.retrieval.filters import matches
from tools.retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
READERS = 2

log = logging.getLogger(__name__)


class EmbeddedLibrary:
    """Implements `Library`; nothing is opened before the first call.

    Args:
        folder: Where the index lies; made when it is missing.
        encoder: Gives the vectors; its name is kept with them. Without a working one, search goes by words alone and
            ``notices`` says so.
    """

    def __init__(self, folder: Path, *, encoder: Callable[[], Encoder] = static_encoder) -> None:
        self._folder = folder
        self._make_encoder = encoder
        self._notices: tuple[str, ...] = ()
        self._closed = False
        self._tried = False
        self._working: Encoder | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="library-reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="library-writer")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """What works less well than it should, in words for people; looks at the encoder's files, which may block."""
        self._encoder()
        return self._notices

    async def search(
        self,
        query: str,
        *,
        principal: Principal,
        document: str = "",
        filters: Sequence[Filter] = (),
        conversation: str = "",
        limit: int = 10,
    ) -> Sequence[Passage]:
        """See `Retriever.search`."""

        def work() -> Sequence[Passage]:
            from tools.retrieval.searching import search

            question = queries.read(query)
            vector = self._vector(question.text)
            with self._reading("search") as (connection, held):
                readable = _readable(held, principal, conversation, document, filters)
                return search(connection, held, question, readable=readable, vector=vector, limit=limit)

        return await self._run(work)

    async def sources(self, *, principal: Principal, conversation: str = "", limit: int = 1000) -> Sequence[Source]:
        """See `Retriever.sources`."""

        def work() -> Sequence[Source]:
            with self._reading("sources") as (_, held):
                found = [source for source in held.sources if may(principal, source.access, conversation=conversation)]
            return sorted(found, key=lambda source: (source.title.casefold(), source.id))[:limit]

        return await self._run(work)

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> Source | None:
        """See `Retriever.source`."""

        def work() -> Source | None:
            with self._reading("source") as (_, held):
                place = held.places.get(document)
                source = None if place is None else held.sources[place]
            return source if source and may(principal, source.access, conversation=conversation) else None

        return await self._run(work)

    async def put(self, source: Source, document: Document) -> int:
        """See `Library.put`."""

        def work() -> int:
            found = units(document)
            prepared = writing.prepare(found, self._encoder())
            with schema.failures("put"):
                writing.put(self._connection(), source, prepared)
            return sum(len(unit.pieces) for unit in found)

        return await self._write(work)

    async def describe(self, source: Source) -> bool:
        """See `Library.describe`."""

        def work() -> bool:
            with schema.failures("describe"):
                return writing.describe(self._connection(), source)

        return await self._write(work)

    async def remove(self, document: str) -> bool:
        """See `Library.remove`."""

        def work() -> bool:
            with schema.failures("remove"):
                return writing.remove(self._connection(), document)

        return await self._write(work)

    async def forget(self, conversation: str) -> int:
        """See `Library.forget`."""

        def find() -> Sequence[str]:
            with self._reading("forget") as (_, held):
                return [source.id for source in held.sources if source.access.conversation == conversation != ""]

        found = await self._run(find)

        def work() -> int:
            with schema.failures("forget"):
                return writing.forget(self._connection(), found)

        return await self._write(work)

    async def stored(self, prefix: str = "") -> Mapping[str, Source]:
        """See `Library.stored`; a document without this encoder's vectors has no digest, so that it is put again."""

        def work() -> Mapping[str, Source]:
            encoder = self._encoder()
            name = encoder.name if encoder else ""
            with schema.failures("stored"):
                rows = self._connection().execute("SELECT record, encoder FROM source").fetchall()
            found = [(records.load(record), made == name) for record, made in rows]
            return {
                source.id: source if current else replace(source, digest="")
                for source, current in found
                if source.path.startswith(prefix)
            }

        return await self._run(work)

    async def close(self) -> None:
        """See `Retriever.close`."""
        self._closed = True
        for pool in (self._writer, self._readers):
            await asyncio.to_thread(pool.shutdown)
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    async def _run(self, work: Callable[[], T]) -> T:
        return await self._in(self._readers, work)

    async def _write(self, work: Callable[[], T]) -> T:
        return await self._in(self._writer, work)

    async def _in(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise BackendError(service="library", operation="use", code="closed")
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        if not hasattr(self._local, "connection"):
            connection = schema.connect(self._folder)
            self._local.connection = connection
            self._connections.append(connection)
        found: sqlite3.Connection = self._local.connection
        return found

    @contextmanager
    def _reading(self, operation: str) -> Iterator[tuple[sqlite3.Connection, Snapshot]]:
        """One consistent look at the index, with the picture of it that fits."""
        with schema.failures(operation):
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                yield connection, self._current(connection)
            finally:
                connection.rollback()

    def _current(self, connection: sqlite3.Connection) -> Snapshot:
        """The snapshot of the generation that the connection sees; taken anew after a change by whatever process."""
        encoder = self._encoder()
        with self._lock:
            if self._snapshot is None or self._snapshot.generation != snapshot.generation(connection):
                self._snapshot = snapshot.take(
                    connection, encoder=encoder.name if encoder else "", before=self._snapshot
                )
            return self._snapshot

    def _encoder(self) -> Encoder | None:
        """The encoder, or ``None`` if it does not work; tried once."""
        with self._lock:
            if not self._tried:
                self._tried = True
                try:
                    encoder = self._make_encoder()
                    encoder.encode(["ready"])
                    self._working = encoder
                except ConfigError as error:
                    self._notices = (f"Search goes by words alone. {error}",)
                    log.warning("%s", self._notices[0])
            return self._working

    def _vector(self, text: str) -> "NDArray[np.float32] | None":
        encoder = self._encoder()
        return None if encoder is None else encoder.encode([text])[0]


def _readable(
    held: Snapshot, principal: Principal, conversation: str, document: str, filters: Sequence[Filter]
) -> "NDArray[np.bool_]":
    """A mark for each document: whether the principal may read it and it is asked for."""
    import numpy as np

    return np.array(
        [
            (not document or source.id == document)
            and may(principal, source.access, conversation=conversation)
            and matches(filters, source.attributes)
            for source in held.sources
        ],
        dtype=np.bool_,
    )
