"""Retrieval by words: BM25. Score: a sum of term weights, greater than 0."""

from __future__ import annotations

from rag.protocols import PassageStore, WordIndex
from rag.retrieval.ranking import ranked
from rag.types import Hit, Query


class Lexical:
    """The k passages that share the question's rarest words. Implements the Retriever promise."""

    def __init__(self, index: WordIndex, passages: PassageStore) -> None:
        self._index, self._passages = index, passages

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first; none when no word is shared."""
        scores, rows = self._index.search(query.text, k, self._passages.allowed(query))
        found = ((float(s), self._passages.passage(int(r))) for s, r in zip(scores, rows, strict=True))
        return ranked(found, k, "lexical")
