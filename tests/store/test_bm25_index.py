"""BM25 against Lucene's formula, written out by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import StoreDamaged
from rag.store.bm25_index import Bm25Index
from rag.text import terms

FLIGHT = "flight migrant migrant"
TREATY = "treaty signed"
PLANE = "migrant plane flight landed today"
WORDS = ["flight", "migrant", "treaty", "plane", "senate", "vote", "the"]


def lucene(texts: Sequence[str], query: str) -> list[float]:
    """Robertson's BM25 with Lucene's idf: Kamphuis et al., ECIR 2020, table 1, k1 = 1.5, b = 0.75."""
    rows = [terms(text) for text in texts]
    average = sum(map(len, rows)) / len(rows)
    scores = [0.0] * len(rows)
    for term in terms(query):
        df = sum(term in row for row in rows)
        idf = math.log(1 + (len(rows) - df + 0.5) / (df + 0.5))
        for i, row in enumerate(rows):
            tf = row.count(term)
            scores[i] += idf * tf / (tf + 1.5 * (1 - 0.75 + 0.75 * len(row) / average)) if tf else 0.0
    return scores


def test_scores_are_the_formula_in_numbers() -> None:
    scores, rows = Bm25Index.build([FLIGHT, TREATY, PLANE]).search("migrants", 10)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    average = (3 + 2 + 5) / 3
    assert rows.tolist() == [0, 2]
    assert scores[0] == pytest.approx(idf * 2 / (2 + 1.5 * (0.25 + 0.75 * 3 / average)), rel=1e-5)
    assert scores[1] == pytest.approx(idf * 1 / (1 + 1.5 * (0.25 + 0.75 * 5 / average)), rel=1e-5)


def test_a_word_asked_twice_counts_twice() -> None:
    index = Bm25Index.build([FLIGHT, TREATY, PLANE])
    once, twice = index.search("treaty", 1)[0][0], index.search("treaty treaty", 1)[0][0]
    assert twice == pytest.approx(2 * once, rel=1e-5)


@settings(deadline=None, max_examples=120)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=1, max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
    st.integers(1, 12),
    st.integers(0, 1000),
)
def test_search_equals_the_formula_with_ties_by_smaller_row(texts: list[str], query: str, k: int, seed: int) -> None:
    allowed = np.random.default_rng(seed).random(len(texts)) < 0.7 if seed % 2 else None
    scores, rows = Bm25Index.build(texts).search(query, k, allowed)
    expected = lucene(texts, query)
    admitted = [i for i, score in enumerate(expected) if score > 0 and (allowed is None or allowed[i])]
    best = sorted(admitted, key=lambda i: (-round(expected[i], 5), i))[:k]
    np.testing.assert_allclose(scores, [expected[i] for i in best], rtol=1e-4)
    assert len(rows) == len(best)
    # equal texts have equal scores to the last bit, so among them the order is by row
    assert [(-float(s), int(r)) for s, r in zip(scores, rows, strict=True)] == sorted(
        (-float(s), int(r)) for s, r in zip(scores, rows, strict=True)
    )
    for row, score in zip(rows, scores, strict=True):
        assert score == pytest.approx(expected[row], rel=1e-4)


def test_ties_at_the_edge_keep_the_smaller_rows() -> None:
    _, rows = Bm25Index.build([TREATY, *[FLIGHT] * 50, PLANE]).search("flight", 3)
    assert rows.tolist() == [1, 2, 3]


def test_no_shared_word_finds_nothing() -> None:
    index = Bm25Index.build([FLIGHT, TREATY])
    for query in ("unknown words", "", "who is the", "?!"):
        scores, rows = index.search(query, 5)
        assert (len(scores), len(rows)) == (0, 0)
        assert (scores.dtype, rows.dtype) == (np.float32, np.int64)


def test_rows_not_allowed_are_not_found() -> None:
    _, rows = Bm25Index.build([FLIGHT, TREATY, PLANE]).search("flight", 5, np.array([False, True, True]))
    assert rows.tolist() == [2]


@pytest.mark.parametrize("texts", [[], ["", ""], ["the of", "?!"]])
def test_rows_without_words_can_be_built_saved_and_searched(texts: list[str], tmp_path: Path) -> None:
    Bm25Index.build(texts).save(tmp_path / "bm25")
    index = Bm25Index.load(tmp_path / "bm25")
    assert index.rows == len(texts)
    assert len(index.search("flight", 5)[1]) == 0


def test_an_empty_row_among_others_does_no_harm() -> None:
    texts = [FLIGHT, "", PLANE, "the"]
    scores, rows = Bm25Index.build(texts).search("plane migrant", 5)
    expected = lucene(texts, "plane migrant")
    assert rows.tolist() == [2, 0]
    np.testing.assert_allclose(scores, [expected[2], expected[0]], rtol=1e-5)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    built = Bm25Index.build([FLIGHT, TREATY, PLANE, "Martí’s café"])
    built.save(tmp_path / "bm25")
    loaded = Bm25Index.load(tmp_path / "bm25")
    assert loaded.rows == 4
    for query in ("migrants", "flight today treaty", "MARTÍ café", "nothing"):
        for one, other in zip(built.search(query, 5), loaded.search(query, 5), strict=True):
            np.testing.assert_array_equal(one, other)


def test_searching_does_not_change_the_index(tmp_path: Path) -> None:
    index = Bm25Index.build([FLIGHT, TREATY, PLANE])
    index.save(tmp_path / "before")
    index.search("flight unknown", 5)
    index.save(tmp_path / "after")
    for path in sorted((tmp_path / "before").iterdir()):
        assert path.read_bytes() == (tmp_path / "after" / path.name).read_bytes()


def test_files_are_arrays_and_json_without_pickle(tmp_path: Path) -> None:
    Bm25Index.build([FLIGHT, TREATY]).save(tmp_path)
    for path in tmp_path.iterdir():
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        else:
            json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        *((name, b"") for name in ("rows.json", "params.index.json", "vocab.index.json")),
        *((name, b"{oops") for name in ("rows.json", "params.index.json", "vocab.index.json", "data.csc.index.npy")),
        *((name, b"[]") for name in ("rows.json", "params.index.json")),
        ("data.csc.index.npy", b"\x93NUMPY"),
        pytest.param("data.csc.index.npy", b""),
        pytest.param("vocab.index.json", b"[]"),
    ],
)
def test_a_broken_file_is_damaged(tmp_path: Path, name: str, contents: bytes) -> None:
    Bm25Index.build([FLIGHT, TREATY]).save(tmp_path)
    assert (tmp_path / name).is_file()
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(StoreDamaged, match="rebuild with 'python -m rag index'"):
        Bm25Index.load(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["params.index.json", "vocab.index.json", "data.csc.index.npy", "rows.json"],
)
def test_a_missing_file_is_damaged_and_never_an_index_that_finds_nothing(tmp_path: Path, name: str) -> None:
    Bm25Index.build([FLIGHT, TREATY]).save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(StoreDamaged, match="rebuild with 'python -m rag index'"):
        Bm25Index.load(tmp_path)
