"""Figures of one ranked list, from which of its hits are relevant. Pure.

relevant: one bool a hit, best hit first. total: how many relevant ones there are to be found, > 0. Definitions are
those of trec_eval; nDCG as Järvelin and Kekäläinen 2002 with log2(rank + 1), and a grade is its own gain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def hit_at(relevant: Sequence[bool], k: int) -> float:
    """Return 1.0 if one of the first k is relevant, else 0.0 (Success@k)."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool], k: int) -> float:
    """Return 1 / rank of the first relevant hit, 0.0 where none is among the first k (RR@k)."""
    return next((1 / rank for rank, one in enumerate(relevant[:k], start=1) if one), 0.0)


def ndcg(relevant: Sequence[bool], total: int, k: int) -> float:
    """Return nDCG@k where every relevant hit is worth the same."""
    return graded_ndcg([float(one) for one in relevant], [1.0] * total, k)


def graded_ndcg(grades: Sequence[float], best: Sequence[float], k: int) -> float:
    """Return the discounted gain of the first k over that of the best possible list (nDCG@k).

    grades: one a hit, best hit first, 0 for one that is not relevant. best: all grades to be found, any order, one > 0.
    """
    return _gain(grades[:k]) / _gain(sorted(best, reverse=True)[:k])


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def first_of_each(names: Sequence[str]) -> list[int]:
    """Return the places of each name's first occurrence, in order: passages → their articles."""
    seen: set[str] = set()
    places = []
    for place, name in enumerate(names):
        if name not in seen:
            seen.add(name)
            places.append(place)
    return places
