"""Vectors in FAISS, searched exactly by inner product. Implements the VectorIndex promise.

What this module does not know: what a row stands for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np

from rag.errors import StoreDamaged

if TYPE_CHECKING:
    from rag.protocols import Mask, Rows, Vectors


class FaissIndex:
    """An exact inner-product index; rows are numbered in the order given."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> FaissIndex:
        """Make an index of (n, dim) float32 rows."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> FaissIndex:
        """Read an index that `save` wrote. Raises StoreDamaged when FAISS cannot read it."""
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise StoreDamaged(f"{path} is not a FAISS index; rebuild with 'python -m rag index'.") from error

    def save(self, path: Path) -> None:
        """Write the index in FAISS's own format. Raises OSError when the disk is full."""
        try:
            faiss.write_index(self._index, str(path))
            whole = bool(faiss.read_index(str(path)).ntotal == self.rows)  # a failed close goes unreported
        except RuntimeError as error:
            cause = str(error).rstrip().rsplit(": ", 1)[-1]  # "Error in f at file:line: ...: write error in FILE (why)"
            raise OSError(f"could not write {path.name}: {cause}") from error
        if not whole:
            raise OSError(f"could not write {path.name}: it was cut short")

    @property
    def rows(self) -> int:
        """Number of vectors."""
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def vectors(self, start: int, end: int) -> Vectors:
        """Return rows start..end as stored, (end - start, dim)."""
        rows: Vectors = self._index.reconstruct_n(start, end - start)
        return rows

    def search(self, queries: Vectors, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        """Return scores and rows, both (q, k'), k' = min(k, rows allowed), best first, ties by smaller row."""
        available = self.rows if allowed is None else int(allowed.sum())
        wanted = min(k, available)
        if wanted == 0:
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        parameters = None
        if allowed is not None:
            bitmap = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        queries = np.ascontiguousarray(queries, np.float32)
        fetched = min(wanted + 1, available)
        while True:  # among rows that tie with the last, FAISS keeps any: fetch until the next one is worse
            scores, rows = self._index.search(queries, fetched, params=parameters)
            if fetched == available or (scores[:, -1] < scores[:, wanted - 1]).all():
                break
            fetched = min(2 * fetched, available)
        order = np.lexsort((rows, -scores), axis=1)[:, :wanted]
        return np.take_along_axis(scores, order, 1), np.take_along_axis(rows, order, 1)
