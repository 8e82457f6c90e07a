"""Numbers that cannot be the answer, whatever the reader thinks: of another fate, or in another measure. Pure.

They stay among the spans, as unlikely ones, so that the next likely one is told, or nothing.
"""

from __future__ import annotations

from dataclasses import replace

from rag.reading.fates import asked_fate, told_fates
from rag.reading.measures import asked_measure, measured_otherwise
from rag.types import Reading, Span

UNLIKE = -6.0  # logits over no answer, at most


def plausible(reading: Reading) -> Reading:
    """Return a reading in which numbers of another fate or measure than the one asked for are unlikely answers."""
    fate, measure = asked_fate(reading.question), asked_measure(reading.question)
    if fate is None and measure is None:
        return reading

    def unlike(span: Span) -> bool:
        told = told_fates(span) if fate else []
        return (bool(told) and fate not in told) or (measure is not None and measured_otherwise(span, measure))

    spans = [_unlikely(span) if unlike(span) else span for span in reading.spans]
    return replace(reading, spans=tuple(sorted(spans, key=lambda span: span.order)))


def _unlikely(span: Span) -> Span:
    return replace(span, score=span.null_score + min(span.margin, UNLIKE))
