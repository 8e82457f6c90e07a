"""Made archives: that they are what they are said to be, and the whole command over tiny ones."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.eval.__main__ import main
from rag.eval.archives import (
    A_STORY,
    DAYS,
    QUESTIONS,
    SEEDS,
    VECTORS,
    Known,
    day_of,
    fill_vectors,
    made_articles,
    real_rows,
)  # fmt: skip
from rag.eval.scale import ask, build, open_cold
from rag.store import Snapshot
from tests.newsroom import write_newsroom

SENTENCES = [
    ["The bridge closed.", "It rained.", "Nobody was hurt."],
    ["A baker won."],
    ["Votes were counted.", "Ash."],
]
ASKED = ["Who won?", "When did the bridge close?", "How many votes were counted?"] * 6
FIGURES = {
    "articles", "write_s", "words_s", "vectors_s", "publish_s", "build_peak_bytes", "bytes", "open_s", "check_s",
    "open_cold_s", "open_peak_bytes", "own_bytes", "recall", "recall_built", "exact",
    *(f"{search}_p{percent}_ms" for search in ("retrieve", "filtered", "vectors", "words", "every_row")
      for percent in (50, 95)),
}  # fmt: skip


def unit(rows: int, dim: int, seed: int) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(rows, dim)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """What `prepare` leaves, without a model."""
    (tmp_path / SEEDS).write_text(json.dumps({"sentences": SENTENCES, "questions": ASKED}), "utf-8")
    np.save(tmp_path / VECTORS, unit(len(SENTENCES), 32, 1))
    np.save(tmp_path / QUESTIONS, unit(len(ASKED), 32, 2))
    return tmp_path


@pytest.mark.parametrize("size", [1, A_STORY, A_STORY + 1, 100])
def test_made_passages_are_as_many_as_asked_and_begin_as_the_real_ones_do(size: int) -> None:
    articles = list(made_articles(SENTENCES, size))
    passages = [one.article.text[start:end] for one in articles for start, end in one.spans]
    assert len(passages) == size
    assert len(articles) == -(-size // A_STORY)
    assert all(
        text.startswith(SENTENCES[row][0]) for text, row in zip(passages, real_rows(3, size).tolist(), strict=True)
    )
    assert articles == list(made_articles(SENTENCES, size))


def test_days_come_round_again() -> None:
    assert (day_of(0), day_of(31), day_of(DAYS)) == ("2020-01-01", "2020-02-01", "2020-01-01")


def test_made_vectors_are_unit_rows_near_the_real_ones() -> None:
    real, room = unit(3, 384, 1), np.zeros((500, 384), np.float32)
    fill_vectors(room, real)
    np.testing.assert_allclose(np.linalg.norm(room, axis=1), 1, atol=1e-6)
    cosines = (room * real[real_rows(3, 500)]).sum(1)
    assert cosines.mean() == pytest.approx(1 / (1 + 0.75**2) ** 0.5, abs=0.01)


@pytest.mark.parametrize("lists", [False, True])
def test_an_archive_is_built_opened_and_asked(seeds: Path, monkeypatch: pytest.MonkeyPatch, lists: bool) -> None:
    if lists:
        monkeypatch.setattr("rag.store.faiss_index.EXACT_ROWS", 100)
    found = {**build(seeds, 2_000), **open_cold(seeds, 2_000), **ask(seeds, 2_000)}
    assert set(found) == FIGURES
    assert found["exact"] is not lists
    assert found["articles"] == -(-2_000 // A_STORY)
    assert 0.9 <= found["recall"] <= 1
    assert 0.9 <= found["recall_built"] <= 1
    assert found["bytes"] > 2_000 * 32 * 4
    snapshot = Snapshot.open(seeds / "2000")
    assert (snapshot.manifest.passages, snapshot.sources[31].published) == (2_000, "2020-02-01")


def test_a_known_question_has_its_vector() -> None:
    known = Known({"Who?": np.array([1, 0], np.float32)})
    assert known.embed_query("Who?").tolist() == known.embed_passages(["Who?"])[0].tolist() == [1, 0]


@pytest.mark.slow
def test_the_command_measures_every_size_and_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news, questions, out = write_newsroom(tmp_path / "news"), tmp_path / "q.jsonl", tmp_path / "scale.json"
    questions.write_text(json.dumps({"id": "1", "question": "Who won the prize?", "answers": []}) + "\n", "utf-8")
    kept = tmp_path / "kept"
    given = ["--sizes", "40", "20", "--articles", str(news), "--questions", str(questions), "--keep", str(kept)]
    assert main(["scale", *given, "--json", str(out)]) == 0
    said = capsys.readouterr().out
    assert "What an archive costs as it grows" in said
    assert "every row" in said
    report = json.loads(out.read_text("utf-8"))
    assert [one["passages"] for one in report["sizes"]] == [20, 40]
    assert all(set(one) == {*FIGURES, "passages"} for one in report["sizes"])
    assert report["about"]["questions"] == 1
    assert Snapshot.open(kept / "40").manifest.passages == 40


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--sizes", "0"], "--sizes must be at least 1, found 0"),
        (["--json", "nowhere/at/all.json"], "lies in no folder that exists"),
        (["--plot", "x.png"], "--plot needs matplotlib, which is not installed"),
    ],
)
def test_what_cannot_be_done_is_told_before_hours_of_work(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["scale", *given]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_report_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    from rag.eval.scale import CURVES, _drawing

    sizes = [{"passages": n, **{key: n / 7 for key, _, _ in CURVES}} for n in (10, 100)]
    _drawing()({"sizes": sizes}, str(tmp_path / "x.svg"))
    assert "<svg" in (tmp_path / "x.svg").read_text("utf-8")
