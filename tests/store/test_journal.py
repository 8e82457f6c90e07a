"""Vectors of an unfinished build: found again to the bit, and a record that was cut or altered never."""

from __future__ import annotations

import resource
import signal
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.errors import StoreFull
from rag.store import Recipe, VectorJournal
from rag.store.journal import CHECK, JOURNAL, KEY

RECIPE = Recipe("toy", 3, 16, "{text}")
TEXTS = ["a flight", "né 🚀", "", "\ud800 half"]
VECTORS = np.random.default_rng(7).standard_normal((4, 3)).astype(np.float32)
RECORD = KEY + 3 * 4 + CHECK


def journal(folder: Path, recipe: Recipe = RECIPE) -> VectorJournal:
    return VectorJournal(folder, recipe)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder in which four vectors were kept."""
    first = journal(tmp_path)
    first.add(TEXTS[:1], VECTORS[:1])
    first.add(TEXTS[1:], VECTORS[1:])
    first.close()
    return tmp_path


def found(folder: Path, recipe: Recipe = RECIPE) -> list[list[float] | None]:
    again = journal(folder, recipe)
    vectors = [again.find(text) for text in TEXTS]
    again.close()
    return [None if vector is None else vector.tolist() for vector in vectors]


def test_what_was_kept_is_found_to_the_bit_and_nothing_else_is(kept: Path) -> None:
    assert found(kept) == VECTORS.tolist()
    with closing(journal(kept)) as again:
        assert again.find("another text") is None
        assert len(again) == 4


def test_it_can_be_read_and_added_to_by_turns(tmp_path: Path) -> None:
    one = journal(tmp_path)
    for number, text in enumerate(TEXTS):
        one.add([text], VECTORS[number : number + 1])
        assert [one.find(each).tolist() for each in TEXTS[: number + 1]] == VECTORS[: number + 1].tolist()
    one.close()
    assert found(tmp_path) == VECTORS.tolist()


@pytest.mark.parametrize("lost", range(1, 2 * RECORD + 1))
def test_a_file_cut_anywhere_keeps_every_whole_record(kept: Path, lost: int) -> None:
    path = kept / JOURNAL
    path.write_bytes(path.read_bytes()[:-lost])
    whole = 4 - -(-lost // RECORD)
    assert found(kept) == [*VECTORS[:whole].tolist(), *[None] * (4 - whole)]
    again = journal(kept)
    again.add(TEXTS[whole:], VECTORS[whole:])
    again.close()
    assert found(kept) == VECTORS.tolist()


def test_an_altered_byte_costs_its_record_and_those_behind_it_and_gives_no_wrong_vector(kept: Path) -> None:
    path = kept / JOURNAL
    whole = path.read_bytes()
    head = len(whole) - 4 * RECORD
    for place in range(len(whole)):
        altered = bytearray(whole)
        altered[place] ^= 0x40
        path.write_bytes(altered)
        good = 0 if place < head else (place - head) // RECORD
        assert found(kept) == [*VECTORS[:good].tolist(), *[None] * (4 - good)]


def test_another_recipe_begins_anew(kept: Path) -> None:
    assert found(kept, Recipe("other", 3, 16, "{text}")) == [None] * 4
    assert found(kept) == [None] * 4


def test_a_done_build_leaves_nothing(kept: Path) -> None:
    journal(kept).clear()
    assert list(kept.iterdir()) == []


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with closing(journal(tmp_path)) as one:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # no file may grow beyond
            with pytest.raises(StoreFull, match=r"could not be written|cannot be written"):
                one.add(TEXTS, VECTORS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert found(tmp_path)[-1] is None
