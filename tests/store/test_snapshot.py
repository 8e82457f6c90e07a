"""An opened build: what it gives, and that damage is an error and never a wrong answer (law 5)."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import StoreDamaged, StoreError, StoreMismatch, StoreMissing
from rag.store import IndexedArticle, Recipe, Snapshot
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex, Plan
from rag.types import Article, Query, Skipped, Source
from tests.store.builds import Build, publish

REMEDY = "python -m rag index"
VOL = "Né à Paris.\n\nLe vol 🚀 landed."
ARTICLES = [
    (Source("afp", "Déal", "AFP", "2025-02-04T09:52", "afp.txt", byline="A. B."), VOL, [(0, 11), (13, 29)]),
    (Source("bbc", "Row", "BBC News", "2025-02-06", "bbc.txt"), "A treaty was signed.", [(0, 20)]),
    (Source("none", "Undated", None, None, "none.txt"), "A flight left.", [(0, 8), (9, 14)]),
]
VECTORS = np.eye(5, dtype=np.float32)


def toy_build(suffix: str = "") -> Build:
    entries = [
        IndexedArticle(Article(source, text + suffix), f"digest-{source.article_id}", tuple(spans), (("caption", 2),))
        for source, text, spans in ARTICLES
    ]
    texts = [(text + suffix)[a:b] for _, text, spans in ARTICLES for a, b in spans]
    recipe = Recipe("minilm", 5, 160, "{text}")
    return Build(
        recipe,
        entries,
        FaissIndex.build(VECTORS),
        Bm25Index.build(texts),
        ("news",),
        (Skipped("x.pdf", "empty"),),
        "0.1.0",
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    publish(folder, toy_build())
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that is searched by lists, as large ones are."""
    folder = tmp_path_factory.mktemp("large")
    publish(folder, replace(toy_build(), vectors=FaissIndex.build(VECTORS, Plan(2, 5))))
    return folder


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """An index that a test may spoil."""
    return Path(shutil.copytree(built, tmp_path / "copy"))


def contents(snapshot: Snapshot) -> list[object]:
    """Everything that an index can say."""
    rows = range(snapshot.manifest.passages)
    found = [snapshot.passage(row) for row in rows]
    words = [array.tolist() for array in snapshot.words.search("treaty signed flight vol", 9)]
    vectors = snapshot.vectors.vectors(0, len(rows)).tolist()
    others = [(snapshot.article(n), snapshot.digest(n), snapshot.dropped(n)) for n in range(len(snapshot.sources))]
    return [snapshot.manifest, found, words, vectors, others]


def complaint(folder: Path) -> str:
    with pytest.raises((StoreDamaged, StoreMismatch)) as caught:
        Snapshot.open(folder)
    assert REMEDY in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def contents_or_complaint(folder: Path) -> list[object] | str:
    try:
        return contents(Snapshot.open(folder))
    except StoreError as error:
        return str(error)


def test_a_passage_is_a_stretch_of_its_article(built: Path) -> None:
    snapshot = Snapshot.open(built)
    row = 0
    for number, (source, text, spans) in enumerate(ARTICLES):
        assert snapshot.article(number) == Article(source, text)
        for start, end in spans:
            passage = snapshot.passage(row)
            assert (passage.source, passage.start, passage.end) == (source, start, end)
            assert passage.text == text[start:end]
            assert passage.passage_id == f"{source.article_id}#{start}"
            row += 1
    assert row == snapshot.manifest.passages == 5


def test_an_article_knows_its_rows_its_digest_and_what_was_dropped(built: Path) -> None:
    snapshot = Snapshot.open(built)
    assert [snapshot.rows(n) for n in range(3)] == [(0, 2), (2, 3), (3, 5)]
    assert snapshot.spans(3, 5) == [(0, 8), (9, 14)]
    assert snapshot.digest(1) == "digest-bbc"
    assert snapshot.dropped(1) == (("caption", 2),)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (Query("x", publishers=("afp",)), [0, 1]),
        (Query("x", publishers=("BBC NEWS", "Afp")), [0, 1, 2]),
        (Query("x", publishers=("Reuters",)), []),
        (Query("x", published_from="2025-02-04"), [0, 1, 2]),
        (Query("x", published_from="2025-02-05"), [2]),
        (Query("x", published_to="2025-02-04"), [0, 1]),
        (Query("x", published_to="2025-02-03"), []),
        (Query("x", published_from="2025-02-06", published_to="2025-02-06"), [2]),
        (Query("x", publishers=("AFP",), published_from="2025-02-05"), []),
        (Query("x", publishers=("",)), [3, 4]),
        (Query("x", published_from="2025-02-04", published_to="2025-02-06"), [0, 1, 2]),
    ],
)
def test_filters_admit_whole_articles_and_days_are_inclusive(built: Path, query: Query, rows: list[int]) -> None:
    allowed = Snapshot.open(built).allowed(query)
    assert allowed is not None
    assert (allowed.dtype, allowed.shape) == (bool, (5,))
    assert np.flatnonzero(allowed).tolist() == rows


def test_no_filter_is_none(built: Path) -> None:
    assert Snapshot.open(built).allowed(Query("x")) is None


def test_the_embedder_must_be_the_one_of_the_build(built: Path) -> None:
    snapshot = Snapshot.open(built)
    snapshot.check_embedder("minilm", 5)
    for name, dim in (("other", 5), ("minilm", 384)):
        with pytest.raises(StoreMismatch) as caught:
            snapshot.check_embedder(name, dim)
        message = str(caught.value)
        assert "'minilm' (5 dimensions)" in message
        assert f"{name!r} ({dim} dimensions)" in message
        assert REMEDY in message


def test_opening_changes_no_file(built: Path) -> None:
    def state() -> dict[Path, tuple[int, bytes]]:
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in built.rglob("*") if path.is_file()}

    before = state()
    contents(Snapshot.open(built))
    assert state() == before


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "first byte flipped": lambda data: flip(data, 0),
    "middle byte flipped": lambda data: flip(data, len(data) // 2),
    "last byte flipped": lambda data: flip(data, len(data) - 1),
    "cut by half": lambda data: data[: len(data) // 2],
    "cut by two bytes": lambda data: data[:-2],
    "emptied": lambda data: b"",
    "one byte more": lambda data: data + b"x",
}


def test_a_large_index_knows_its_recall_and_lists_are_a_file_like_others(large: Path, built: Path) -> None:
    snapshot = Snapshot.open(large)
    assert "vectors.lists" in snapshot.manifest.files
    assert snapshot.vectors.recall == snapshot.manifest.recall == 1.0  # of five rows, all are looked at
    assert not snapshot.vectors.exact
    assert "vectors.lists" not in Snapshot.open(built).manifest.files
    assert Snapshot.open(built).manifest.recall is None
    assert Snapshot.open(built).vectors.recall == 1.0


def test_what_a_large_index_tells_of_its_recall_is_kept(tmp_path: Path) -> None:
    build = toy_build()
    vectors = FaissIndex.build(VECTORS, Plan(2, 5))
    vectors.recall = 0.625
    publish(tmp_path, replace(build, vectors=vectors))
    assert Snapshot.open(tmp_path).vectors.recall == 0.625


@pytest.mark.parametrize("how", SPOILED)
def test_every_spoiled_file_of_a_large_index_is_noticed(large: Path, tmp_path: Path, how: str) -> None:
    test_every_spoiled_file_is_noticed(Path(shutil.copytree(large, tmp_path / "copy")), how)


def test_an_open_large_index_keeps_answering_after_a_new_build_and_a_sweep(large: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(large, tmp_path / "copy"))
    opened = Snapshot.open(copy)
    publish(copy, toy_build(" More."))
    assert not opened.folder.exists()
    scores, rows = opened.vectors.search(VECTORS[2:3], 1)
    assert (scores.tolist(), rows.tolist()) == ([[1.0]], [[2]])
    assert opened.vectors.search(VECTORS[2:3], 2, np.array([True, True, False, True, True]))[1].tolist() == [[0, 1]]


@pytest.mark.parametrize("how", SPOILED)
def test_every_spoiled_file_is_noticed(copy: Path, how: str) -> None:
    files = [path for path in copy.rglob("*") if path.is_file() and path.name != "lock"]
    assert len(files) >= 10
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(SPOILED[how](whole))
        assert path.name in complaint(copy) or path.name in {"current.json", "manifest.json"}, path
        path.write_bytes(whole)
    contents(Snapshot.open(copy))


def test_every_missing_file_is_noticed(copy: Path) -> None:
    for path in [path for path in copy.rglob("*") if path.is_file() and path.name not in {"lock", "current.json"}]:
        whole = path.read_bytes()
        path.unlink()
        assert path.name in complaint(copy)
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["current.json", "manifest.json"])
@pytest.mark.parametrize("bit", [0, 2, 5])
def test_no_flipped_bit_of_the_two_small_files_gives_a_wrong_answer(copy: Path, name: str, bit: int) -> None:
    whole_index = contents(Snapshot.open(copy))
    path = next(copy.rglob(name))
    whole = path.read_bytes()
    noticed = 0
    for place in range(0, len(whole), 1 if name == "current.json" else 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        said = contents_or_complaint(copy)
        assert said == whole_index or REMEDY in said  # the same: white space for white space
        noticed += said != whole_index
    assert noticed > 20


def test_a_build_of_another_format_is_a_mismatch(copy: Path) -> None:
    path = next(copy.rglob("manifest.json"))
    path.write_text(path.read_text("utf-8").replace('"format": 1', '"format": 2', 1), "utf-8")
    with pytest.raises(StoreMismatch, match="has format version 2, this program reads version 1; rebuild with"):
        Snapshot.open(copy)


def test_a_manifest_of_another_build_is_noticed(copy: Path, tmp_path: Path) -> None:
    publish(tmp_path / "other", toy_build(" More."))
    next(copy.rglob("manifest.json")).write_bytes(next((tmp_path / "other").rglob("manifest.json")).read_bytes())
    assert "was altered after it was written" in complaint(copy)


def test_files_swapped_between_builds_are_noticed(copy: Path, tmp_path: Path) -> None:
    publish(tmp_path / "other", toy_build(" More."))
    for name in ("texts.bin", "texts.npy"):
        next(copy.rglob(name)).write_bytes(next((tmp_path / "other").rglob(name)).read_bytes())
    assert "texts." in complaint(copy)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "3", "{}", '{"build": "x"}', '{"build": "../..", "manifest_sha256": "x"}', "\udcff"]
)
def test_a_pointer_that_makes_no_sense_is_damaged(copy: Path, text: str) -> None:
    (copy / "current.json").write_text(text, "utf-8", errors="surrogateescape")
    complaint(copy)


def test_a_pointer_with_a_nul_is_damaged(copy: Path) -> None:
    (copy / "current.json").write_text('{"build": "a\\u0000b", "manifest_sha256": "x"}', "utf-8")
    complaint(copy)


def test_no_index_says_how_to_build_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StoreMissing) as caught:
            Snapshot.open(folder)
        assert str(caught.value) == (
            f"There is no index at {folder}; build one with 'python -m rag index --articles FOLDER --index {folder}'."
        )


def test_a_half_written_build_without_a_pointer_is_missing_and_said_to_be_unfinished(copy: Path) -> None:
    (copy / "current.json").unlink()
    with pytest.raises(StoreMissing, match="a build was begun and never finished"):
        Snapshot.open(copy)


def test_a_half_written_build_beside_a_live_one_does_no_harm(copy: Path) -> None:
    before = contents(Snapshot.open(copy))
    live = next((copy / "builds").iterdir())
    shutil.copytree(live, live.with_name("29990101T000000.000000.partial"))
    (live.with_name("29990101T000000.000000.partial") / "manifest.json").unlink()
    (copy / ".current.json.new").write_text('{"build": "2999')
    assert contents(Snapshot.open(copy)) == before


def test_an_open_snapshot_keeps_answering_after_a_new_build_and_a_sweep(copy: Path) -> None:
    opened, untouched = Snapshot.open(copy), Snapshot.open(copy)
    before = contents(opened)
    publish(copy, toy_build(" More."))
    assert not opened.folder.exists()
    assert contents(untouched) == before  # nothing of it was read before the sweep
    assert Snapshot.open(copy).article(1).text == "A treaty was signed. More."
    with pytest.raises(StoreMissing):
        Snapshot.open(copy / "builds")


def test_the_pointer_names_the_build_and_the_manifest_names_the_recipe(built: Path) -> None:
    pointer = json.loads((built / "current.json").read_text("utf-8"))
    manifest = json.loads((built / "builds" / pointer["build"] / "manifest.json").read_text("utf-8"))
    assert manifest["recipe"]["embedder"] == "minilm"
    assert (manifest["articles"], manifest["passages"], manifest["folders"]) == (3, 5, ["news"])


def test_a_snapshot_that_nobody_holds_is_closed_at_once(tmp_path: Path) -> None:
    gc.collect()
    gc.disable()  # what refers to itself would wait for it
    try:
        publish(tmp_path, toy_build())
        before = len(list(Path("/proc/self/fd").iterdir()))
        snapshot = Snapshot.open(tmp_path)
        assert snapshot.article(0).text
        assert snapshot.allowed(Query("Who?", published_from="2025-01-01")) is not None
        del snapshot
        assert len(list(Path("/proc/self/fd").iterdir())) == before
    finally:
        gc.enable()


def test_a_build_whose_name_cannot_be_shown_is_none(tmp_path: Path) -> None:
    (tmp_path / "current.json").write_text('{"build": "\\u007fne", "manifest_sha256": "ab"}', "utf-8")
    with pytest.raises(StoreDamaged, match="cannot be understood") as told:
        Snapshot.open(tmp_path)
    assert str(told.value).isprintable()
