"""What is known of all articles together: words, and days. Implements the promise of `rag.silence.Archive`.

What this module does not know: the question.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from rag.store.snapshot import Snapshot
from rag.text import terms


class IndexArchive:
    """The words and days of one build. Names of publishers and writers count as words; they are not in passages."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._words, self._sources = snapshot.words, snapshot.sources

    @property
    def first_day(self) -> str | None:
        """The ISO day of the oldest dated article; None when no article has a date."""
        return self._days[0] if self._days else None

    @property
    def last_day(self) -> str | None:
        """The ISO day of the newest dated article; None when no article has a date."""
        return self._days[-1] if self._days else None

    def holds(self, word: str) -> bool:
        """Return whether a word stands in any article, its title, or the name of its publisher or writers."""
        return all(len(self._words.rows_with(term)) or term in self._names for term in terms(word))

    def together(self, words: Sequence[str]) -> bool:
        """Return whether any one passage holds all of the words."""
        rows = [self._words.rows_with(term) for term in {term for word in words for term in terms(word)}]
        if not rows:
            return True
        found = min(rows, key=len)
        for other in rows:
            found = found[np.isin(found, other, assume_unique=True)]
        return len(found) > 0

    def weight(self, term: str) -> float:
        """Return how telling a term is: its inverse document frequency as BM25 has it."""
        rows, held = self._words.rows, len(self._words.rows_with(term))
        return math.log(1 + (rows - held + 0.5) / (held + 0.5))

    def published(self, first: str, last: str) -> bool:
        """Return whether any article is of these ISO days, both included."""
        place = bisect_left(self._days, first)
        return place < len(self._days) and self._days[place] <= last

    @cached_property
    def _days(self) -> list[str]:
        return sorted(source.published[:10] for source in self._sources if source.published)

    @cached_property
    def _names(self) -> frozenset[str]:
        told = (name for s in self._sources for name in (s.publisher, s.byline, s.dateline, s.title) if name)
        return frozenset(term for name in set(told) for term in terms(name))
