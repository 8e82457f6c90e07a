"""A second look: the reader's margin orders what another retriever found. Score: logits, 0 is "no answer as likely"."""

from __future__ import annotations

from rag.protocols import Reader, Retriever
from rag.retrieval.ranking import ranked
from rag.types import Hit, Query


class Reranked:
    """Reads the best `depth` hits of a retriever and orders them by the reader's best margin in each.

    Implements the Retriever promise. A passage in which the reader finds no span at all comes last.
    """

    def __init__(self, retriever: Retriever, reader: Reader, *, depth: int = 50) -> None:
        self._retriever, self._reader, self._depth = retriever, reader, depth

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first."""
        hits = self._retriever.retrieve(query, max(k, self._depth))
        margins: dict[str, float] = {}
        for span in self._reader.read(query.text, hits).spans:  # best margin first
            margins.setdefault(span.hit.passage.passage_id, span.margin)
        scored = ((margins.get(hit.passage.passage_id, float("-inf")), hit.passage) for hit in hits)
        return ranked(scored, k, "reranked", {hit.passage.passage_id: (hit,) for hit in hits})
