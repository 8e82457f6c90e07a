"""Reranking by the reader's margin, and composing the modes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.retrieval.compose import MODES, compose
from rag.retrieval.ranking import ranked
from rag.retrieval.rerank import Reranked
from rag.types import Hit, Query, Reading, Span
from tests.conftest import make_passage


class Listed:
    """A retriever that finds the same passages, best first in the order given, and notes how many were asked for."""

    def __init__(self, names: str) -> None:
        self.names, self.asked = names, []

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        self.asked.append(k)
        return ranked(((-n, make_passage("some text", name)) for n, name in enumerate(self.names)), k, "listed")


class Marks:
    """A reader with (score, null score) of each span by article, and a note of what it read."""

    def __init__(self, **spans: Sequence[tuple[float, float]]) -> None:
        self.spans, self.read_names, self.questions = spans, [], []

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        self.questions.append(question)
        self.read_names.append("".join(hit.passage.source.article_id for hit in hits))
        found = [
            Span(hit, 0, 4, score, null)
            for hit in hits
            for score, null in self.spans.get(hit.passage.source.article_id, ())
        ]
        found.sort(key=lambda span: -span.margin)
        return Reading(question, tuple(hits), tuple(found), 0.0)


def found(retriever: Reranked, k: int = 9) -> list[tuple[str, float]]:
    hits = retriever.retrieve(Query("Who?"), k)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hit.scorer == "reranked" for hit in hits)
    return [(hit.passage.source.article_id, hit.score) for hit in hits]


def test_the_best_margin_of_a_passage_is_its_score() -> None:
    reader = Marks(a=[(9.0, 10.0)], b=[(2.0, 3.0), (5.0, 1.0)], c=[(1.0, 0.5)])
    assert found(Reranked(Listed("abc"), reader)) == [("b", 5.0 - 1.0), ("c", 1.0 - 0.5), ("a", 9.0 - 10.0)]
    assert reader.questions == ["Who?"]


def test_a_passage_without_a_span_comes_last_and_ties_by_passage_id() -> None:
    reader = Marks(b=[(0.0, 7.0)], d=[(1.0, 8.0)])
    assert found(Reranked(Listed("cdba"), reader)) == [
        ("b", -7.0),
        ("d", -7.0),
        ("a", -float("inf")),
        ("c", -float("inf")),
    ]


def test_only_depth_passages_are_read_but_never_fewer_than_k() -> None:
    retriever, reader = Listed("abcdef"), Marks(c=[(1.0, 0.0)])
    assert found(Reranked(retriever, reader, depth=3), 1) == [("c", 1.0)]
    found(Reranked(retriever, reader, depth=3), 5)
    assert retriever.asked == [3, 5]
    assert reader.read_names == ["abc", "abcde"]


def test_nothing_to_read_is_nothing_found() -> None:
    assert found(Reranked(Listed(""), Marks())) == []


DENSE, LEXICAL = Listed("ab"), Listed("bc")
READER = Marks(a=[(1.0, 0.0)], b=[(0.0, 0.0)], c=[(2.0, 0.0)])


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("dense", [("a", 0.0), ("b", -1.0)]),
        ("lexical", [("b", 0.0), ("c", -1.0)]),
        ("fused", [("a", 0.75 * 1), ("b", 0.75 * 0 + 0.25 * 1), ("c", 0.25 * 0)]),
        ("reranked", [("c", 2.0), ("a", 1.0), ("b", 0.0)]),
    ],
)
def test_compose_makes_the_mode_that_is_named(mode, expected: list[tuple[str, float]]) -> None:
    retriever = compose(mode, DENSE, LEXICAL, READER, lexical_weight=0.25)
    hits = retriever.retrieve(Query("q"), 9)
    assert [(hit.passage.source.article_id, hit.score) for hit in hits] == expected
    assert mode in MODES


def test_compose_passes_every_number_on() -> None:
    dense, lexical, reader = Listed("abcd"), Listed("dcba"), Marks()
    fused = compose("fused", dense, lexical, reader, fusion="rrf", lexical_weight=0.9, depth=2, rrf_k=1)
    scores = {hit.passage.source.article_id: hit.score for hit in fused.retrieve(Query("q"), 2)}
    assert scores == pytest.approx({"d": 0.9 / (1 + 1), "c": 0.9 / (1 + 2)})
    assert (dense.asked, lexical.asked) == ([2], [2])
    compose("reranked", dense, lexical, reader, depth=3).retrieve(Query("q"), 1)
    assert (dense.asked[-1], lexical.asked[-1], len(reader.read_names[-1])) == (3, 3, 3)
