"""BM25 that skips what cannot win, against bm25s adding up every word of every row: the same to the last bit."""

from __future__ import annotations

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.store import bm25_index
from rag.store.bm25_index import K1, B, Bm25Index
from rag.text import terms

WORDS = [f"word{chr(97 + i)}{chr(97 + j)}" for i in range(6) for j in range(5)]


def articles(random: np.random.Generator, rows: int) -> list[str]:
    """Texts in which some words are frequent and some rare, as in life; some are empty, some alike."""
    share = 1 / np.arange(1, len(WORDS) + 1)
    lengths = random.integers(0, 25, size=rows)
    texts = [" ".join(random.choice(WORDS, size=length, p=share / share.sum())) for length in lengths]
    return [texts[random.integers(row + 1)] if random.random() < 0.2 else text for row, text in enumerate(texts)]


def by_bm25s(texts: list[str]) -> bm25s.BM25:
    """The index that bm25s makes itself."""
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)] for text in texts]
    model = bm25s.BM25(method="lucene", k1=K1, b=B)
    model.index((ids, vocabulary), show_progress=False)
    return model


def full_scoring(model: bm25s.BM25, query: str, k: int, allowed: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The best of all rows, every one scored by bm25s, ties by smaller row."""
    known = [term for term in terms(query) if term in model.vocab_dict]
    scores = np.asarray(model.get_scores(known), np.float32)
    if allowed is not None:
        scores = np.where(allowed, scores, np.float32(0))
    rows = np.flatnonzero(scores > 0)
    rows = rows[np.lexsort((rows, -scores[rows]))][:k]
    return scores[rows], rows


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    st.integers(0, 10_000),
    st.integers(1, 300),
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([1, 1, 2, 6])), min_size=1, max_size=7),
    st.one_of(st.integers(1, 4), st.integers(5, 40)),
    st.sampled_from([None, 0.02, 0.5, 1.0]),
    st.sampled_from([(0, 10_000), (1, 3), (20, 40), (10_000, 1)]),
)
def test_pruned_equals_full_scoring_to_the_bit(
    seed: int, rows: int, words: list[tuple[str, int]], k: int, share: float | None, turning: tuple[int, int]
) -> None:
    random = np.random.default_rng(seed)
    query = " ".join(random.permutation([word for word, times in words for _ in range(times)]))  # some many times
    texts = [*articles(random, rows), WORDS[0]]
    allowed = None if share is None else random.random(len(texts)) < share
    index, model = Bm25Index.build(texts), by_bm25s(texts)
    if not any(term in model.vocab_dict for term in terms(query)):
        assert len(index.search(query, k, allowed)[1]) == 0
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25_index, "LONG", turning[0])  # so that few rows are enough to skip words
        patch.setattr(bm25_index, "FEW", turning[1])
        scores, found = index.search(query, k, allowed)
    expected_scores, expected = full_scoring(model, query, k, allowed)
    np.testing.assert_array_equal(found, expected)
    assert scores.tobytes() == expected_scores.tobytes()


def test_words_that_cannot_win_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above would pass as well if nothing was ever left out."""
    monkeypatch.setattr(bm25_index, "LONG", 100)
    monkeypatch.setattr(bm25_index, "FEW", 500)
    texts = ["common"] * 2_000 + [f"common rare rarest {n}" for n in range(10)]
    index = Bm25Index.build(texts)
    asked = [postings for _, postings in index._asked("rarest common rare")]
    assert bm25_index._candidates(asked, index.rows, 5, None).tolist() == list(range(2_000, 2_010))
    assert len(bm25_index._candidates(asked, index.rows, 11, None)) == 2_010  # ten rows are not eleven
    assert index.search("rarest common rare", 5)[1].tolist() == list(range(2_000, 2_005))


@settings(deadline=None, max_examples=40, derandomize=True)
@given(st.integers(0, 10_000), st.integers(1, 200), st.sampled_from([1, 7, 1 << 22]))
def test_the_index_is_the_one_that_bm25s_makes_to_the_bit(seed: int, rows: int, block: int) -> None:
    texts = [*articles(np.random.default_rng(seed), rows), WORDS[0]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25_index, "BLOCK", block)
        ours = Bm25Index.build(texts)._model
    theirs = by_bm25s(texts)
    assert ours is not None
    assert ours.vocab_dict == theirs.vocab_dict
    assert ours.unique_token_ids_set == theirs.unique_token_ids_set
    for name in ("data", "indices", "indptr"):
        one, other = np.asarray(ours.scores[name]), np.asarray(theirs.scores[name])
        assert one.dtype == other.dtype or name != "data"
        np.testing.assert_array_equal(one, other)
    assert ours.scores["num_docs"] == theirs.scores["num_docs"]
