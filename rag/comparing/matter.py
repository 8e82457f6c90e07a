"""Whether two articles tell of one matter, by the rare words that their passages share. Pure.

The cosine of tf-idf weights (Salton and Buckley 1988), with the idf squared once more: what every report of a town
has in common weighs next to nothing, its names and its subject much. What this module does not know: what is asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from rag.text import terms
from rag.types import Passage

NEVER = "\0"  # a term that no article has
# Passages of other matters that any archive is taken to have besides its own: else five reports of one matter, alone in
# a folder, would share nothing that is rare.
BACKGROUND = 1000
# From which two articles tell of one matter: of 546 with another value of the kind asked for, on tuning questions and
# held-out events, the 45 whose value answers share 0.075 or more (2026-11-29).
SAME_MATTER = 0.06

Weight = Callable[[str], float]  # how telling a term of rag.text.terms is: its inverse document frequency


class Matters:
    """The passages found, by article, and how near the matter of one article is to that of others."""

    def __init__(self, passages: Iterable[Passage], weight: Weight) -> None:
        own = math.exp(weight(NEVER)) / 2  # passages, by BM25's idf: log((passages + 1) / (those that have it + 0.5))
        self._rarer = math.log(1 + BACKGROUND / own)
        self._weight = weight
        self._passages: dict[str, list[Passage]] = {}
        self._known: dict[str, Mapping[str, float]] = {}
        for passage in passages:
            self._passages.setdefault(passage.source.article_id, []).append(passage)

    def shared(self, one: str, others: Sequence[str]) -> float:
        """Return 0..1, how near an article is to the nearest of others; by article_id, all of which were found."""
        mine = self._telling(one)
        return max((_cosine(mine, self._telling(other)) for other in others), default=0.0)

    def _telling(self, article: str) -> Mapping[str, float]:
        if article not in self._known:
            passages = self._passages.get(article, [])
            text = " ".join([*(passage.source.title for passage in passages[:1]), *(p.text for p in passages)])
            weighed = {
                term: (1 + math.log(n)) * (self._weight(term) + self._rarer) ** 2
                for term, n in Counter(terms(text)).items()
            }
            norm = math.sqrt(sum(much * much for much in weighed.values())) or 1.0
            self._known[article] = {term: much / norm for term, much in weighed.items()}
        return self._known[article]


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(much * other.get(term, 0.0) for term, much in one.items())
