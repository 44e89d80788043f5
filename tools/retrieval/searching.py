"""One search over an open connection: evidence, ranking, and the passages to quote from the best units."""

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from tools.retrieval import ranking
from tools.retrieval.backend import Passage
from tools.retrieval.gathering import gather
from tools.retrieval.query import Query
from tools.retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPREAD = 0.5
"""How far below its unit's score the least fitting passage of the unit comes."""


def search(
    connection: sqlite3.Connection,
    snapshot: Snapshot,
    query: Query,
    *,
    readable: "NDArray[np.bool_]",
    vector: "NDArray[np.float32] | None",
    limit: int,
) -> list[Passage]:
    """The best passages of the documents marked in ``readable`` (one mark for each document of the snapshot)."""
    import numpy as np

    evidence = gather(connection, snapshot, query, readable=readable, vector=vector)
    scores = ranking.score(evidence)
    best = np.argsort(-scores, kind="stable")[: 2 * limit + ranking.SHORT_LIST]
    best = best[scores[best] > 0]
    passages: list[Passage] = []
    for place, score in ranking.spread(best.tolist(), scores[best].tolist(), evidence.document[best].tolist()):
        if len(passages) >= limit and passages[limit - 1].score >= score:
            break
        passages += _passages(connection, snapshot, int(evidence.units[place]), query, vector, score)
        passages.sort(key=lambda passage: -passage.score)
    return passages[:limit]


def _passages(
    connection: sqlite3.Connection,
    snapshot: Snapshot,
    position: int,
    query: Query,
    vector: "NDArray[np.float32] | None",
    score: float,
) -> list[Passage]:
    """The passages of a unit, of which the best has the unit's score."""
    source = snapshot.sources[snapshot.document(position)]
    page, body, pieces = connection.execute(
        "SELECT page, body, pieces FROM unit WHERE number = ?", (snapshot.number(position),)
    ).fetchone()
    found = [
        Passage(source=source, text=body[start:end].strip(), page=page, headings=tuple(headings))
        for start, end, *headings in json.loads(pieces)
    ]
    likeness = [0.0] * len(found) if vector is None else snapshot.likeness(position, vector)
    near = likeness or [0.0] * len(found)
    local = [_overlap(passage, query) + like for passage, like in zip(found, near, strict=True)]
    top = max(local)
    return [
        replace(passage, score=score * (1 - SPREAD * (top - value) / (top or 1)))
        for passage, value in zip(found, local, strict=True)
    ]


def _overlap(passage: Passage, query: Query) -> float:
    """The share of the question's terms that stand in the passage, by their first letters, as endings differ."""
    words = " ".join(("", *passage.headings, passage.text)).lower().replace("\n", " ")
    held = sum(term.weight for term in query.terms if term.beginning in words)
    return held / (sum(term.weight for term in query.terms) or 1)
