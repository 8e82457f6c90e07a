"""Passages, spans and readings written by hand, for the tests of this room."""

from __future__ import annotations

from rag.types import Hit, Passage, Reading, Span
from tests.conftest import make_passage

FLIGHT = "A flight left Texas. It carried 43 migrants on Monday. The White House said so."
AGENCY = "Officials confirmed the number. There were 43 on board, they said."
OTHER = "Another report spoke of 119 deportees. It came from Panama."


def span(passage: Passage, text: str, margin: float, *, null: float = -2.0, hit_score: float = 0.5) -> Span:
    start = passage.start + passage.text.index(text)
    return Span(Hit(passage, hit_score, 1, "fused"), start, start + len(text), margin + null, null)


def reading(*spans: Span, question: str = "How many migrants were on the flight?") -> Reading:
    best_first = sorted(spans, key=lambda s: -s.margin)
    hits = tuple(dict.fromkeys(s.hit for s in best_first))
    return Reading(question, hits, tuple(best_first), min((s.null_score for s in spans), default=float("inf")))


A = make_passage(FLIGHT, "a", 100, title="Deportation flight")
B = make_passage(AGENCY, "b", 0, title="Agency")
C = make_passage(OTHER, "c", 0, title="Other")
