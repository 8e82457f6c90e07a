"""Retrieval by meaning: the question's vector against every passage's. Score: cosine, -1..1."""

from __future__ import annotations

from rag.protocols import Embedder, PassageStore, VectorIndex
from rag.retrieval.ranking import ranked
from rag.types import Hit, Query


class Dense:
    """The k passages nearest to the question. Implements the Retriever promise."""

    def __init__(self, embedder: Embedder, index: VectorIndex, passages: PassageStore) -> None:
        self._embedder, self._index, self._passages = embedder, index, passages

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first."""
        vector = self._embedder.embed_query(query.text)
        scores, rows = self._index.search(vector[None, :], k, self._passages.allowed(query))
        found = ((float(s), self._passages.passage(int(r))) for s, r in zip(scores[0], rows[0], strict=True))
        return ranked(found, k, "dense")
