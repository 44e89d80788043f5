"""Makes ``data/static.npz``, the static encoder's table: ``python -m tools.encoding.distil``.

Each token of the vocabulary goes through MiniLM alone; principal components shorten the vectors; frequent tokens are
weighed down (smooth inverse frequency, with Zipf's law over the vocabulary's order in place of counts); 8 bits remain.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from tools.encoding import files
from tools.encoding.minilm import MiniLM
from tools.encoding.static import StaticEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SMOOTHING = 1e-3
"""``a`` in the weight ``a / (a + p)``: the usual value."""

FIRST_WORD = 1996
"""Rows before this one are marks, unused entries and single characters, which BERT did not order by frequency."""


def distil(tokens: list[str]) -> "NDArray[np.float32]":
    """One weighted vector for each token."""
    import numpy as np

    words = [token.removeprefix("##") for token in tokens]
    vectors = MiniLM().encode(words).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    _, _, components = np.linalg.svd(vectors, full_matrices=False)
    projected = vectors @ components[: StaticEncoder.dimension].T
    rank = np.maximum(np.arange(len(tokens)) - FIRST_WORD, 0) + 1
    frequency = 1 / (rank * np.log(len(tokens)))
    weights = SMOOTHING / (SMOOTHING + frequency)
    meaningless = [token.startswith("[") and token.endswith("]") and len(token) > 2 for token in tokens]
    weights[np.array(meaningless)] = 0
    table: NDArray[np.float32] = (projected * weights[:, None]).astype(np.float32)
    return table


def write(table: "NDArray[np.float32]", path: Path) -> str:
    """Write the table in 8 bits with a scale for each row; returns the file's SHA-256."""
    import numpy as np

    scales = np.abs(table).max(axis=1) / 127
    rows = np.divide(table, scales[:, None], out=np.zeros_like(table), where=scales[:, None] > 0)
    np.savez_compressed(path, rows=np.rint(rows).astype(np.int8), scales=scales.astype(np.float32))
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(write(distil(files.VOCABULARY.read_text("utf-8").split("\n")[:-1]), files.STATIC))
