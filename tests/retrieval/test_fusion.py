"""Fusion by hand: the two rules, and order that does not depend on hashing (law 4)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.retrieval.fusion import Fused, fuse, reciprocal_ranks, scaled
from rag.retrieval.ranking import ranked
from rag.types import Hit, Query
from tests.conftest import make_passage

ROOT = Path(__file__).resolve().parents[2]


class Listed:
    """A retriever that always finds the same, and notes how much was asked for."""

    def __init__(self, **scores: float) -> None:
        self.scores, self.asked = scores, []

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        self.asked.append((query, k))
        return ranked(((score, make_passage("text", name)) for name, score in self.scores.items()), k, "listed")


def found(retriever: Fused, k: int = 9) -> dict[str, float]:
    hits = retriever.retrieve(Query("q"), k)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hit.scorer == "fused" for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return {hit.passage.source.article_id: hit.score for hit in hits}


def test_average_scales_each_run_and_a_missing_passage_counts_nought() -> None:
    one, other = Listed(a=0.9, b=0.5, c=0.1), Listed(b=12.0, d=2.0)
    assert found(Fused((one, other))) == pytest.approx(
        {
            "b": 0.5 * (0.5 - 0.1) / (0.9 - 0.1) + 0.5 * 1,
            "a": 0.5 * (0.9 - 0.1) / (0.9 - 0.1) + 0.5 * 0,
            "c": 0.5 * (0.1 - 0.1) / (0.9 - 0.1),
            "d": 0.5 * (2.0 - 2.0) / (12.0 - 2.0),
        }
    )


def test_average_uses_the_weights_given() -> None:
    one, other = Listed(a=3.0, b=1.0), Listed(b=7.0, a=5.0, c=6.0)
    assert found(Fused((one, other), weights=(0.8, 0.2))) == pytest.approx(
        {"a": 0.8 * 1 + 0.2 * 0, "b": 0.8 * 0 + 0.2 * 1, "c": 0.2 * (6 - 5) / (7 - 5)}
    )


def test_rrf_is_the_sum_of_reciprocal_ranks() -> None:
    one, other = Listed(a=9.0, b=8.0, c=7.0), Listed(c=100.0, b=1.0, d=0.5)
    fused = found(Fused((one, other), fusion="rrf", weights=(1, 1)))
    assert fused == pytest.approx(
        {
            "c": 1 / (60 + 3) + 1 / (60 + 1),
            "b": 1 / (60 + 2) + 1 / (60 + 2),
            "a": 1 / (60 + 1),
            "d": 1 / (60 + 3),
        }
    )
    assert list(fused) == ["c", "b", "a", "d"]  # 0.03227 > 0.03226


def test_rrf_uses_weights_and_its_constant() -> None:
    one, other = Listed(a=9.0), Listed(b=3.0, a=2.0)
    assert found(Fused((one, other), fusion="rrf", rrf_k=10, weights=(0.75, 0.25))) == pytest.approx(
        {"a": 0.75 / (10 + 1) + 0.25 / (10 + 2), "b": 0.25 / (10 + 1)}
    )


def test_weights_are_equal_unless_given() -> None:
    assert found(Fused((Listed(a=1.0), Listed(a=1.0), Listed(b=1.0)))) == pytest.approx({"a": 2 / 3, "b": 1 / 3})


def test_scaling_keeps_the_order_and_equal_scores_are_all_one() -> None:
    run = Listed(a=-2.0, b=-4.0, c=-3.5).retrieve(Query("q"), 9)
    assert scaled(run) == pytest.approx([1.0, (-3.5 + 4) / (-2 + 4), 0.0])
    assert scaled(Listed(a=0.3, b=0.3).retrieve(Query("q"), 9)) == [1.0, 1.0]
    assert scaled(Listed(a=0.3).retrieve(Query("q"), 9)) == [1.0]
    assert scaled([]) == []


def test_reciprocal_ranks_are_by_rank() -> None:
    assert reciprocal_ranks(Listed(a=9.0, b=8.0).retrieve(Query("q"), 9), 60) == [1 / (60 + 1), 1 / (60 + 2)]


def test_each_retriever_is_asked_for_depth_or_more() -> None:
    one, other, query = Listed(a=1.0), Listed(b=1.0), Query("q", ("AFP",))
    fused = Fused((one, other), depth=50)
    fused.retrieve(query, 10)
    fused.retrieve(query, 80)
    assert one.asked == other.asked == [(query, 50), (query, 80)]


def test_at_most_k_come_out_and_the_depth_decides_the_scores() -> None:
    one, other = Listed(a=3.0, b=2.0, c=1.0), Listed(c=3.0, b=2.0, a=1.0)
    assert list(found(Fused((one, other)), 1)) == ["a"]  # a, b and c tie at 0.5: passage_id
    assert list(found(Fused((one, other)))) == ["a", "b", "c"]
    assert list(found(Fused((one, other), depth=1), 1)) == ["a"]


def test_nothing_found_by_either_is_nothing() -> None:
    assert found(Fused((Listed(), Listed()))) == {}
    assert found(Fused((Listed(), Listed(a=1.0, b=0.0)))) == pytest.approx({"a": 0.5 * 1, "b": 0.0})


def test_fuse_wants_a_weight_for_each_run() -> None:
    run = Listed(a=1.0).retrieve(Query("q"), 1)
    with pytest.raises(ValueError):
        fuse([run, run], [[1.0], [1.0]], [0.5], 5)


def test_fused_retrievers_nest() -> None:
    inner = Fused((Listed(a=2.0, b=1.0), Listed(b=1.0)))  # a: 0.5, b: 0.5
    assert found(Fused((inner, Listed(b=5.0)))) == pytest.approx({"b": 0.5 * 1 + 0.5 * 1, "a": 0.5 * 1})


ORDER = """
import hashlib, sys, tempfile
from pathlib import Path
import numpy as np
from rag.retrieval.dense import Dense
from rag.retrieval.fusion import Fused
from rag.retrieval.lexical import Lexical
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.types import Passage, Query, Source

TEXTS = [f"{w} flight {v} landed in {w}" for w in ("paris", "rome", "oslo") for v in ("late", "early")] * 4

class All:
    def passage(self, row):
        name = f"n{row % 7}-{row}"
        return Passage(name + "#0", Source(name, "t", None, None, name), TEXTS[row], 0, len(TEXTS[row]))
    def allowed(self, query):
        return None

class Embedder:
    def embed_query(self, text):
        return np.array([1, 0, len(text) % 3], np.float32)

words = Bm25Index.build(TEXTS)
vectors = np.random.default_rng(0).integers(0, 3, size=(len(TEXTS), 3)).astype(np.float32)
dense, lexical = Dense(Embedder(), FaissIndex.build(vectors), All()), Lexical(words, All())
for fusion in ("average", "rrf"):
    for question in ("flight to oslo", "early in rome or paris late"):
        for hit in Fused((dense, lexical), depth=10, fusion=fusion).retrieve(Query(question), 8):
            print(hit.passage.passage_id, repr(hit.score))
with tempfile.TemporaryDirectory() as folder:
    words.save(Path(folder) / "w")
    for path in sorted((Path(folder) / "w").iterdir()):
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_order_and_files_are_the_same_for_any_hash_seed() -> None:
    outputs = []
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", ORDER], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        outputs.append(run.stdout)
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) > 4 * 8
