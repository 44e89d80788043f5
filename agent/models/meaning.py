"""How near two texts are in meaning: by the sentence encoder, or by their words where its model is missing."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from agent.models.words import content
from switchboard.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tools.encoding import Encoder


class Meaning:
    """Similarities between 0 and 1 (rounding and opposites aside); safe to use from several threads.

    Without the encoder's model it goes on with words alone, which finds fewer paraphrases; ``problem`` says so then.
    """

    def __init__(self, encoder: "Encoder") -> None:
        self._encoder = encoder
        self.problem = ""
        self._kept = lru_cache(maxsize=256)(self._encode)

    def to_known(self, text: str, known: tuple[str, ...]) -> list[float]:
        """How near a text is to each of some texts that come again and again, whose vectors are kept."""
        return self.between((text,), known)[0]

    def between(self, some: tuple[str, ...], others: tuple[str, ...]) -> list[list[float]]:
        """How near each of some texts is to each of others; the vectors of both are kept."""
        return self._compare(some, others, self._kept)

    def to_each(self, text: str, others: Sequence[str]) -> list[float]:
        """How near a text is to each of some texts that come once."""
        return self._compare((text,), tuple(others), self._encode)[0]

    def check(self) -> str:
        """Open the model, if that was not done yet; what is wrong with it, or nothing."""
        self.to_known("check", ("check",))
        return self.problem

    def _compare(
        self, some: tuple[str, ...], others: tuple[str, ...], encode: "Callable[[tuple[str, ...]], NDArray[np.float32]]"
    ) -> list[list[float]]:
        if not others:
            return [[] for _ in some]
        if not self.problem:
            try:
                return [[float(value) for value in row] for row in self._kept(some) @ encode(others).T]
            except ConfigError as error:
                self.problem = error.problem
        return [[_overlap(text, other) for other in others] for text in some]

    def _encode(self, texts: tuple[str, ...]) -> "NDArray[np.float32]":
        return self._encoder.encode(texts)


def _overlap(text: str, other: str) -> float:
    """The share of words in common (cosine of two sets)."""
    one, two = set(content(text)), set(content(other))
    if not one or not two:
        return float(text.strip().casefold() == other.strip().casefold())
    return len(one & two) / math.sqrt(len(one) * len(two))
