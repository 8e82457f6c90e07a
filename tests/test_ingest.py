from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from rag.chunking import PassageChunker
from rag.embedding import SentenceEmbedder
from rag.errors import ArticlesError, StoreBusy
from rag.ingest import build_index
from rag.store import Snapshot, writer_lock
from rag.store.journal import JOURNAL
from rag.types import IndexReport
from tests.newsroom import STORIES, write_newsroom


class Counting:
    """The real embedder; counts what it is given."""

    def __init__(self, embedder: SentenceEmbedder) -> None:
        self.embedder, self.embedded = embedder, 0
        self.name, self.dim, self.max_tokens = embedder.name, embedder.dim, embedder.max_tokens
        self.count_tokens, self.embed_query = embedder.count_tokens, embedder.embed_query

    def embed_passages(self, texts):
        self.embedded += len(texts)
        return self.embedder.embed_passages(texts)


@pytest.fixture
def counting(embedder: SentenceEmbedder) -> Counting:
    return Counting(embedder)


def build(folder: Path, index: Path, embedder: Counting, tokens: int = 100) -> IndexReport:
    chunker = PassageChunker(tokens, embedder.count_tokens)
    return build_index([folder], index, chunker, embedder, passage_tokens=tokens, version="test")


def test_every_passage_and_its_vector_are_those_of_its_article(tmp_path: Path, counting: Counting) -> None:
    report = build(write_newsroom(tmp_path / "news"), tmp_path / "index", counting)
    snapshot = Snapshot.open(tmp_path / "index")
    assert (report.articles, snapshot.manifest.articles) == (3, 3)
    texts = {source.article_id: snapshot.article(i).text for i, source in enumerate(snapshot.sources)}
    for row in range(report.passages):
        passage = snapshot.passage(row)
        assert texts[passage.source.article_id][passage.start : passage.end] == passage.text
    row = next(r for r in range(report.passages) if snapshot.passage(r).source.article_id == "bridge")
    header = "Bridge over the Tarn closes (2025-03-04)\n"
    wanted = counting.embed_query(header + snapshot.passage(row).text)
    assert np.dot(wanted, snapshot.vectors.vectors(row, row + 1)[0]) > 0.999


def test_nothing_changed_embeds_and_publishes_nothing(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    build(folder, tmp_path / "index", counting)
    current = (tmp_path / "index" / "current.json").read_text()
    counting.embedded = 0
    report = build(folder, tmp_path / "index", counting)
    assert (report.reused, report.removed, counting.embedded) == (3, 0, 0)
    assert (tmp_path / "index" / "current.json").read_text() == current


def test_a_changed_article_alone_is_embedded_again_and_a_removed_one_leaves(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    build(folder, tmp_path / "index", counting)
    counting.embedded = 0
    (folder / "baker.txt").write_text(STORIES["baker.txt"].replace("rye loaf", "spelt loaf"), "utf-8")
    (folder / "bridge-again.md").unlink()
    report = build(folder, tmp_path / "index", counting)
    snapshot = Snapshot.open(tmp_path / "index")
    assert (report.articles, report.reused, report.removed) == (2, 1, 1)
    assert counting.embedded == report.passages - 1  # bridge.md keeps its one
    assert [source.article_id for source in snapshot.sources] == ["baker", "bridge"]
    assert "spelt loaf" in snapshot.article(0).text


def test_a_renamed_article_keeps_its_vectors_under_its_new_name(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    build(folder, tmp_path / "index", counting)
    counting.embedded = 0
    (folder / "bridge.md").rename(folder / "tarn.md")
    report = build(folder, tmp_path / "index", counting)
    ids = {Snapshot.open(tmp_path / "index").passage(row).source.article_id for row in range(report.passages)}
    assert counting.embedded == 0
    assert ids == {"baker", "bridge-again", "tarn"}


def test_a_row_added_in_front_embeds_only_itself(tmp_path: Path, counting: Counting) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    rows = [json.dumps({"article_id": f"a{i}", "title": f"T{i}", "text": f"The mayor spoke {i} times."}) for i in "123"]
    (folder / "rows.jsonl").write_text("\n".join(rows[1:]), "utf-8")
    build(folder, tmp_path / "index", counting)
    counting.embedded = 0
    (folder / "rows.jsonl").write_text("\n".join(rows), "utf-8")
    report = build(folder, tmp_path / "index", counting)
    assert (report.articles, report.reused, counting.embedded) == (3, 2, 1)


def test_other_passage_sizes_build_everything_anew(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    build(folder, tmp_path / "index", counting)
    assert build(folder, tmp_path / "index", counting, tokens=20).reused == 0


def test_a_damaged_index_is_built_anew(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    build(folder, tmp_path / "index", counting)
    vectors = next((tmp_path / "index").rglob("vectors.faiss"))
    data = bytearray(vectors.read_bytes())
    data[-1] ^= 1
    vectors.write_bytes(data)
    report = build(folder, tmp_path / "index", counting)
    assert report.reused == 0
    assert Snapshot.open(tmp_path / "index").manifest.articles == 3


def test_skipped_files_and_dropped_lines_are_reported(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "logo.png").write_bytes(b"\x89PNG")
    with (folder / "baker.txt").open("a", encoding="utf-8") as file:
        file.write("\nListen to this article\n\nLoading audio...\n")
    report = build(folder, tmp_path / "index", counting)
    assert report.articles == 3
    assert {Path(s.path).name for s in report.skipped} == {"empty.txt", "logo.png"}
    assert sum(count for _, count in report.dropped) == 2


def test_a_folder_with_nothing_to_read_leaves_the_old_index(tmp_path: Path, counting: Counting) -> None:
    build(write_newsroom(tmp_path / "news"), tmp_path / "index", counting)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArticlesError, match="empty"):
        build(tmp_path / "empty", tmp_path / "index", counting)
    assert Snapshot.open(tmp_path / "index").manifest.articles == 3


def test_an_index_among_the_articles_is_not_read(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    assert build(folder, folder / "index", counting).articles == 3
    again = build(folder, folder / "index", counting)
    assert (again.articles, again.reused, counting.embedded) == (3, 3, again.passages)
    assert [skip.reason for skip in again.skipped] == ["a built index, not articles"]


def test_one_article_that_breaks_the_parser_does_not_end_the_run(
    tmp_path: Path, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag import ingest

    whole = ingest.parse

    def parse(record):
        if record.article_id == "baker":
            raise IndexError("an unforeseen story")
        return whole(record)

    monkeypatch.setattr(ingest, "parse", parse)
    report = build(write_newsroom(tmp_path / "news"), tmp_path / "index", counting)
    assert report.articles == 2
    assert report.skipped[0].reason == "cannot be parsed (IndexError); please report it"


def test_a_folder_whose_name_is_not_utf8_is_indexed(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9")))
    report = build(folder, tmp_path / "index", counting)
    assert report.articles == 3
    assert Snapshot.open(tmp_path / "index").manifest.folders[0].endswith("caf\\xe9")


def test_a_second_indexer_is_told(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    with writer_lock(tmp_path / "index"), pytest.raises(StoreBusy, match="Another process"):
        build(folder, tmp_path / "index", counting)


class Stopping(Counting):
    """Fails after so many passages, as a build that is stopped does."""

    def __init__(self, embedder: SentenceEmbedder, after: int) -> None:
        super().__init__(embedder)
        self.after = after

    def embed_passages(self, texts):
        if self.embedded >= self.after:
            raise KeyboardInterrupt
        return super().embed_passages(texts)


def test_a_build_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, embedder: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingest.EMBED_AT_ONCE", 1)
    folder = write_newsroom(tmp_path / "news")
    whole, stopped, rest = Counting(embedder), Stopping(embedder, 2), Counting(embedder)
    build(folder, tmp_path / "whole", whole)
    with pytest.raises(KeyboardInterrupt):
        build(folder, tmp_path / "index", stopped)
    assert list((tmp_path / "index" / "builds").iterdir()) == []
    report = build(folder, tmp_path / "index", rest)
    assert (stopped.embedded, stopped.embedded + rest.embedded) == (2, whole.embedded)
    ours, theirs = Snapshot.open(tmp_path / "index"), Snapshot.open(tmp_path / "whole")
    assert np.array_equal(ours.vectors.vectors(0, report.passages), theirs.vectors.vectors(0, report.passages))
    assert not (tmp_path / "index" / JOURNAL).exists()


def test_a_large_archive_is_searched_by_lists_and_lends_its_vectors(
    tmp_path: Path, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.store.faiss_index.EXACT_ROWS", 1)  # three articles are a large archive
    folder = write_newsroom(tmp_path / "news")
    first = build(folder, tmp_path / "index", counting)
    opened = Snapshot.open(tmp_path / "index")
    whole = opened.vectors.vectors(0, first.passages)
    assert not opened.vectors.exact
    assert opened.manifest.recall == opened.vectors.recall is not None
    counting.embedded = 0
    (folder / "weather.txt").write_text("Weather\n\nA storm is expected on the coast on Friday.\n", "utf-8")
    again = build(folder, tmp_path / "index", counting)
    assert (again.articles, again.reused, counting.embedded) == (4, 3, again.passages - first.passages)
    new = Snapshot.open(tmp_path / "index")
    assert not opened.folder.exists()  # swept, and still read from by whoever has it open
    assert np.array_equal(opened.vectors.vectors(0, first.passages), whole)
    lent = [row for row in range(again.passages) if new.passage(row).source.article_id != "weather"]
    assert np.array_equal(np.concatenate([new.vectors.vectors(row, row + 1) for row in lent]), whole)
    for row in range(again.passages):
        assert new.vectors.search(new.vectors.vectors(row, row + 1), 1)[1].tolist() == [[row]]


def test_an_index_of_before_there_were_lists_is_refreshed(
    tmp_path: Path, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_newsroom(tmp_path / "news")
    build(folder, tmp_path / "index", counting)
    monkeypatch.setattr("rag.store.faiss_index.EXACT_ROWS", 1)
    assert Snapshot.open(tmp_path / "index").vectors.exact
    (folder / "baker.txt").unlink()
    counting.embedded = 0
    report = build(folder, tmp_path / "index", counting)
    assert (report.reused, counting.embedded) == (2, 0)
    assert not Snapshot.open(tmp_path / "index").vectors.exact


def test_vectors_that_no_build_needs_any_more_are_forgotten(tmp_path: Path, counting: Counting) -> None:
    folder = write_newsroom(tmp_path / "news")
    build(folder, tmp_path / "index", counting)
    (tmp_path / "index" / JOURNAL).write_bytes(b"of a build that was stopped, whose articles were withdrawn")
    build(folder, tmp_path / "index", counting)
    assert not (tmp_path / "index" / JOURNAL).exists()
