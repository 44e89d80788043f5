"""all-MiniLM-L6-v2 with 8-bit weights on ONNX Runtime: the exact encoder, for routing and re-ranking short lists."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools.encoding import files

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import BertWordPieceTokenizer

MAX_TOKENS = 256
MARKS = 2
"""Tokens around every text, which are all that there is of a blank one."""

BATCH_TOKENS = 4096
"""Most tokens of one run, padding included: keeps memory flat whatever the texts' lengths."""


class MiniLM:
    """One lazy session for the process; ONNX Runtime and the tokenizer may be used by several threads at once."""

    name = "minilm-l6-v2-int8"
    dimension = 384
    quality = "sentence encoder (all-MiniLM-L6-v2, 8-bit weights), English, the first 256 tokens of a text"

    def __init__(self, *, model: Callable[[], Path] = files.minilm, vocabulary: Path = files.VOCABULARY) -> None:
        self._model = model
        self._vocabulary = vocabulary
        self._lock = threading.Lock()
        self._loaded: tuple[BertWordPieceTokenizer, InferenceSession] | None = None

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """See `Encoder.encode`. Texts of like length are run together, so that short ones don't pay for long ones."""
        import numpy as np

        tokenizer, session = self._load()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        ids = [encoding.ids for encoding in tokenizer.encode_batch([clean(text) for text in texts])]
        for batch in _batches([len(row) for row in ids]):
            vectors[batch] = _run(session, [ids[position] for position in batch])
        return vectors

    def _load(self) -> "tuple[BertWordPieceTokenizer, InferenceSession]":
        with self._lock:
            if self._loaded is None:
                from onnxruntime import InferenceSession

                model = files.checked(self._model(), files.MINILM_SHA256)
                self._loaded = (
                    load_tokenizer(self._vocabulary, MAX_TOKENS),
                    InferenceSession(str(model), providers=["CPUExecutionProvider"]),
                )
            return self._loaded


def load_tokenizer(vocabulary: Path, limit: int) -> "BertWordPieceTokenizer":
    """BERT's lower-casing WordPiece; ``limit`` counts the two marks around a text."""
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(str(files.checked(vocabulary, files.VOCABULARY_SHA256)), lowercase=True)
    tokenizer.enable_truncation(limit)
    return tokenizer


def clean(text: str) -> str:
    """The text without lone surrogates, which the tokenizer can't take."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions grouped by length, each group within `BATCH_TOKENS`; blank texts are left out."""
    batch: list[int] = []
    filled = (position for position, length in enumerate(lengths) if length > MARKS)
    for position in sorted(filled, key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[position] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def _run(session: "InferenceSession", ids: Sequence[Sequence[int]]) -> "NDArray[np.float32]":
    """Mean of the last hidden state over the real tokens, to unit length."""
    import numpy as np

    longest = max(len(row) for row in ids)
    tokens = np.zeros((len(ids), longest), dtype=np.int64)
    mask = np.zeros_like(tokens)
    for number, row in enumerate(ids):
        tokens[number, : len(row)] = row
        mask[number, : len(row)] = 1
    feeds = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
    hidden = np.asarray(session.run(["last_hidden_state"], feeds)[0], dtype=np.float32)
    pooled: NDArray[np.float32] = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    unit: NDArray[np.float32] = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(np.float32)
    return unit
