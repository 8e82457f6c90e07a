"""Dense retrieval on vectors small enough to multiply by hand."""

from __future__ import annotations

import numpy as np

from rag.retrieval.dense import Dense
from rag.store.faiss_index import FaissIndex
from rag.types import Passage, Query
from tests.conftest import make_passage

NAMES = ["d", "b", "c", "a"]
PASSAGES = [make_passage("text", name, publisher=name.upper()) for name in NAMES]
VECTORS = np.array([[1, 0], [0.6, 0.8], [0.6, 0.8], [-1, 0]], np.float32)


class Compass:
    """An embedder that knows two questions."""

    name, dim, max_tokens = "compass", 2, 16

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_passages(self, texts: list[str]) -> np.ndarray:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> np.ndarray:
        return np.array({"east": [1, 0], "north": [0, 1]}[text], np.float32)


class Shelf:
    """A list of passages; a query's publishers are the passages' names."""

    def __init__(self, passages: list[Passage]) -> None:
        self.passages = passages

    def passage(self, row: int) -> Passage:
        return self.passages[row]

    def allowed(self, query: Query) -> np.ndarray | None:
        return np.array([p.source.publisher in query.publishers for p in self.passages]) if query.publishers else None


DENSE = Dense(Compass(), FaissIndex.build(VECTORS), Shelf(PASSAGES))


def found(text: str, k: int, *publishers: str) -> list[tuple[str, float]]:
    hits = DENSE.retrieve(Query(text, publishers), k)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert {hit.scorer for hit in hits} <= {"dense"}
    return [(hit.passage.source.article_id, round(hit.score, 6)) for hit in hits]


def test_scores_are_cosines_best_first_ties_by_passage_id() -> None:
    assert found("east", 4) == [("d", 1.0 * 1), ("b", 0.6 * 1), ("c", 0.6 * 1), ("a", -1.0 * 1)]
    assert found("north", 4) == [("b", 0.8 * 1), ("c", 0.8 * 1), ("a", 0.0), ("d", 0.0)]


def test_at_most_k_and_never_more_than_there_are() -> None:
    assert found("east", 1) == [("d", 1.0)]
    assert len(found("east", 99)) == 4


def test_filters_rule_passages_out_before_the_search() -> None:
    assert found("east", 1, "A", "C") == [("c", 0.6)]
    assert found("east", 9, "A", "C") == [("c", 0.6), ("a", -1.0)]
    assert found("east", 9, "nobody") == []


def test_an_empty_index_finds_nothing() -> None:
    assert Dense(Compass(), FaissIndex.build(VECTORS[:0]), Shelf([])).retrieve(Query("east"), 3) == []
