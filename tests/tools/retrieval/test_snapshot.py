"""What a search keeps in memory between questions."""

import numpy as np

from tools.retrieval.snapshot import Hits, Lookups


def hits(*places: int) -> Hits:
    return Hits(places=np.array(places), strengths=np.ones(len(places), dtype=np.float32))


def test_hits_spread_over_all_units() -> None:
    assert hits(1, 3).spread(5).tolist() == [0, 1, 0, 1, 0]


def test_only_the_last_terms_are_remembered() -> None:
    lookups = Lookups(most=2)
    for term in "abc":
        lookups.keep(term, hits(1))
    assert lookups.get("a") is None
    assert lookups.get("b") is not None
    assert lookups.get("c") is not None
