"""Vectors in FAISS, searched by inner product: exactly, or in a large archive by inverted lists and then exactly.

The vectors lie in one file as they were given, float32, and are mapped into memory, so that opening costs nothing and a
question reads what it needs. A large archive has a second file beside it, inverted lists of 8-bit codes: they say which
rows may be among the best, the vectors themselves how good these are. So a score is always the inner product with the
whole vector; what lists can do is miss a row, and how often they do is measured when they are made. Implements the
VectorIndex promise. What this module does not know: what a row stands for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import faiss
import numpy as np

from rag.errors import StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Callable

    from rag.protocols import Mask, Rows, Vectors

EXACT_ROWS = 80_000
FEW_ALLOWED = 20_000  # rows that are scored one by one in about the time that filtered lists take: 7 ms
CANDIDATES = 200  # rows that lists name, at least, to be scored by their whole vectors
SUFFIX = ".lists"  # of the second file, in place of .faiss
SEED = 20_250_204
BLOCK = 100_000  # rows that are coded at a time
FEWEST = 16  # lists that are looked through at least
DEPTH = 10  # recall is of so many best rows
SAMPLE = 400  # questions by which recall is measured
LIKENESS = 0.25  # cosine between such a question and the row that it is made from
EQUAL = 1e-6  # scores that differ by less are the same: FAISS multiplies few and many questions by different code


@dataclass(frozen=True, slots=True)
class Plan:
    """How a large archive is searched.

    lists: into how many its rows are parted. trained: rows by which the lists are placed. recall: the share of the ten
    best rows to be found when it is built; as many lists are looked through as that takes.
    """

    lists: int
    trained: int
    recall: float = 0.995


def plan_for(rows: int) -> Plan | None:
    """Return how so many rows are searched: one by one (None), or by a plan.

    Measured on 2026-11-28, two AVX-512 cores, vectors of 384 numbers in a mapped file, 50 rows wanted, p50: one by one
    1.3 ms for 10,000 rows, 6.4 for 50,000, 12.6 for 100,000, 49 for 400,000, so 10 ms are passed at 80,000; by lists
    1.3 ms for 100,000 (128 of 512 looked through), 3.0 for a million (128 of 2,048), and 36 s to make these.
    """
    if rows <= EXACT_ROWS:
        return None
    lists = min(2 ** round(math.log2(2 * math.sqrt(rows))), rows)
    return Plan(lists, min(rows, 64 * lists))


def _a_thread_a_question(search: Callable[..., tuple[Vectors, Rows]]) -> Callable[..., tuple[Vectors, Rows]]:
    """Run a search with no more threads than questions.

    A single question is searched by one anyway; a second would only wait, beside those of the embedder that still wait
    for more work, and made a question of 78,000 passages take 26 ms instead of 10 on two cores.
    """

    @wraps(search)
    def searched(self: FaissIndex, queries: Vectors, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(max(1, min(threads, len(queries))))  # of this thread's searches alone
        try:
            return search(self, queries, k, allowed)
        finally:
            faiss.omp_set_num_threads(threads)

    return searched


class FaissIndex:
    """An inner-product index; rows are numbered in the order given.

    recall: share of the ten best rows that a search finds, measured by made-up questions when it was built; 1.0 where
    every row is looked at; None where it was not told when loading.
    """

    def __init__(self, index: faiss.Index, lists: faiss.IndexIVF | None = None) -> None:
        self._index, self._lists = index, lists
        self.recall: float | None = 1.0 if lists is None else None

    @classmethod
    def build(cls, vectors: Vectors, plan: Plan | None = None) -> FaissIndex:
        """Make an index of (n, dim) rows. plan: how it is searched; None: as `plan_for` says."""

        def copy(room: Vectors) -> None:
            room[:] = vectors

        rows, dim = vectors.shape
        return cls.filled(rows, dim, copy, plan)

    @classmethod
    def filled(cls, rows: int, dim: int, fill: Callable[[Vectors], object], plan: Plan | None = None) -> FaissIndex:
        """Make an index whose rows `fill` writes into (rows, dim) float32 zeros, which are FAISS's own memory.

        So an archive's vectors are in memory once, 1.5 GB for a million of 384 numbers, and not twice. The array must
        not be kept: it goes with the index.
        """
        index = faiss.IndexFlatIP(dim)
        index.codes.resize(rows * dim * np.dtype(np.float32).itemsize)
        index.ntotal = rows
        room: Vectors = np.zeros((0, dim), np.float32)
        if rows:
            room = faiss.rev_swig_ptr(index.get_xb(), rows * dim).reshape(rows, dim)
        fill(room)
        plan = plan or plan_for(rows)
        if plan is None:
            return cls(index)
        made = cls(index, _parted(room, plan))
        made._look_far_enough(_questions(room), plan.recall)
        return made

    @classmethod
    def load(cls, path: Path, recall: float | None = None) -> FaissIndex:
        """Open an index that `save` wrote; it stays on disk. Raises StoreDamaged when FAISS cannot read it.

        recall: what was measured when it was built, for FAISS's files do not hold it. A large index without lists, as
        older versions wrote it, is searched row by row.
        """
        beside = path.with_suffix(SUFFIX)
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
            lists = faiss.read_index(str(beside), faiss.IO_FLAG_MMAP_IFC) if beside.exists() else None
        except RuntimeError as error:
            raise StoreDamaged(f"{path} is not a FAISS index; rebuild with 'python -m rag index'.") from error
        if lists is None:
            return cls(index)
        if not isinstance(lists, faiss.IndexIVF) or (lists.ntotal, lists.d) != (index.ntotal, index.d):
            raise StoreDamaged(f"{beside} is not of the vectors beside it; rebuild with 'python -m rag index'.")
        loaded = cls(index, lists)
        loaded.recall = recall
        return loaded

    def save(self, path: Path) -> None:
        """Write the vectors, and lists beside them, in FAISS's own format. Raises OSError when the disk is full."""
        _write(self._index, path)
        if self._lists is not None:
            _write(self._lists, path.with_suffix(SUFFIX))

    @property
    def rows(self) -> int:
        """Number of vectors."""
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def exact(self) -> bool:
        """Whether every row is looked at."""
        return self._lists is None

    def vectors(self, start: int, end: int) -> Vectors:
        """Return rows start..end as they were given, (end - start, dim)."""
        rows: Vectors = self._index.reconstruct_n(start, end - start)
        return rows

    @_a_thread_a_question
    def search(self, queries: Vectors, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        """Return scores and rows, both (q, k'), k' = min(k, rows allowed), best first, ties by smaller row.

        In a large archive some of the best rows may be missing (see `recall`), and then worse ones stand in their
        place; scores are exact, and so is all where a filter admits few rows.
        """
        available = self.rows if allowed is None else int(allowed.sum())
        wanted = min(k, available)
        queries = np.ascontiguousarray(queries, np.float32)
        if wanted == 0 or self._lists is None:
            return self.search_every_row(queries, k, allowed)
        if allowed is not None and available <= FEW_ALLOWED:
            rows = np.tile(np.flatnonzero(allowed), (len(queries), 1))
        elif 4 * wanted < available:
            rows = self._near(queries, wanted, available, allowed)
        else:
            return self.search_every_row(queries, k, allowed)
        return _best(self._scores(queries, rows), rows, wanted)

    @_a_thread_a_question
    def search_every_row(self, queries: Vectors, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        """Return what `search` promises, and miss nothing."""
        available = self.rows if allowed is None else int(allowed.sum())
        wanted = min(k, available)
        if wanted == 0:
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        parameters = None if allowed is None else faiss.SearchParameters(sel=_selector(allowed))  # type: ignore[call-arg]
        queries = np.ascontiguousarray(queries, np.float32)
        fetched = min(wanted + 1, available)
        while True:  # among rows that tie with the last, FAISS keeps any: fetch until the next one is worse
            scores, rows = self._index.search(queries, fetched, params=parameters)
            if fetched == available or (scores[:, -1] < scores[:, wanted - 1]).all():
                break
            fetched = min(2 * fetched, available)
        return _best(scores, rows, wanted)

    def _near(self, queries: Vectors, wanted: int, available: int, allowed: Mask | None) -> Rows:
        """Return (q, at least `wanted`) rows that may be the best; -1 after the last where fewer were met.

        The fewer rows are allowed and the more are wanted, the more lists are looked through.
        """
        assert self._lists is not None
        count = max(CANDIDATES, 4 * wanted)
        farther = max(self.rows / available, count / CANDIDATES)
        probed = min(math.ceil(self._lists.nprobe * farther), self._lists.nlist)
        selector = None if allowed is None else _selector(allowed)
        while True:
            parameters = faiss.SearchParametersIVF(nprobe=probed, sel=selector)  # type: ignore[call-arg]
            _, rows = self._lists.search(queries, min(count, available), params=parameters)
            if probed == self._lists.nlist or (rows[:, wanted - 1] >= 0).all():
                break
            probed = min(4 * probed, self._lists.nlist)
        if rows.max(initial=0) >= self.rows:
            raise StoreDamaged(
                "The lists of the vectors name rows that are not there; rebuild with 'python -m rag index'."
            )
        found: Rows = rows
        return found

    def _scores(self, queries: Vectors, rows: Rows) -> Vectors:
        """Return the inner product of each question with each of its rows, both (q, r); -inf for row -1."""
        scores, rows = np.empty(rows.shape, np.float32), np.ascontiguousarray(rows, np.int64)
        pointers = [faiss.swig_ptr(array) for array in (queries, scores, rows)]
        flat: Any = self._index
        flat.compute_distance_subset(len(queries), pointers[0], rows.shape[1], *pointers[1:])
        return scores

    def _look_far_enough(self, questions: Vectors, wanted: float) -> None:
        """Set how many lists are looked through, so that the recall wanted is reached, and keep what is."""
        assert self._lists is not None
        self._lists.nprobe = min(FEWEST, self._lists.nlist)
        edge = self.search_every_row(questions, DEPTH)[0][:, -1:] - EQUAL
        while True:
            self.recall = float((self.search(questions, DEPTH)[0] >= edge).mean())
            if self.recall >= wanted or self._lists.nprobe == self._lists.nlist:
                break
            self._lists.nprobe = min(2 * self._lists.nprobe, self._lists.nlist)


def _parted(vectors: Vectors, plan: Plan) -> faiss.IndexIVF:
    """Return the rows' codes, parted into lists."""
    made = faiss.index_factory(vectors.shape[1], f"IVF{plan.lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    lists = cast("faiss.IndexIVF", made)
    lists.cp.seed, lists.cp.niter, lists.cp.min_points_per_centroid = SEED, 10, 1
    trained = np.random.default_rng(SEED).choice(len(vectors), min(plan.trained, len(vectors)), replace=False)
    lists.train(vectors[np.sort(trained)])
    for first in range(0, len(vectors), BLOCK):
        lists.add(vectors[first : first + BLOCK])
    return lists


def _questions(vectors: Vectors) -> Vectors:
    """Return (up to SAMPLE, dim) made-up questions: rows, turned away from themselves in any direction at random.

    There are no real questions while an archive is built. These lie at a cosine of 0.25 to their row, farther from
    every row than real ones do (139 news-quiz questions: 0.51 to their best of 6,528 real passages, 0.41 of made ones,
    medians), so that they are about as hard to search for, or harder. Recall with 8, 16, 32, 64 lists looked through:
    6,528 real passages in 128 lists: these 0.841, 0.919, 0.973, 0.994, real questions 0.878, 0.939, 0.971, 0.994;
    100,000 made ones in 512: these 0.802, 0.891, 0.946, 0.984, real questions 0.945, 0.962, 0.989, 0.996. At a cosine
    of 0.6 it would be 1.000 throughout the latter, and promise too much.
    """
    random = np.random.default_rng(SEED)
    rows = vectors[random.choice(len(vectors), min(SAMPLE, len(vectors)), replace=False)]
    away = random.standard_normal(rows.shape, dtype=np.float32)
    away -= rows * (away * rows).sum(1, keepdims=True)
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-12)
    made: Vectors = LIKENESS * rows + math.sqrt(1 - LIKENESS**2) * away
    return made


def _selector(allowed: Mask) -> faiss.IDSelector:
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg, arg-type]


def _best(scores: Vectors, rows: Rows, wanted: int) -> tuple[Vectors, Rows]:
    """Return the best scores and their rows, both (q, wanted), ties by smaller row."""
    order = np.lexsort((rows, -scores), axis=1)[:, :wanted]
    return np.take_along_axis(scores, order, 1), np.take_along_axis(rows, order, 1)


def _write(index: faiss.Index, path: Path) -> None:
    try:
        faiss.write_index(index, str(path))
        # Read again, for a failed close goes unreported; not mapped where FAISS lets a map end a few bytes early.
        flags = faiss.IO_FLAG_MMAP_IFC if isinstance(index, faiss.IndexFlat) else 0
        whole = bool(faiss.read_index(str(path), flags).ntotal == index.ntotal)
    except RuntimeError as error:
        cause = str(error).rstrip().rsplit(": ", 1)[-1]  # "Error in f at file:line: ...: write error in FILE (why)"
        raise OSError(f"could not write {path.name}: {cause}") from error
    if not whole:
        raise OSError(f"could not write {path.name}: it was cut short")
