"""Short reports of several papers on one matter, read by hand, for the tests of this room."""

from __future__ import annotations

from rag.types import Citation, Hit, Passage, Reading, Source, Span


def paper(name: str, day: str, text: str, found: str, margin: float = 5.0, score: float = 1.0) -> Span:
    source = Source(name, f"{name}'s report", f"The {name}", day, f"{name}.md")
    passage = Passage(f"{name}#0", source, text, 0, len(text))
    hit = Hit(passage, score, 1, "fused", (Hit(passage, 0.7, 1, "dense"),))
    start = text.index(found)
    return Span(hit, start, start + len(found), margin, 0.0)


def read(question: str, *spans: Span) -> Reading:
    ordered = sorted(spans, key=lambda span: span.order)
    hits = tuple({span.hit.passage.passage_id: span.hit for span in ordered}.values())
    return Reading(question, hits, tuple(ordered), 0.0)


def papers(citations: tuple[Citation, ...]) -> int:
    """Count each paper as one source."""
    return len({citation.source.publisher for citation in citations})
