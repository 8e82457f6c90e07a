"""The promises between the rooms of the pipeline. Each implementation is one file that imports its promise only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from rag.types import Article, Hit, Passage, Query, Reading

if TYPE_CHECKING:  # the ground stays importable without numpy
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]
    Rows: TypeAlias = NDArray[np.int64]
    Mask: TypeAlias = NDArray[np.bool_]


class Chunker(Protocol):
    """Cuts an article into passages."""

    def chunk(self, article: Article) -> list[Passage]:
        """Return passages in order, with `article.text[p.start:p.end] == p.text` for each."""
        ...


class Embedder(Protocol):
    """Turns text into unit vectors."""

    @property
    def name(self) -> str:
        """The model's name: an index built under one name is not opened under another."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that the model sees, special tokens included."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of the text, special tokens left out."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, unit rows."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return (dim,) float32, unit length."""
        ...


class VectorIndex(Protocol):
    """Nearest neighbours by inner product."""

    def search(self, queries: Vectors, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        """Return scores and rows, both (q, k'), k' = min(k, rows allowed), best first, ties by smaller row."""
        ...


class WordIndex(Protocol):
    """Word statistics of every passage."""

    def search(self, query: str, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        """Return scores and rows, both (k',), of passages that share a word, best first, ties by smaller row."""
        ...


class PassageStore(Protocol):
    """Passages by row number, as an opened index holds them."""

    def passage(self, row: int) -> Passage:
        """Return the passage of one row."""
        ...

    def allowed(self, query: Query) -> Mask | None:
        """Return which rows the query's filters admit, (rows,) bool; None when it has no filter."""
        ...


class Retriever(Protocol):
    """Selects passages for a question. Dense, lexical, fused and reranked retrievers are alike."""

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first, ties by passage_id, ranks from 1."""
        ...


class Reader(Protocol):
    """Finds candidate answers in passages."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Read every hit. Deciding is somebody else's work."""
        ...
