from __future__ import annotations

from pathlib import Path

import pytest

import rag
from rag.additions import Additions
from rag.errors import ArticlesError
from rag.ingest import LEFT_OUT
from rag.store import Snapshot
from tests.newsroom import write_newsroom

STORY = b"Lighthouse lit again\n\nThe lamp of Foss lighthouse was lit again on Friday after nine dark years.\n"


def test_a_name_is_never_a_path(tmp_path):
    additions = Additions(tmp_path / "index")
    for name in (
        "../../etc/passwd.txt",
        "..\\..\\boot.txt",
        "/etc/shadow.txt",
        "a\x00b.txt",
        "\u202egpj.txt",
        "日本.txt",
    ):
        path = additions.add(name, STORY)
        assert path.parent == additions.added
        assert path.read_bytes() == STORY
        assert path.name.isascii()
    assert {one.name for one in tmp_path.iterdir()} == {"index.page"}


def test_the_same_file_twice_is_kept_once(tmp_path):
    additions = Additions(tmp_path / "index")
    assert additions.add("lamp.txt", STORY) == additions.add("lamp.txt", STORY)
    assert len(list(additions.added.iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("lamp.exe", STORY, "is not read"), ("lamp.txt", b"", "empty"), ("lamp", STORY, "not read")],
)
def test_what_cannot_be_kept_is_said(tmp_path, name, data, said):
    with pytest.raises(ArticlesError, match=said):
        Additions(tmp_path / "index").add(name, data)
    assert list(tmp_path.iterdir()) == []


def test_added_and_left_out_articles_stay_so_in_every_build(tmp_path):
    articles, index = write_newsroom(tmp_path / "news"), tmp_path / "index"
    rag.build_index(articles=articles, index=index)
    additions, snapshot = Additions(index), Snapshot.open(index)
    baker = next(n for n, source in enumerate(snapshot.sources) if source.article_id == "baker")
    additions.leave_out([snapshot.digest(baker)])
    lamp = additions.add("Lamp!.txt", STORY)
    for _ in range(2):
        report = rag.build_index(articles=articles, index=index)
        assert report.articles == 3
        assert [(skip.path, skip.reason) for skip in report.skipped] == [(str(articles / "baker.txt"), LEFT_OUT)]
        assert {source.article_id for source in Snapshot.open(index).sources} == {"bridge", "bridge-again", lamp.stem}
    assert (articles / "baker.txt").exists()
    additions.leave_out([])
    assert (additions.holds(lamp), additions.holds(articles / "baker.txt")) == (True, False)
    additions.set_aside(lamp)
    report = rag.build_index(articles=articles, index=index)
    assert (report.articles, report.skipped) == (3, ())


def test_an_index_knows_its_own_files_from_any_folder_and_by_any_spelling(tmp_path, monkeypatch):
    write_newsroom(tmp_path / "news")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    lamp = Additions(Path("index")).add("lamp.txt", STORY)
    rag.build_index(articles="news", index="index")
    monkeypatch.chdir(tmp_path / "other")
    report = rag.build_index(articles="../news", index="../index")
    assert report.reused == report.articles
    additions, snapshot = Additions(Path("../index")), Snapshot.open(Path("../index"))
    assert [source.article_id for source in snapshot.sources if additions.holds(Path(source.path_or_url))] == [
        lamp.stem
    ]
    assert set(snapshot.manifest.folders) == {str(tmp_path / "news"), str(additions.added)}
