"""FAISS against brute force, in values (law 9)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import StoreDamaged
from rag.store.faiss_index import FaissIndex


def brute_force(vectors: np.ndarray, queries: np.ndarray, k: int, allowed: np.ndarray | None = None):
    """Inner products by numpy: best first, ties by smaller row."""
    rows = np.flatnonzero(allowed) if allowed is not None else np.arange(len(vectors))
    products = queries.astype(np.float64) @ vectors[rows].astype(np.float64).T
    order = np.array([np.lexsort((rows, -line))[:k] for line in products]).reshape(len(queries), -1)
    return np.take_along_axis(products, order, 1), rows[order]


def assert_same_values(
    scores: np.ndarray, rows: np.ndarray, expected_scores: np.ndarray, expected_rows: np.ndarray
) -> None:
    """Rows may differ only where two scores are equal to six digits."""
    np.testing.assert_allclose(scores, expected_scores, atol=1e-6)
    gaps = np.abs(np.diff(expected_scores, axis=1, prepend=np.inf, append=-np.inf))
    clear = (gaps[:, :-1] > 2e-6) & (gaps[:, 1:] > 2e-6)
    clear[:, -1:] = False  # the next score is not known
    np.testing.assert_array_equal(rows[clear], expected_rows[clear])
    assert clear.sum() >= 0.9 * clear.size - len(clear)


def unit_rows(n: int, dim: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("questions", [1, 3, 40])  # FAISS multiplies few and many queries by different code
@pytest.mark.parametrize("k", [1, 10, 150, 1000])
def test_search_equals_brute_force_in_values(questions: int, k: int) -> None:
    vectors, queries = unit_rows(700, 48, 1), unit_rows(questions, 48, 2)
    scores, rows = FaissIndex.build(vectors).search(queries, k)
    assert_same_values(scores, rows, *brute_force(vectors, queries, k))
    assert (scores.dtype, rows.dtype) == (np.float32, np.int64)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("questions", [1, 40])
def test_only_allowed_rows_are_found_and_as_many_as_there_are(share: float, questions: int) -> None:
    vectors, queries = unit_rows(333, 16, 3), unit_rows(questions, 16, 4)
    allowed = np.random.default_rng(5).random(333) < share
    scores, rows = FaissIndex.build(vectors).search(queries, 20, allowed)
    assert scores.shape == rows.shape == (questions, min(20, allowed.sum()))
    assert_same_values(scores, rows, *brute_force(vectors, queries, 20, allowed))


def test_larger_is_better() -> None:
    vectors = np.array([[-1, 0], [0, 1], [1, 0]], np.float32)
    scores, rows = FaissIndex.build(vectors).search(np.array([[1, 0]], np.float32), 3)
    assert rows.tolist() == [[2, 1, 0]]
    assert scores.tolist() == [[1 * 1, 0 * 1, -1 * 1]]


def test_equal_vectors_come_by_smaller_row() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [1, 0]], np.float32)
    _, rows = FaissIndex.build(vectors).search(np.array([[1, 0]], np.float32), 4)
    assert rows.tolist() == [[0, 2, 3, 1]]


def test_ties_at_the_edge_keep_the_smaller_rows() -> None:
    vectors = np.array([[0, 1], *[[1, 0]] * 20, [2, 0]], np.float32)
    _, rows = FaissIndex.build(vectors).search(np.array([[1, 0]], np.float32), 5)
    assert rows.tolist() == [[21, 1, 2, 3, 4]]


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.integers(0, 10_000), st.integers(1, 120), st.integers(1, 120), st.booleans(), st.sampled_from([1, 25]))
def test_ties_everywhere_equal_brute_force(seed: int, n: int, k: int, filtered: bool, questions: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.integers(-1, 2, size=(n, 4)).astype(np.float32)  # small whole numbers: many exact ties
    queries = random.integers(-2, 3, size=(questions, 4)).astype(np.float32)
    allowed = random.random(n) < 0.6 if filtered else None
    scores, rows = FaissIndex.build(vectors).search(queries, k, allowed)
    expected_scores, expected_rows = brute_force(vectors, queries, k, allowed)
    np.testing.assert_array_equal(scores, expected_scores)
    np.testing.assert_array_equal(rows, expected_rows)


def test_an_empty_index_finds_nothing() -> None:
    scores, rows = FaissIndex.build(np.zeros((0, 8), np.float32)).search(np.ones((2, 8), np.float32), 5)
    assert scores.shape == rows.shape == (2, 0)


def test_queries_need_not_be_contiguous() -> None:
    vectors = unit_rows(50, 8, 6)
    wide = np.repeat(vectors, 2, axis=1)[:, ::2]
    assert not wide.flags.c_contiguous
    _, rows = FaissIndex.build(wide).search(wide[:3], 1)
    assert rows.tolist() == [[0], [1], [2]]


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    vectors = unit_rows(20, 8, 7)
    FaissIndex.build(vectors).save(tmp_path / "v.faiss")
    loaded = FaissIndex.load(tmp_path / "v.faiss")
    assert (loaded.rows, loaded.dim) == (20, 8)
    np.testing.assert_array_equal(loaded.vectors(0, 20), vectors)
    np.testing.assert_array_equal(loaded.vectors(5, 8), vectors[5:8])
    assert loaded.vectors(4, 4).shape == (0, 8)


@pytest.mark.parametrize("length", [0, 3, 20, 100])
def test_a_cut_file_is_damaged(tmp_path: Path, length: int) -> None:
    FaissIndex.build(unit_rows(20, 8, 8)).save(tmp_path / "v.faiss")
    (tmp_path / "v.faiss").write_bytes((tmp_path / "v.faiss").read_bytes()[:length])
    with pytest.raises(StoreDamaged, match="rebuild with 'python -m rag index'"):
        FaissIndex.load(tmp_path / "v.faiss")


def test_a_file_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="could not write"):
        FaissIndex.build(unit_rows(2, 8, 9)).save(tmp_path / "nowhere" / "v.faiss")
