"""Scored passages → ranked hits, by one rule: larger score first, ties by passage_id, ranks from 1."""

from __future__ import annotations

from collections.abc import Iterable

from rag.types import Hit, Passage


def ranked(scored: Iterable[tuple[float, Passage]], k: int, scorer: str) -> list[Hit]:
    """Return the best k as hits."""
    order = sorted(scored, key=lambda pair: (-pair[0], pair[1].passage_id))
    return [Hit(passage, float(score), rank, scorer) for rank, (score, passage) in enumerate(order[:k], start=1)]
