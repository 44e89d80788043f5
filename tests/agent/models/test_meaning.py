from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from agent.models.meaning import Meaning
from switchboard.errors import ConfigError


class Letters:
    """An encoder by first letters, which counts what it is given."""

    name, dimension, quality = "letters", 26, "a fake"

    def __init__(self, *, broken: bool = False) -> None:
        self.encoded: list[str] = []
        self.broken = broken

    def encode(self, texts: Sequence[str]) -> Any:
        if self.broken:
            raise ConfigError("The model file is damaged.", fix="Install again.")
        self.encoded += texts
        rows = np.zeros((len(texts), 26), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[ord(text[0].lower()) - 97] = 1
        return rows


def test_texts_of_one_meaning_are_near() -> None:
    assert Meaning(Letters()).to_each("apple", ["avocado", "banana"]) == [1.0, 0.0]


def test_vectors_of_known_texts_are_kept() -> None:
    encoder = Letters()
    meaning = Meaning(encoder)
    for text in ("apple", "banana"):
        meaning.to_known(text, ("x", "y"))
    assert encoder.encoded.count("x") == 1


def test_nothing_to_compare_with_is_no_work() -> None:
    encoder = Letters()
    assert Meaning(encoder).to_each("apple", []) == []
    assert encoder.encoded == []


def test_a_damaged_model_is_told_and_words_are_compared() -> None:
    meaning = Meaning(Letters(broken=True))
    near, far = meaning.to_each("parental leave weeks", ["weeks of parental leave", "hotel limit"])
    assert near == pytest.approx(1.0)
    assert far == 0.0
    assert meaning.problem == meaning.check() == "The model file is damaged."


def test_texts_of_stop_words_are_near_only_to_themselves() -> None:
    assert Meaning(Letters(broken=True)).to_each("who are you", ["Who are you", "what is it"]) == [1.0, 0.0]
