"""From the open index to the evidence that ranking needs; nothing that the principal may not read gets into it."""

import math
import sqlite3
from typing import TYPE_CHECKING

from tools.retrieval.naming import short_for
from tools.retrieval.periods import fit
from tools.retrieval.query import Query, Term
from tools.retrieval.ranking import Evidence
from tools.retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD_WEIGHT = 3.0
"""How much more a word counts in a unit's headings or at the top of its page."""

SHORTEST_NAME = 3


def gather(
    connection: sqlite3.Connection,
    snapshot: Snapshot,
    query: Query,
    *,
    readable: "NDArray[np.bool_]",
    vector: "NDArray[np.float32] | None",
) -> Evidence:
    """Look up every term. ``readable`` has a mark for each document, ``vector`` is the question's, if it has one."""
    import numpy as np

    document = np.repeat(np.arange(len(snapshot.sources)), snapshot.counts)
    chosen = np.flatnonzero(readable[document])
    terms = [_carried(connection, snapshot, term)[chosen] for term in query.terms]
    return Evidence(
        units=chosen,
        document=document[chosen],
        terms=terms,
        weights=[term.weight for term in query.terms],
        named=_named(connection, snapshot, query, readable),
        fitting=np.array([fit(query.periods, label.periods) for label in snapshot.labels], dtype=np.float32),
        figures=snapshot.figures[chosen] if query.wants_figures else None,
        meaning=None if vector is None or not len(snapshot.vectors) else _meaning(snapshot, vector)[chosen],
    )


def _carried(connection: sqlite3.Connection, snapshot: Snapshot, term: Term) -> "NDArray[np.float32]":
    """How well each unit carries a term: BM25 with its factor for rarity taken out, as that depends on who may read."""
    import numpy as np

    carried = np.zeros(snapshot.total, dtype=np.float32)
    rows = connection.execute(
        "SELECT rowid, bm25(unit_words, ?, 1.0) FROM unit_words WHERE unit_words MATCH ?", (HEAD_WEIGHT, _quoted(term))
    ).fetchall()
    if rows:
        found = np.array(rows, dtype=np.float64)
        rarity = max(math.log((snapshot.total - len(rows) + 0.5) / (len(rows) + 0.5)), 1e-6)
        carried[snapshot.positions(found[:, 0].astype(np.int64))] = -found[:, 1] / rarity
    return carried


def _meaning(snapshot: Snapshot, vector: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """For each unit, the likeness of its nearest piece."""
    import numpy as np

    likeness = np.zeros(snapshot.total, dtype=np.float32)
    np.maximum.at(likeness, snapshot.owners, snapshot.vectors @ vector)
    return likeness


def _named(
    connection: sqlite3.Connection, snapshot: Snapshot, query: Query, readable: "NDArray[np.bool_]"
) -> "NDArray[np.float32]":
    """For each document, how much of what the question says is in its title and attributes; the best one has 1."""
    import numpy as np

    named = np.zeros(len(snapshot.sources), dtype=np.float32)
    among = int(np.count_nonzero(readable))
    for term in query.terms:
        if term.weight >= 1:
            holders = _holders(connection, snapshot, term)
            holders = holders[readable[holders]]
            if not len(holders) and (term.text in query.shouted or len(term.text) >= 2 * SHORTEST_NAME):
                holders = _abbreviated(snapshot, term.text, readable)
            named[holders] += term.weight * math.log(1 + among / max(len(holders), 1))
    best = max(float(named.max(initial=0)), math.log(1 + among), 1e-6)
    return named / np.float32(best)


def _holders(connection: sqlite3.Connection, snapshot: Snapshot, term: Term) -> "NDArray[np.int64]":
    """The documents whose title or attributes hold the term."""
    import numpy as np

    rows = connection.execute("SELECT rowid FROM source_words WHERE source_words MATCH ?", (_quoted(term),)).fetchall()
    return np.searchsorted(snapshot.numbers, np.array([number for (number,) in rows], dtype=np.int64))


def _abbreviated(snapshot: Snapshot, word: str, readable: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    """The documents whose name the word is short for."""
    import numpy as np

    if len(word) < SHORTEST_NAME:
        return np.zeros(0, dtype=np.int64)
    places = np.flatnonzero(readable).tolist()
    return np.array([place for place in places if short_for(word, snapshot.labels[place].names)], dtype=np.int64)


def _quoted(term: Term) -> str:
    """A term as a phrase of FTS5. It has letters, digits and blanks only, so that nothing in it can be syntax."""
    return f'"{term.text}"'
