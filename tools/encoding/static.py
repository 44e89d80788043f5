"""The fast encoder: a text is the weighted mean of its tokens' vectors, which `distil` made from MiniLM."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools.encoding import files
from tools.encoding.minilm import clean, load_tokenizer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import BertWordPieceTokenizer

MAX_TOKENS = 2048
BATCH = 256
"""Texts at once; bounds the memory for their tokens' vectors to some tens of megabytes."""


class StaticEncoder:
    """A table of 8-bit vectors, one for each token; nothing is computed but means."""

    name = "minilm-static-256"
    dimension = 256
    quality = "averaged word vectors distilled from all-MiniLM-L6-v2: fast and rough, English"

    def __init__(self, *, table: Path = files.STATIC, vocabulary: Path = files.VOCABULARY) -> None:
        self._table = table
        self._vocabulary = vocabulary
        self._lock = threading.Lock()
        self._loaded: tuple[BertWordPieceTokenizer, NDArray[np.float32]] | None = None

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """See `Encoder.encode`; takes the first 2,048 tokens of a text."""
        import numpy as np

        tokenizer, table = self._load()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [clean(text) for text in texts[start : start + BATCH]]
            for number, encoding in enumerate(tokenizer.encode_batch(batch, add_special_tokens=False), start):
                vectors[number] = table[encoding.ids].sum(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, norms, out=vectors, where=norms > 0)
        return vectors

    def _load(self) -> "tuple[BertWordPieceTokenizer, NDArray[np.float32]]":
        import numpy as np

        with self._lock:
            if self._loaded is None:
                with np.load(files.checked(self._table, files.STATIC_SHA256), allow_pickle=False) as data:
                    table = data["rows"].astype(np.float32) * data["scales"].astype(np.float32)[:, None]
                self._loaded = load_tokenizer(self._vocabulary, MAX_TOKENS), table
            return self._loaded
