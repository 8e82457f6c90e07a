"""A Reading → its candidate answers and what speaks for each, as named numbers. Pure; every name is in rule.FEATURES.

Tried and left out, since with none of them more held-out rows and tuning questions were decided rightly than with these
two: how many articles agree, the lead over the next candidate, names of the question that the passage lacks.
What this module does not know: how much each number counts (rule.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.agreement import group
from rag.types import Hit, Reading, Span

_POINTING = """
he she it they we you i him her them us me his hers its their theirs our ours this that these those who whom whose which
himself herself itself themselves
"""
POINTING = frozenset(_POINTING.split())


def candidates(reading: Reading) -> list[tuple[tuple[Span, ...], dict[str, float]]]:
    """Return (spans that say the same, features) of every candidate, best margin first; a mere pronoun is none.

    margin: logits of the best span over "no answer". retrieval: best score, 0..1 among the passages read.
    """
    retrieval = _scaled(reading.hits)
    naming = [span for span in reading.spans if not points(span.text)]
    return [
        (spans, {"margin": spans[0].margin, "retrieval": max(retrieval[s.hit.passage.passage_id] for s in spans)})
        for spans in group(naming)
    ]


def points(answer: str) -> bool:
    """Whether an answer only points at one: "he", "Their". Capitals are a name ("WHO", "IT")."""
    return answer.lower() in POINTING and not (len(answer) > 1 and answer.isupper())


def _scaled(hits: Sequence[Hit]) -> dict[str, float]:
    """Return each passage's score scaled to 0..1 among those read, so that no retriever's own scale matters."""
    low = min((hit.score for hit in hits), default=0.0)
    high = max((hit.score for hit in hits), default=0.0)
    width = high - low
    return {hit.passage.passage_id: (hit.score - low) / width if width > 0 else 1.0 for hit in hits}
