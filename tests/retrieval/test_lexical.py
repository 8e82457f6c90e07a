"""Lexical retrieval over a real BM25 index of toy texts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rag.retrieval.lexical import Lexical
from rag.store.bm25_index import Bm25Index
from rag.types import Passage, Query
from tests.conftest import make_passage

TEXTS = {"d": "flight landed", "c": "flight landed", "b": "treaty signed today", "a": "flight flight landed again"}
PASSAGES = [make_passage(text, name, publisher=name.upper()) for name, text in TEXTS.items()]


class Shelf:
    """A list of passages; a query's publishers are the passages' names."""

    def passage(self, row: int) -> Passage:
        return PASSAGES[row]

    def allowed(self, query: Query) -> np.ndarray | None:
        return np.array([p.source.publisher in query.publishers for p in PASSAGES]) if query.publishers else None


LEXICAL = Lexical(Bm25Index.build(TEXTS.values()), Shelf())


def found(text: str, k: int, *publishers: str) -> list[str]:
    hits = LEXICAL.retrieve(Query(text, publishers), k)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hit.score > 0 and hit.scorer == "lexical" for hit in hits)
    return [hit.passage.source.article_id for hit in hits]


def test_scores_are_bm25_by_the_formula() -> None:
    [hit] = LEXICAL.retrieve(Query("Was the treaty kept?"), 5)
    idf = math.log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    average = (2 + 2 + 3 + 4) / 4
    assert hit.passage.source.article_id == "b"
    assert hit.score == pytest.approx(idf * 1 / (1 + 1.5 * (1 - 0.75 + 0.75 * 3 / average)), rel=1e-5)


def test_ties_come_by_passage_id() -> None:
    tf_twice, tf_once = 2 / (2 + 1.5 * (0.25 + 0.75 * 4 / 2.75)), 1 / (1 + 1.5 * (0.25 + 0.75 * 2 / 2.75))
    assert tf_twice > tf_once
    assert found("flights", 3) == ["a", "c", "d"]


def test_at_most_k_are_found() -> None:
    assert found("flight", 1) == ["a"]


def test_filters_rule_passages_out() -> None:
    assert found("flight", 5, "D", "B") == ["d"]
    assert found("flight", 5, "nobody") == []


def test_no_shared_word_finds_nothing() -> None:
    assert found("what is it", 5) == []
    assert found("senate", 5) == []
