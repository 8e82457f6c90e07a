"""Peers: what runs come to, by hand; broken results; that any Python can read a job; and our own run, in earnest."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from rag.config import PROJECT, load_config
from rag.engine import PACKAGED_EMBEDDER, resolve_model
from rag.errors import QuestionError, RagError
from rag.eval.gold import Place
from rag.eval.peers.__main__ import main
from rag.eval.peers.corpus import answerable_here, places_of, read_corpus, write_questions
from rag.eval.peers.job import TOP, WARM_UP, Asked, Job, Outcome, Told, ask_each, read_outcome
from rag.eval.peers.table import Column, Labels, columns_of, hit, judged, medians, ratios, show
from rag.eval.peers.venvs import OURS, install, run
from rag.eval.questions import Evidence, QuestionRow
from rag.reading.extractive import MODEL_FOLDER
from rag.types import Passage, Source
from rag.wiring import make_embedder
from tests.newsroom import write_newsroom

SOURCE = Source("a", "Title", None, None, "a.md")
PASSAGES = {f"a#{start}": Passage(f"a#{start}", SOURCE, "x" * 10, start, start + 10) for start in (0, 10, 20)}
ROWS = [
    QuestionRow("q1", "Who?", "who", answers=("Ada Byron",), evidence=(Evidence("a", "quote"),)),
    QuestionRow("q2", "Who else?", "who", answers=("Grace Hopper",), evidence=(Evidence("a", "quote"),)),
    QuestionRow("q3", "Who not?", "trap"),
]
PLACES = {"q1": (Place("a", 12, 18, quoted=True),), "q2": (Place("a", 12, 18, quoted=True),)}
LABELS = Labels(ROWS, PLACES, PASSAGES)
ASKED = (
    Asked("q1", 0.1, Told(("a#0", "a#10"), "Ada")),
    Asked("q2", 0.3, Told(("a#0",), None, "TypeError: no")),
    Asked("q3", 0.2, Told(("a#20",), None)),
)


def outcome(**ways: tuple[Asked, ...]) -> Outcome:
    return Outcome({"lib": "1.0"}, passages=300, indexing=10.0, peak_bytes=2_000_000, ways=ways or {"": ASKED})


def test_hit_by_hand() -> None:
    assert hit(("a#0", "a#10"), PLACES["q1"], PASSAGES) == 1.0
    assert hit(("a#0", "a#20", "b#7"), PLACES["q1"], PASSAGES) == 0.0
    assert hit((*("a#0",) * TOP, "a#10"), PLACES["q1"], PASSAGES) == 0.0  # sixth
    assert math.isnan(hit(("a#10",), (), PASSAGES))
    anywhere = (Place("a", 0, 30, quoted=False),)
    assert hit(("a#20",), anywhere, PASSAGES) == 1.0


def test_judged_by_hand() -> None:
    found = judged(ASKED, LABELS)
    np.testing.assert_equal(found["hit"], [1.0, 0.0, np.nan])
    np.testing.assert_allclose(found["f1"], [2 * 1 / (1 + 2), 0.0, 1.0])
    np.testing.assert_allclose(found["f1_answerable"], [2 / 3, 0.0, np.nan])
    np.testing.assert_equal(found["silent"], [0.0, 1.0, 1.0])
    np.testing.assert_equal(found["failed"], [0.0, 1.0, 0.0])


def test_a_question_not_asked_counts_as_failed() -> None:
    found = judged(ASKED[:1], LABELS)
    assert found["hit"].tolist()[1] == 0.0
    assert found["f1"].tolist()[1] == 0.0
    assert found["failed"].tolist() == [0.0, 1.0, 1.0]


def test_columns_are_ways_to_ask() -> None:
    found = columns_of("txtai", outcome(joined=ASKED, each=ASKED[:1]), LABELS)
    assert list(found) == ["txtai, joined", "txtai, each"]
    assert found["txtai, joined"].timed == pytest.approx(
        {"passages_per_second": 300 / 10, "p50": 0.2, "p95": 0.2 + 0.9 * 0.1, "peak_bytes": 2e6}
    )
    assert list(columns_of("ours", outcome(), LABELS)) == ["ours"]


def column(p50: float) -> Column:
    timed = {"passages_per_second": 10.0, "p50": p50, "p95": 2 * p50, "peak_bytes": 1e9}
    return Column(timed, judged(ASKED, LABELS))


ROUNDS = [
    {"ours": column(0.1), "other": column(0.2)},
    {"ours": column(0.4), "other": column(0.4)},
    {"ours": column(0.2), "other": column(0.6)},
]


def test_ratios_are_taken_within_a_round() -> None:
    assert medians(ROUNDS, "other")["p50"] == 0.4
    assert ratios(ROUNDS, "other", "ours")["p50"] == pytest.approx(0.2 / 0.1)  # of 2, 1 and 3
    assert ratios(ROUNDS[:1], "lost", "ours") == {}
    assert ratios([{"other": column(0.1)}], "other", "ours") == {}


def test_the_table_tells_all() -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(show(ROUNDS, "ours", ["gone: it could not be run [why]."]))
    said = console.export_text()
    assert "median of 3 rounds" in " ".join(said.split())
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines()]
    p50 = cells.index(["asking p50, ms", "200", "400"])
    assert cells[p50 + 1] == ["times ours", "", "2.00"]
    hits = cells.index(["Hit@5, %", "50.0", "50.0"])
    assert cells[hits + 1] == ["points above ours", "", "+0.0 (+0.0 to +0.0)"]
    assert "gone: it could not be run [why]." in said


def test_results_are_read_back(tmp_path: Path) -> None:
    outcome(joined=ASKED).save(tmp_path / "r.json")
    assert read_outcome(tmp_path / "r.json") == outcome(joined=ASKED)


@pytest.mark.parametrize(
    "broken",
    [
        None, "", "[]", "{", "null", '{"ways": 3}', '{"versions": {}, "passages": 1, "indexing": 1, "ways": {}}',
        json.dumps({"versions": {}, "passages": 1, "indexing": 1, "peak_bytes": 1, "ways": {"": [{"row_id": "q"}]}}),
        json.dumps({"versions": {}, "passages": 1, "indexing": 1, "peak_bytes": 1, "ways": {"": []}}),
    ],
)  # fmt: skip
def test_a_broken_result_is_one_sentence(tmp_path: Path, broken: str | None) -> None:
    if broken is not None:
        (tmp_path / "r.json").write_text(broken, "utf-8")
    with pytest.raises(RagError, match=r"r\.json is no result of a run \(.+\); run it again\.$"):
        read_outcome(tmp_path / "r.json")


def test_asking_outlives_a_question_that_fails() -> None:
    seen = []

    def ask(question: str) -> Told:
        seen.append(question)
        if question == "1":
            raise ValueError("too\nlong")
        return Told(("a#0",), question)

    found = ask_each([{"id": f"q{i}", "question": str(i)} for i in range(3)], ask)
    assert [one.row_id for one in found] == ["q0", "q1", "q2"]
    assert [one.told.error for one in found] == ["", "ValueError: too long", ""]
    assert all(one.seconds >= 0 for one in found)
    assert seen == ["0", "1", "2"] * 2  # first untimed, since there are fewer than WARM_UP
    assert WARM_UP > 3


def test_questions_about_other_articles_are_left_out() -> None:
    kept, left_out = answerable_here([*ROWS[:1], ROWS[2]], {"b": "text"}, "q.jsonl")
    assert ([row.row_id for row in kept], left_out) == (["q3"], 1)
    with pytest.raises(QuestionError, match=r"No question of q\.jsonl has its evidence in these articles"):
        answerable_here(ROWS[:2], {"b": "text"}, "q.jsonl")
    assert places_of(ROWS, {"a": "a quote"}).keys() == {"q1", "q2"}


def test_a_job_can_be_read_without_any_package() -> None:
    """By the peers' Python, which has none of ours."""
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); import rag.eval.peers.job"
    subprocess.run([sys.executable, "-S", "-c", code], check=True)


def test_a_peer_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    """Here its packages are not installed."""
    with pytest.raises(RagError, match=r"haystack could not be run \(.*No module named 'haystack'\)\."):
        run("haystack", Path(sys.executable), job(tmp_path), tmp_path)


def test_an_environment_that_is_there_is_kept(tmp_path: Path) -> None:
    from rag.eval.peers.venvs import PEERS, READY, TORCH

    folder = tmp_path / "venv-txtai"
    folder.mkdir()
    (folder / READY).write_text("\n".join((TORCH, *PEERS["txtai"])), "utf-8")
    assert install("txtai", tmp_path) == folder / "bin" / "python"


def test_mistakes_are_told_before_anything_slow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "0"]) == 2
    assert "--rounds must be at least 1, found 0." in capsys.readouterr().err
    assert main(["--questions", str(tmp_path / "none.jsonl")]) == 2
    assert main(["--json", str(tmp_path)]) == 2


def job(work: Path) -> Job:
    embedder = resolve_model(PACKAGED_EMBEDDER)
    files = [str(work / name) for name in ("passages.jsonl", "questions.jsonl")]
    return Job(*files, embedder, str(MODEL_FOLDER), "auto", 10, 50, str(work / "ours.result.json"))


@pytest.mark.slow
def test_ours_in_earnest(tmp_path: Path) -> None:
    settings = load_config()
    corpus = read_corpus([str(write_newsroom(tmp_path / "articles"))], settings, make_embedder(settings))
    assert len(corpus.texts) == 3
    assert corpus.indexed[0].startswith(corpus.passages[0].source.title)
    corpus.write(tmp_path / "passages.jsonl")
    evidence = (Evidence("baker", "Omar Lindqvist, a baker from Marlow, won the national bread prize"),)
    row = QuestionRow("q1", "Who won the national bread prize?", "who", answers=("Omar Lindqvist",), evidence=evidence)
    write_questions([row], tmp_path / "questions.jsonl")
    found = run(OURS, Path(sys.executable), job(tmp_path), tmp_path)
    labels = Labels([row], places_of([row], corpus.texts), {p.passage_id: p for p in corpus.passages})
    column = columns_of(OURS, found, labels)[OURS]
    assert (found.passages, column.judged["hit"].tolist()) == (len(corpus.passages), [1.0])
    assert column.judged["failed"].tolist() == [0.0]
    assert found.peak_bytes > 1e8
