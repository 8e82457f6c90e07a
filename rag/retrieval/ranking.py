"""Scored passages → ranked hits, by one rule: larger score first, ties by passage_id, ranks from 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rag.types import Hit, Passage


def ranked(
    scored: Iterable[tuple[float, Passage]], k: int, scorer: str, made_of: Mapping[str, Sequence[Hit]] | None = None
) -> list[Hit]:
    """Return the best k as hits. made_of: what each was made from, by passage_id."""
    order = sorted(scored, key=lambda pair: (-pair[0], pair[1].passage_id))[:k]
    earlier = made_of or {}
    return [
        Hit(passage, float(score), rank, scorer, tuple(earlier.get(passage.passage_id, ())))
        for rank, (score, passage) in enumerate(order, start=1)
    ]
