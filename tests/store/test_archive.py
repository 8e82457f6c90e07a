"""What is known of all articles together."""

from __future__ import annotations

import math

import pytest

import rag
from rag.store import IndexArchive, Snapshot
from tests.newsroom import write_newsroom


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> IndexArchive:
    folder = tmp_path_factory.mktemp("archive")
    rag.build_index(articles=write_newsroom(folder / "news"), index=folder / "index")
    return IndexArchive(Snapshot.open(folder / "index"))


def test_words_stand_in_articles_titles_and_names(archive: IndexArchive) -> None:
    assert archive.holds("cracks")
    assert archive.holds("Courier")  # the publisher's
    assert archive.holds("the")  # says nothing
    assert not archive.holds("Fenwright")


def test_together_is_in_one_passage(archive: IndexArchive) -> None:
    assert archive.together(["bridge", "cracks"])
    assert not archive.together(["cracks", "Fenwright"])
    assert not archive.together(["cracks", "bread"])
    assert archive.together([])


def test_a_rare_word_weighs_more(archive: IndexArchive) -> None:
    rows = archive._words.rows
    assert archive.weight("fenwright") == pytest.approx(math.log(1 + (rows + 0.5) / 0.5))
    assert archive.weight("bridg") < archive.weight("fenwright")


def test_days(archive: IndexArchive) -> None:
    assert archive.first_day is not None
    assert archive.last_day is not None
    assert archive.published(archive.first_day, archive.first_day)
    assert not archive.published("1999-01-01", "1999-12-31")
    assert not archive.published("2999-01-01", "2999-12-31")
