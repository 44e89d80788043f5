"""From the open index to the evidence that ranking needs; nothing that the principal may not read gets into it."""

import math
import sqlite3
from collections.abc import Collection
from typing import TYPE_CHECKING

from tools.retrieval.naming import share, short_for
from tools.retrieval.periods import fit, latest, newness
from tools.retrieval.query import Query, Term
from tools.retrieval.ranking import Evidence
from tools.retrieval.snapshot import Hits, Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD_WEIGHT = 3.0
"""How much more a word counts in a unit's headings or at the top of its page."""

SHORTEST_NAME = 3
LEAST = 0.3
"""What a word in common with a document's name counts at least, however little of the name it is."""

RARE = 0.01
"""The share of units up to which a word that is not written in capitals may be a short name, and not just a word."""


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
    hits = [_hits(connection, snapshot, term) for term in query.terms]
    return Evidence(
        units=chosen,
        document=document[chosen],
        terms=[found.spread(snapshot.total)[chosen] for found in hits],
        weights=[term.weight for term in query.terms],
        named=_named(
            connection,
            snapshot,
            query,
            readable,
            {term for term, found in zip(query.terms, hits, strict=True) if len(found.places) <= RARE * snapshot.total},
        ),
        fitting=_fitting(snapshot, query, readable),
        figures=snapshot.figures[chosen] if query.wants_figures else None,
        meaning=None if vector is None or not len(snapshot.vectors) else _meaning(snapshot, vector)[chosen],
    )


def _hits(connection: sqlite3.Connection, snapshot: Snapshot, term: Term) -> Hits:
    """Which units carry a term and how well: BM25 without its factor for rarity, as that depends on who may read.

    Kept with the snapshot: questions share words, and the words that most questions share are the slowest to look up.
    """
    import numpy as np

    known = snapshot.lookups.get(term.text)
    if known is not None:
        return known
    rows = connection.execute(
        "SELECT rowid, bm25(unit_words, ?, 1.0) FROM unit_words WHERE unit_words MATCH ?", (HEAD_WEIGHT, _quoted(term))
    ).fetchall()
    found = np.array(rows, dtype=np.float64).reshape(-1, 2)
    rarity = max(math.log((snapshot.total - len(rows) + 0.5) / (len(rows) + 0.5)), 1e-6)
    hits = Hits(
        places=snapshot.positions(found[:, 0].astype(np.int64)), strengths=(-found[:, 1] / rarity).astype(np.float32)
    )
    snapshot.lookups.keep(term.text, hits)
    return hits


def _meaning(snapshot: Snapshot, vector: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """For each unit, the likeness of its nearest piece."""
    import numpy as np

    likeness = np.zeros(snapshot.total, dtype=np.float32)
    np.maximum.at(likeness, snapshot.owners, snapshot.vectors @ vector)
    return likeness


def _fitting(snapshot: Snapshot, query: Query, readable: "NDArray[np.bool_]") -> "NDArray[np.float32]":
    """For each document, how well its periods fit; without a period in the question, how new it is."""
    import numpy as np

    told = [label.periods for label in snapshot.labels]
    if query.periods:
        return np.array([fit(query.periods, periods) for periods in told], dtype=np.float32)
    newest = max((latest(told[place]) for place in np.flatnonzero(readable)), default=0.0)
    return np.array([newness(periods, newest) for periods in told], dtype=np.float32)


def _named(
    connection: sqlite3.Connection,
    snapshot: Snapshot,
    query: Query,
    readable: "NDArray[np.bool_]",
    rare: Collection[Term],
) -> "NDArray[np.float32]":
    """For each document, how much of what the question says is in its title and attributes; the best one has 1."""
    import numpy as np

    named = np.zeros(len(snapshot.sources), dtype=np.float32)
    said: dict[int, list[str]] = {}
    among = int(np.count_nonzero(readable))
    for term in query.terms:
        holders = _holders(connection, snapshot, term)
        holders = holders[readable[holders]]
        shortened = not len(holders) and (term.text in query.shouted or term in rare)
        if shortened:
            holders = _abbreviated(snapshot, term.text, readable)
        named[holders] += term.weight**2 * math.log(1 + among / max(len(holders), 1))
        for place in holders.tolist():
            said.setdefault(place, []).extend(snapshot.labels[place].names[0] if shortened else [term.text])
    for place, phrases in said.items():
        named[place] *= LEAST + (1 - LEAST) * share(phrases, snapshot.labels[place].names)
    best = max(float(named.max(initial=0)), math.log(1 + among), 1e-6)
    return named / np.float32(best)


def _holders(connection: sqlite3.Connection, snapshot: Snapshot, term: Term) -> "NDArray[np.int64]":
    """The documents whose title or attributes hold the term."""
    import numpy as np

    rows = connection.execute("SELECT rowid FROM source_words WHERE source_words MATCH ?", (_quoted(term),)).fetchall()
    return np.searchsorted(snapshot.numbers, np.array([number for (number,) in rows], dtype=np.int64))


def _abbreviated(snapshot: Snapshot, word: str, readable: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    """The documents that have a name which the word is short for."""
    import numpy as np

    if len(word) < SHORTEST_NAME:
        return np.zeros(0, dtype=np.int64)
    short = [places for name, places in snapshot.names.items() if short_for(word, name)]
    holders = np.unique(np.array([place for places in short for place in places], dtype=np.int64))
    return holders[readable[holders]]


def _quoted(term: Term) -> str:
    """A term as a phrase of FTS5. It has letters, digits and blanks only, so that nothing in it can be syntax."""
    return f'"{term.text}"'
