"""One rule for order: larger score first, ties by passage_id, ranks from 1 (law 4)."""

from __future__ import annotations

from itertools import permutations

from rag.retrieval.ranking import ranked
from tests.conftest import make_passage

A, B, C = (make_passage("text", name) for name in "abc")


def test_larger_is_better_and_ranks_count_from_one() -> None:
    hits = ranked([(-1.0, A), (2.5, B), (0.0, C)], 3, "dense")
    assert [(hit.passage, hit.score, hit.rank, hit.scorer) for hit in hits] == [
        (B, 2.5, 1, "dense"),
        (C, 0.0, 2, "dense"),
        (A, -1.0, 3, "dense"),
    ]


def test_ties_break_by_passage_id_whatever_the_order_of_arrival() -> None:
    for order in permutations([(1.0, A), (1.0, B), (1.0, C)]):
        assert [hit.passage for hit in ranked(order, 2, "x")] == [A, B]


def test_at_most_k_are_returned() -> None:
    assert ranked([], 5, "x") == []
    assert ranked([(1.0, A)], 0, "x") == []
    assert len(ranked(((1.0, p) for p in (A, B, C)), 2, "x")) == 2


def test_scores_are_plain_numbers() -> None:
    import numpy as np

    assert type(ranked([(np.float32(0.5), A)], 1, "x")[0].score) is float
