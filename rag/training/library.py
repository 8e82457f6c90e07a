"""Articles as one small index in memory, searched as the assistant searches. Implements the PassageStore promise."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chunking import PassageChunker
from rag.embedding import embedded_text, passage_tokens
from rag.protocols import Embedder
from rag.retrieval.dense import Dense
from rag.retrieval.fusion import Fused
from rag.retrieval.lexical import Lexical
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.types import Article, Hit, Passage, Query


class Library:
    """Every passage of the articles. tokens: the most of a passage."""

    def __init__(self, articles: Sequence[Article], embedder: Embedder, tokens: int) -> None:
        chunker = PassageChunker(passage_tokens(tokens, embedder.max_tokens), embedder.count_tokens)
        self.passages: list[Passage] = [passage for article in articles for passage in chunker.chunk(article)]
        texts = [embedded_text(passage, embedder.count_tokens) for passage in self.passages]
        index = FaissIndex.build(embedder.embed_passages(texts))
        self._fused = Fused((Dense(embedder, index, self), Lexical(Bm25Index.build(texts), self)))

    def search(self, question: str, most: int) -> list[Hit]:
        """Return the passages ranked highest, at most so many."""
        return self._fused.retrieve(Query(question), most)

    def passage(self, row: int) -> Passage:
        """Return the passage of a row of the index."""
        return self.passages[row]

    def allowed(self, query: Query) -> None:
        """Nothing is ever ruled out."""
        del query
