"""The inverted lists of a large archive, made of few rows: what they promise beside an exact search, and their file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import StoreDamaged
from rag.store import faiss_index
from rag.store.faiss_index import CANDIDATES, FaissIndex, Plan, plan_for
from tests.store.test_faiss_index import assert_same_values, brute_force, unit_rows

ROWS, DIM = 3_000, 24
PLAN = Plan(lists=32, trained=2_000, recall=0.9)


def clustered(n: int, dim: int, seed: int) -> np.ndarray:
    """Unit rows about forty centres, as news is about events."""
    random = np.random.default_rng(seed)
    rows = unit_rows(40, dim, seed)[random.integers(40, size=n)] + 0.2 * random.normal(size=(n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


VECTORS = clustered(ROWS, DIM, 1)
QUERIES = unit_rows(20, DIM, 2)


@pytest.fixture(scope="module")
def index() -> FaissIndex:
    return FaissIndex.build(VECTORS, PLAN)


def probing(index: FaissIndex, lists: int) -> FaissIndex:
    """The same index, looking through so many lists."""
    assert index._lists is not None
    index._lists.nprobe = lists
    return index


@settings(deadline=None, max_examples=80, derandomize=True)
@given(
    st.integers(0, 10_000), st.integers(1, CANDIDATES), st.integers(1, 250), st.booleans(),
    st.sampled_from([1, 25]), st.integers(1, 8),
)  # fmt: skip
def test_all_lists_equal_brute_force_ties_included(
    seed: int, n: int, k: int, filtered: bool, questions: int, lists: int
) -> None:
    random = np.random.default_rng(seed)
    vectors = random.integers(-1, 2, size=(n, 4)).astype(np.float32)  # small whole numbers: many exact ties
    queries = random.integers(-2, 3, size=(questions, 4)).astype(np.float32)
    allowed = random.random(n) < 0.6 if filtered else None
    parted = FaissIndex.build(vectors, Plan(min(lists, n), n))
    scores, rows = probing(parted, min(lists, n)).search(queries, k, allowed)
    expected_scores, expected_rows = brute_force(vectors, queries, k, allowed)
    np.testing.assert_array_equal(scores, expected_scores)
    np.testing.assert_array_equal(rows, expected_rows)


@pytest.mark.parametrize("k", [1, 10, 50, 700, 2_999, 3_000, 5_000])
def test_all_lists_equal_brute_force_in_values(k: int) -> None:
    parted = probing(FaissIndex.build(VECTORS, PLAN), PLAN.lists)
    assert_same_values(*parted.search(QUERIES, k), *brute_force(VECTORS, QUERIES, k))


@pytest.mark.parametrize("few", [0, 10_000])  # filtered lists, and admitted rows scored one by one
@pytest.mark.parametrize("share", [0.0, 0.002, 0.02, 0.3, 0.9, 1.0])
def test_a_filter_is_kept_and_scores_are_exact(
    index: FaissIndex, share: float, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faiss_index, "FEW_ALLOWED", few)
    allowed = np.random.default_rng(5).random(ROWS) < share
    scores, rows = index.search(QUERIES, 20, allowed)
    assert scores.shape == rows.shape == (len(QUERIES), min(20, allowed.sum()))
    assert (scores.dtype, rows.dtype) == (np.float32, np.int64)
    assert allowed[rows].all()
    assert all(len(set(line)) == len(line) for line in rows.tolist())
    np.testing.assert_allclose(scores, np.take_along_axis(QUERIES @ VECTORS.T, rows, 1), atol=1e-6)
    assert (np.diff(scores, axis=1) <= 0).all()
    best = brute_force(VECTORS, QUERIES, 20, allowed)
    if few:
        assert_same_values(scores, rows, *best)
    else:
        assert scores.size == 0 or (scores >= best[0][:, -1:] - 1e-6).mean() >= 0.9


def test_a_filter_that_admits_only_what_lies_far_away_still_finds_as_many_as_asked(
    index: FaissIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faiss_index, "FEW_ALLOWED", 0)
    query = QUERIES[:1]
    farthest = np.argsort((query @ VECTORS.T)[0])[:60]
    allowed = np.isin(np.arange(ROWS), farthest)
    scores, rows = index.search(query, 14, allowed)
    assert set(rows[0].tolist()) <= set(farthest.tolist())
    assert scores.shape == (1, 14)


def test_more_rows_than_there_are_is_all_of_them(index: FaissIndex) -> None:
    _, rows = index.search(QUERIES[:2], ROWS + 1)
    assert sorted(rows[0].tolist()) == sorted(rows[1].tolist()) == list(range(ROWS))


def test_one_row_many_times_comes_by_smaller_row() -> None:
    """An agency's paragraph in more articles than lists name candidates."""
    vectors = VECTORS.copy()
    copies = np.sort(np.random.default_rng(3).choice(ROWS, 3 * CANDIDATES, replace=False))
    vectors[copies] = vectors[copies[0]]
    scores, rows = FaissIndex.build(vectors, PLAN).search(vectors[copies[:1]], 30)
    assert rows[0].tolist() == copies[:30].tolist()
    assert len(set(scores[0].tolist())) == 1


def test_the_same_vectors_give_the_same_index_and_answers(index: FaissIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "one.faiss")
    FaissIndex.build(VECTORS, PLAN).save(tmp_path / "two.faiss")
    for suffix in (".faiss", ".lists"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
    together = index.search(QUERIES, 10)
    for _ in range(5):
        for one, other in zip(together, index.search(QUERIES, 10), strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_recall_wanted_is_reached_and_told() -> None:
    parted = FaissIndex.build(VECTORS, Plan(64, ROWS, recall=0.97))
    assert parted.recall is not None
    assert parted.recall >= 0.97
    edge = brute_force(VECTORS, QUERIES, 10)[0][:, -1:]
    assert (parted.search(QUERIES, 10)[0] >= edge - 1e-6).mean() >= 0.9  # of other questions, and few
    assert not parted.exact


def test_where_every_row_is_looked_at_nothing_is_missed(tmp_path: Path) -> None:
    exact = FaissIndex.build(VECTORS)
    exact.save(tmp_path / "v.faiss")
    assert (exact.exact, exact.recall) == (True, 1.0)
    loaded = FaissIndex.load(tmp_path / "v.faiss")
    assert (loaded.exact, loaded.recall) == (True, 1.0)
    assert not (tmp_path / "v.lists").exists()


def test_what_is_saved_is_loaded(index: FaissIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "v.faiss")
    loaded = FaissIndex.load(tmp_path / "v.faiss", 0.93)
    assert (loaded.rows, loaded.dim, loaded.exact, loaded.recall) == (ROWS, DIM, False, 0.93)
    assert FaissIndex.load(tmp_path / "v.faiss").recall is None
    np.testing.assert_array_equal(loaded.vectors(7, 90), VECTORS[7:90])
    allowed = np.arange(ROWS) % 3 == 0
    for one, other in zip(index.search(QUERIES, 10, allowed), loaded.search(QUERIES, 10, allowed), strict=True):
        np.testing.assert_array_equal(one, other)


def test_rows_are_written_where_they_stay() -> None:
    def fill(room: np.ndarray) -> None:
        assert (room.shape, room.dtype, room.any()) == ((ROWS, DIM), np.float32, False)
        room[:] = VECTORS

    filled = FaissIndex.filled(ROWS, DIM, fill, PLAN)
    np.testing.assert_array_equal(filled.vectors(0, ROWS), VECTORS)
    for one, other in zip(filled.search(QUERIES, 9), FaissIndex.build(VECTORS, PLAN).search(QUERIES, 9), strict=True):
        np.testing.assert_array_equal(one, other)
    assert FaissIndex.filled(0, DIM, fill=lambda room: room.fill(1)).rows == 0


@pytest.mark.parametrize("length", [0, 3, 50, 2_000, -8])  # a build's sizes are compared before
def test_lists_cut_short_are_damaged(index: FaissIndex, tmp_path: Path, length: int) -> None:
    index.save(tmp_path / "v.faiss")
    (tmp_path / "v.lists").write_bytes((tmp_path / "v.lists").read_bytes()[:length])
    with pytest.raises(StoreDamaged, match="rebuild with 'python -m rag index'"):
        FaissIndex.load(tmp_path / "v.faiss")


@pytest.mark.parametrize("other", [clustered(ROWS - 1, DIM, 1), clustered(ROWS, DIM + 8, 1)])
def test_lists_of_other_vectors_are_damaged(index: FaissIndex, tmp_path: Path, other: np.ndarray) -> None:
    index.save(tmp_path / "v.faiss")
    FaissIndex.build(other, PLAN).save(tmp_path / "other.faiss")
    (tmp_path / "other.lists").rename(tmp_path / "v.lists")
    with pytest.raises(StoreDamaged, match=r"v\.lists is not of the vectors beside it; rebuild with"):
        FaissIndex.load(tmp_path / "v.faiss")


def test_a_file_that_is_no_lists_is_damaged(index: FaissIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "v.faiss")
    (tmp_path / "v.lists").write_bytes((tmp_path / "v.faiss").read_bytes())
    with pytest.raises(StoreDamaged, match="is not of the vectors beside it"):
        FaissIndex.load(tmp_path / "v.faiss")


def test_only_a_large_archive_has_lists() -> None:
    assert plan_for(0) is plan_for(faiss_index.EXACT_ROWS) is None
    for rows, lists in ((faiss_index.EXACT_ROWS + 1, 512), (1_000_000, 2_048)):
        plan = plan_for(rows)
        assert plan is not None
        assert (plan.lists, plan.trained) == (lists, 64 * lists)
