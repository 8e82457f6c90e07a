"""BM25 word statistics by bm25s. Implements the WordIndex promise.

One word splitter for index and query: `rag.text.terms`. What this module does
not know: what a row stands for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import StoreDamaged
from rag.text import terms

if TYPE_CHECKING:
    import bm25s

    from rag.protocols import Mask, Rows, Vectors

K1 = 1.5
B = 0.75


class Bm25Index:
    """BM25 (Lucene's variant, as bm25s computes it) over rows of text, numbered in the order given."""

    def __init__(self, model: bm25s.BM25 | None, rows: int) -> None:
        self._model = model  # None when no row has a word
        self.rows = rows

    @classmethod
    def build(cls, texts: Iterable[str]) -> Bm25Index:
        """Make an index; the vocabulary is numbered by first occurrence, so builds repeat exactly."""
        import bm25s

        vocabulary: dict[str, int] = {}
        ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)] for text in texts]
        if not vocabulary:
            return cls(None, len(ids))
        model = bm25s.BM25(method="lucene", k1=K1, b=B)
        model.index((ids, vocabulary), show_progress=False)
        return cls(model, len(ids))

    @classmethod
    def load(cls, folder: Path) -> Bm25Index:
        """Read an index that `save` wrote. Raises StoreDamaged when it cannot be read."""
        import bm25s

        try:
            about = json.loads((folder / "rows.json").read_text("utf-8"))
            rows = int(about["rows"])
            model = bm25s.BM25.load(folder, mmap=True, show_progress=False) if about["words"] else None
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreDamaged(f"{folder} is not a BM25 index; rebuild with 'python -m rag index'.") from error
        return cls(model, rows)

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON; no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._model is not None:
            self._model.save(folder, show_progress=False)
        (folder / "rows.json").write_text(json.dumps({"rows": self.rows, "words": self._model is not None}), "utf-8")

    def search(self, query: str, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        """Return scores and rows, both (k',), of allowed rows that share a term, best first, ties by smaller row."""
        nothing = np.zeros(0, np.float32), np.zeros(0, np.int64)
        if self._model is None:
            return nothing
        known = [term for term in terms(query) if term in self._model.vocab_dict]
        if not known:
            return nothing
        scores = np.asarray(self._model.get_scores(known), dtype=np.float32)
        if allowed is not None:
            scores = np.where(allowed, scores, 0)
        candidates = np.flatnonzero(scores > 0)
        if len(candidates) > 4 * k:  # all that tie with the k-th stay in
            kth = np.partition(scores[candidates], -k)[-k]
            candidates = candidates[scores[candidates] >= kth]
        order = np.lexsort((candidates, -scores[candidates]))[:k]
        rows = candidates[order].astype(np.int64)
        return scores[rows], rows
