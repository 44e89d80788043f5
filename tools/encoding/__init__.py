"""Sentences as vectors: one exact encoder for short lists, one fast encoder for whole libraries."""

from functools import cache

from tools.encoding.backend import Encoder

__all__ = ["Encoder", "sentence_encoder", "static_encoder"]


@cache
def sentence_encoder() -> Encoder:
    """MiniLM, shared by the whole process; about 5 ms a sentence. Its files are opened at the first use.

    A missing or damaged model is told by ``encode``, as a `ConfigError`.
    """
    from tools.encoding.minilm import MiniLM

    return MiniLM()


@cache
def static_encoder() -> Encoder:
    """Averaged word vectors distilled from MiniLM, shared by the whole process; thousands of sentences a second."""
    from tools.encoding.static import StaticEncoder

    return StaticEncoder()
