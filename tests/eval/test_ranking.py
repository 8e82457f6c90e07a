"""Figures of a ranked list, by hand and against ir_measures (which runs trec_eval's own definitions)."""

from __future__ import annotations

import math
import random

import ir_measures
import pytest
from ir_measures import RR, Success, nDCG

from rag.eval.ranking import first_of_each, graded_ndcg, hit_at, ndcg, reciprocal_rank


def test_by_hand() -> None:
    found = [False, True, False, True]
    assert (hit_at(found, 1), hit_at(found, 2)) == (0.0, 1.0)
    assert (reciprocal_rank(found, 10), reciprocal_rank(found, 1)) == (1 / 2, 0.0)
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    assert ndcg(found, 2, 10) == pytest.approx(gain / (1 + 1 / math.log2(3)))
    assert ndcg(found, 7, 2) == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))
    assert ndcg([True, True], 2, 10) == 1.0
    assert (hit_at([], 5), reciprocal_rank([], 5), ndcg([], 3, 5)) == (0.0, 0.0, 0.0)


def test_grades_by_hand() -> None:
    """Found: a 1, nothing, a 3. Best: 3, 2, 1; of two places 3, 2."""
    gain = 1 / math.log2(2) + 3 / math.log2(4)
    best = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert graded_ndcg([1, 0, 3], [1, 2, 3], 10) == pytest.approx(gain / best)
    assert graded_ndcg([1, 0, 3], [1, 2, 3], 2) == pytest.approx(1 / (3 + 2 / math.log2(3)))
    assert graded_ndcg([3, 2, 1, 0], [1, 2, 3], 10) == 1.0
    assert graded_ndcg([], [2], 10) == 0.0


def test_passages_are_counted_once_an_article() -> None:
    assert first_of_each(["a", "b", "a", "c", "b"]) == [0, 1, 3]
    assert first_of_each([]) == []


@pytest.mark.parametrize("seed", range(40))
def test_grades_equal_to_an_independent_implementation(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"p{n}" for n in range(60)]
    grades = {name: rng.randrange(1, 5) for name in rng.sample(names, rng.randrange(1, 15))}
    ranked = rng.sample(names, rng.randrange(1, 40))
    qrels = [ir_measures.Qrel("q", name, grade) for name, grade in grades.items()]
    run = [ir_measures.ScoredDoc("q", name, float(100 - rank)) for rank, name in enumerate(ranked)]
    theirs = ir_measures.calc_aggregate([nDCG @ 3, nDCG @ 10], qrels, run)
    found = [grades.get(name, 0) for name in ranked]
    for k in (3, 10):
        assert graded_ndcg(found, list(grades.values()), k) == pytest.approx(theirs[nDCG @ k])


@pytest.mark.parametrize("seed", range(40))
def test_equal_to_an_independent_implementation(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"p{n}" for n in range(60)]
    relevant = set(rng.sample(names, rng.randrange(1, 15)))
    ranked = rng.sample(names, rng.randrange(1, 40))
    qrels = [ir_measures.Qrel("q", name, 1) for name in relevant]
    run = [ir_measures.ScoredDoc("q", name, float(100 - rank)) for rank, name in enumerate(ranked)]
    theirs = ir_measures.calc_aggregate([Success @ 1, Success @ 5, RR @ 10, nDCG @ 10], qrels, run)
    flags = [name in relevant for name in ranked]
    assert hit_at(flags, 1) == pytest.approx(theirs[Success @ 1])
    assert hit_at(flags, 5) == pytest.approx(theirs[Success @ 5])
    assert reciprocal_rank(flags, 10) == pytest.approx(theirs[RR @ 10])
    assert ndcg(flags, len(relevant), 10) == pytest.approx(theirs[nDCG @ 10])
