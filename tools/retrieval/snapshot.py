"""What a search keeps in memory between questions: the catalogue and the vectors, as of one generation of the index."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.retrieval import records
from tools.retrieval.backend import Source
from tools.retrieval.naming import Label, label
from tools.retrieval.schema import SHIFT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One document's part of the matrix.

    Attributes:
        units: How many units it has.
        vectors: A row for each piece; no rows when it was indexed without an encoder.
        owners: For each row, the unit's place in the document.
        figures: For each unit, how full of figures it is, from 0 to 1.
    """

    units: int
    vectors: "NDArray[np.float32]"
    owners: "NDArray[np.int64]"
    figures: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The units that carry a term, as places in arrays over all units, and how well each does."""

    places: "NDArray[np.int64]"
    strengths: "NDArray[np.float32]"

    def spread(self, total: int) -> "NDArray[np.float32]":
        """The strengths as an array over all units."""
        import numpy as np

        spread = np.zeros(total, dtype=np.float32)
        spread[self.places] = self.strengths
        return spread


class Lookups:
    """The units of the terms that were asked for last; several threads may use it."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._hits: dict[str, Hits] = {}

    def get(self, term: str) -> Hits | None:
        """What is known of a term."""
        return self._hits.get(term)

    def keep(self, term: str, hits: Hits) -> None:
        """Remember a term, in place of the one that was remembered first when there are too many."""
        with self._lock:
            while len(self._hits) >= self._most:
                self._hits.pop(next(iter(self._hits)))
            self._hits[term] = hits


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole library at one generation; documents are in the order of their numbers.

    Attributes:
        counts: How many units each document has.
        offsets: Where each document's units begin in arrays over all units.
        vectors: All pieces' vectors, and in ``owners`` each one's unit in arrays over all units.
        figures: For each unit, how full of figures it is, from 0 to 1.
        held: The documents' parts by number, for the next snapshot.
        places: A document's place by its id.
        names: The places of the documents that go by a name, by its words.
        lookups: The units of terms that were asked for, for the next question.
    """

    generation: int
    numbers: "NDArray[np.int64]"
    sources: Sequence[Source]
    labels: Sequence[Label]
    counts: "NDArray[np.int64]"
    offsets: "NDArray[np.int64]"
    total: int
    vectors: "NDArray[np.float32]"
    owners: "NDArray[np.int64]"
    figures: "NDArray[np.float32]"
    held: Mapping[int, Held]
    places: Mapping[str, int]
    names: Mapping[tuple[str, ...], Sequence[int]]
    lookups: Lookups = field(default_factory=Lookups)

    def positions(self, units: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Units' numbers as places in arrays over all units."""
        import numpy as np

        places: NDArray[np.int64] = self.offsets[np.searchsorted(self.numbers, units >> SHIFT)] + (
            units & ((1 << SHIFT) - 1)
        )
        return places

    def document(self, position: int) -> int:
        """The place of the document that a unit belongs to."""
        import numpy as np

        return int(np.searchsorted(self.offsets, position, side="right")) - 1

    def number(self, position: int) -> int:
        """A place in arrays over all units as the unit's number."""
        place = self.document(position)
        return (int(self.numbers[place]) << SHIFT) + position - int(self.offsets[place])

    def likeness(self, position: int, vector: "NDArray[np.float32]") -> list[float]:
        """How near each piece of one unit is to a vector; empty when the document has no vectors."""
        import numpy as np

        first, last = np.searchsorted(self.owners, [position, position + 1])
        near: list[float] = (self.vectors[first:last] @ vector).tolist() if last > first else []
        return near


def generation(connection: sqlite3.Connection) -> int:
    """The generation that the connection's transaction sees."""
    return int(connection.execute("SELECT number FROM generation").fetchone()[0])


def take(connection: sqlite3.Connection, *, encoder: str, before: Snapshot | None) -> Snapshot:
    """Read the catalogue, and those vectors that ``before`` lacks. A number never stands for another text."""
    import numpy as np

    rows = connection.execute("SELECT number, record, units FROM source ORDER BY number").fetchall()
    sources = [records.load(record) for _, record, _ in rows]
    labels = [label(source) for source in sources]
    names: dict[tuple[str, ...], list[int]] = {}
    for place, made in enumerate(labels):
        for name in made.names:
            names.setdefault(name, []).append(place)
    known = before.held if before else {}
    held = {number: known.get(number) or _held(connection, number, units, encoder) for number, _, units in rows}
    counts = [held[number].units for number, _, _ in rows]
    offsets = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])[:-1].astype(np.int64)
    parts = [(held[number], offset) for (number, _, _), offset in zip(rows, offsets, strict=True)]
    empty = np.zeros((0, 0), dtype=np.float32)
    filled = [(part, offset) for part, offset in parts if len(part.vectors)]
    return Snapshot(
        generation=generation(connection),
        numbers=np.array([number for number, _, _ in rows], dtype=np.int64),
        sources=sources,
        labels=labels,
        counts=np.array(counts, dtype=np.int64),
        offsets=offsets,
        total=sum(counts),
        vectors=np.concatenate([part.vectors for part, _ in filled]) if filled else empty,
        owners=np.concatenate([part.owners + offset for part, offset in filled] or [np.zeros(0, dtype=np.int64)]),
        figures=np.concatenate([part.figures for part, _ in parts] or [np.zeros(0, dtype=np.float32)]),
        held=held,
        places={source.id: place for place, source in enumerate(sources)},
        names=names,
    )


def _held(connection: sqlite3.Connection, number: int, units: int, encoder: str) -> Held:
    import numpy as np

    name, packed, owners, figures = connection.execute(
        "SELECT encoder, vectors, owners, figures FROM source WHERE number = ?", (number,)
    ).fetchone()
    full = np.array(json.loads(figures), dtype=np.float32)
    places = np.array(json.loads(owners), dtype=np.int64)
    if name != encoder or not packed:
        none = np.zeros((0, 0), dtype=np.float32)
        return Held(units=units, vectors=none, owners=np.zeros(0, dtype=np.int64), figures=full)
    vectors = np.frombuffer(packed, dtype="<f2").astype(np.float32).reshape(len(places), -1)
    return Held(units=units, vectors=vectors, owners=places, figures=full)
