"""BM25 word statistics, in the files of bm25s. Implements the WordIndex promise.

One word splitter for index and query: `rag.text.terms`. The scores of all words in all rows are worked out when the
index is built, by bm25s's arithmetic to the bit, and lie on disk by word: the rows that hold it, ascending, and what it
adds to each. What this module does not know: what a row stands for.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import StoreDamaged
from rag.text import terms

if TYPE_CHECKING:
    import bm25s
    from numpy.typing import NDArray

    from rag.protocols import Mask, Rows, Vectors

K1 = 1.5
B = 0.75
BLOCK = 1 << 22  # postings scored at a time while building: float64 for all of them would be gigabytes
LONG = 1 << 14  # postings from which on it pays to ask first whether a word can still bring in a new row
FEW = 1 << 14  # rows that are scored one by one rather than all together
SLACK = 1e-4  # of a bound: float32 sums in another order differ by far less


@dataclass(frozen=True, slots=True)
class Postings:
    """One word: `rows` (n,) int32 that hold it, ascending, and `scores` (n,) float32 that it adds to each."""

    rows: NDArray[np.int32]
    scores: Vectors
    most: float
    times: int

    @property
    def bound(self) -> float:
        """The most that the word adds to a row."""
        return self.most * self.times


class Bm25Index:
    """BM25 (Lucene's variant, as bm25s computes it) over rows of text, numbered in the order given."""

    def __init__(self, model: bm25s.BM25 | None, rows: int) -> None:
        self._model = model  # None when no row has a word
        self.rows = rows

    @classmethod
    def build(cls, texts: Iterable[str]) -> Bm25Index:
        """Make an index; the vocabulary is numbered by first occurrence, so builds repeat exactly.

        Texts are read once and not kept. Memory: 16 bytes for every different word of every text at the peak, 8 after.
        """
        vocabulary: dict[str, int] = {}
        words, counts, lengths, different = array("i"), array("f"), array("q"), array("q", [0])
        for text in texts:
            found = Counter([vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)])
            words.extend(found.keys())
            counts.extend(found.values())
            lengths.append(found.total())
            different.append(len(words))
        if not vocabulary:
            return cls(None, len(lengths))
        return cls(_model(vocabulary, words, counts, lengths, different), len(lengths))

    @classmethod
    def load(cls, folder: Path) -> Bm25Index:
        """Open an index that `save` wrote; scores stay on disk. Raises StoreDamaged when it cannot be read."""
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
        """Return scores and rows, both (k',), of allowed rows that share a term, best first, ties by smaller row.

        Exact, whatever is left out on the way: a frequent word is not added up over all its rows when it cannot lift
        a row that holds none of the rarer words among the best k.
        """
        asked = self._asked(query)
        if not asked or k < 1:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        rows = _candidates(list(dict(asked).values()), self.rows, k, allowed)
        scores = _scored(rows, [postings for _, postings in asked])
        order = np.lexsort((rows, -scores))
        order = order[scores[order] > 0][:k]
        return scores[order], rows[order].astype(np.int64)

    def rows_with(self, term: str) -> Rows:
        """Return the rows, (n,), ascending, that hold a term, which is a word as `rag.text.terms` makes it."""
        if self._model is None or term not in self._model.vocab_dict:
            return np.zeros(0, np.int64)
        return self._postings(int(self._model.vocab_dict[term]), 1).rows.astype(np.int64)

    def _asked(self, query: str) -> list[tuple[int, Postings]]:
        """Return the numbers and postings of the query's words that any row holds, in order, repeated as asked."""
        if self._model is None:
            return []
        known = [int(self._model.vocab_dict[term]) for term in terms(query) if term in self._model.vocab_dict]
        found = {word: self._postings(word, times) for word, times in Counter(known).items()}
        return [(word, found[word]) for word in known if len(found[word].rows)]

    def _postings(self, word: int, times: int) -> Postings:
        assert self._model is not None
        held = self._model.scores
        start, end = int(held["indptr"][word]), int(held["indptr"][word + 1])
        rows, scores = np.asarray(held["indices"][start:end]), np.asarray(held["data"][start:end])
        return Postings(rows, scores, float(scores.max(initial=0)), times)


def _candidates(words: Sequence[Postings], total: int, k: int, allowed: Mask | None) -> NDArray[np.intp]:
    """Return rows, ascending, among which are the best k of those that hold one of the words, all ties included.

    Words are added up from the one that can add most. Before a long one: when all that are left together add less than
    the k-th best has already, only rows met so far can be among the best, and of these only such as can still reach it
    (MaxScore: Turtle and Flood, Information Processing & Management 31, 1995).
    """
    left = sorted(words, key=lambda one: -one.bound)
    sums = np.zeros(total, np.float32)
    reached = 0.0  # by k rows at least
    while left:
        if len(left[0].rows) > LONG and len(left) < len(words):
            open_ = sum(one.bound for one in left)
            best = _at_least(max(reached, open_ / (1 - SLACK)), sums, allowed)
            if len(best) >= k:
                reached = _kth(sums[best], k)
                rows = _at_least(reached * (1 - SLACK) - open_, sums, allowed)
                if len(rows) <= FEW:
                    return rows
        one = left.pop(0)
        sums[one.rows] += one.scores if one.times == 1 else one.times * one.scores
    rows = _at_least(reached * (1 - SLACK), sums, allowed)
    return rows[sums[rows] >= _kth(sums[rows], k) * (1 - SLACK)]


def _at_least(least: float, sums: Vectors, allowed: Mask | None) -> NDArray[np.intp]:
    """Return the allowed rows, ascending, whose sum is that at least, and more than 0."""
    found = sums >= least if least > 0 else sums > 0
    return np.flatnonzero(found if allowed is None else found & allowed)


def _kth(sums: Vectors, k: int) -> float:
    """Return the k-th best sum; 0 when there are fewer."""
    return float(np.partition(sums, -k)[-k]) if len(sums) >= k else 0.0


def _scored(rows: NDArray[np.intp], asked: Sequence[Postings]) -> Vectors:
    """Return the scores of rows, (n,) float32, added up in the order in which the words are asked."""
    scores = np.zeros(len(rows), np.float32)
    for one in asked:
        places = np.minimum(np.searchsorted(one.rows, rows), len(one.rows) - 1)
        scores += np.where(one.rows[places] == rows, one.scores[places], np.float32(0))
    return scores


def _model(
    vocabulary: dict[str, int], words: array[int], counts: array[float], lengths: array[int], different: array[int]
) -> bm25s.BM25:
    """Return what bm25s.BM25(method="lucene").index makes of the same words, to the bit.

    words, counts: number and occurrences of each different word, row by row; row i's are different[i]..different[i+1].
    lengths: words of each row.
    """
    import bm25s
    from bm25s.scoring import _score_idf_lucene
    from scipy.sparse import csr_matrix

    rows = len(lengths)
    held, ends, long = (np.frombuffer(one, dtype) for one, dtype in ((words, "i4"), (different, "i8"), (lengths, "i8")))
    frequency = np.bincount(held, minlength=len(vocabulary))
    idf = np.array([_score_idf_lucene(int(df), N=rows) for df in frequency], dtype=np.float32)
    norms = K1 * ((1 - B) + B * long / long.mean())
    scores = np.frombuffer(counts, np.float32)  # in place: an occurrence becomes its score
    scores.flags.writeable = True
    row_of = np.repeat(np.arange(rows, dtype=np.int32), np.diff(ends))
    for first in range(0, len(scores), BLOCK):
        part = slice(first, first + BLOCK)
        occurs = scores[part].astype(np.float64)
        scores[part] = idf[held[part]] * (occurs / (norms[row_of[part]] + occurs))
    del row_of
    by_word = csr_matrix((scores, held, ends), shape=(rows, len(vocabulary))).tocsc()  # counts, does not sort
    model = bm25s.BM25(method="lucene", k1=K1, b=B)
    model.scores = {
        "data": by_word.data,
        "indices": by_word.indices.astype(np.int32, copy=False),
        "indptr": by_word.indptr.astype(np.int64, copy=False),
        "num_docs": rows,
    }
    model.nonoccurrence_array = None
    model.vocab_dict = {**vocabulary, "": len(vocabulary)}  # bm25s adds the empty word, which no row holds
    model.unique_token_ids_set = set(model.vocab_dict.values())
    return model
