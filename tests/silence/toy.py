"""A few passages as an archive, by brute force, and as hits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.text import terms
from rag.types import Hit, Passage, Source


class ToyArchive:
    """Keeps the promise of rag.silence.Archive over passages in memory."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._held = [set(terms(f"{hit.passage.source.title} {hit.passage.text}")) for hit in hits]
        self._days = sorted(day for hit in hits if (day := hit.passage.source.published))

    @property
    def first_day(self) -> str | None:
        return self._days[0] if self._days else None

    @property
    def last_day(self) -> str | None:
        return self._days[-1] if self._days else None

    def holds(self, word: str) -> bool:
        return all(any(stem in held for held in self._held) for stem in terms(word))

    def together(self, words: Sequence[str]) -> bool:
        wanted = {stem for word in words for stem in terms(word)}
        return any(wanted <= held for held in self._held)

    def weight(self, term: str) -> float:
        count = sum(term in held for held in self._held)
        return math.log(1 + (len(self._held) - count + 0.5) / (count + 0.5))

    def published(self, first: str, last: str) -> bool:
        return any(first <= day <= last for day in self._days)


def hit(text: str, title: str = "", published: str | None = None, cosine: float | None = None, start: int = 0) -> Hit:
    source = Source(f"{title}{published}{text[:20]}", title, "The Echo", published, "echo.md")
    passage = Passage(f"{source.article_id}#{start}", source, text, start, start + len(text))
    made_of = () if cosine is None else (Hit(passage, cosine, 1, "dense"),)
    return Hit(passage, 1.0, 1, "fused", made_of)
