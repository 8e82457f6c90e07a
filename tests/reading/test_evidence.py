"""What speaks for a candidate."""

from __future__ import annotations

import pytest

from rag.reading.decide import rate
from rag.reading.rule import FEATURES, Rule
from tests.reading.spans import A, B, C, reading, span


def test_features_are_what_they_say() -> None:
    spans = [span(A, "43 migrants", 4.0, hit_score=0.3), span(B, "43", 3.0, hit_score=0.9)]
    [candidate] = rate(reading(*spans), Rule())
    assert candidate.features == pytest.approx({"margin": 4.0, "retrieval": (0.9 - 0.3) / (0.9 - 0.3)})
    assert set(candidate.features) >= set(FEATURES)


@pytest.mark.parametrize("scale", [1.0, 12.0, 0.016])
def test_a_retrievers_own_scale_does_not_matter(scale: float) -> None:
    spans = [span(p, p.text[3:6], 1.0, hit_score=scale * score) for p, score in ((A, 1.0), (B, 0.25), (C, 0.5))]
    found = {c.best.hit.passage.passage_id: c.features["retrieval"] for c in rate(reading(*spans), Rule())}
    assert found == pytest.approx({A.passage_id: 1.0, B.passage_id: 0.0, C.passage_id: (0.5 - 0.25) / (1 - 0.25)})
