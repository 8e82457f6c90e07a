"""What timings come to, by hand; timing itself on real questions; and saved measurements laid beside each other."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from rich.console import Console

import rag
from rag.config import load_config
from rag.errors import QuestionError, RagError
from rag.eval.__main__ import main
from rag.eval.questions import QuestionRow
from rag.eval.report import show_speed
from rag.eval.speed import (
    STAGES,
    Speed,
    Timing,
    ask_command,
    beside,
    check_same,
    cold_starts,
    figures,
    peak_bytes,
    read_speed,
    time_all,
)
from rag.wiring import make_assistant, open_parts
from tests.newsroom import write_newsroom

ABOUT = {
    "questions": "q.jsonl", "articles": 3, "reader": "toy", "number_format": "float32", "threads": 1,
    "date": "2025-01-01", "commit": "", "machine": "a box", "load": 0.5,
}  # fmt: skip


def timing(row_id: str, read: tuple[float, ...], passages: int = 10, retrieve: float = 0.1) -> Timing:
    times = len(read)
    seconds = {
        "retrieve": (retrieve,) * times,
        "read": read,
        "decide": (0.0,) * times,
        "total": tuple(retrieve + one for one in read),
    }
    return Timing(row_id, passages, seconds)


FAILED = Timing("x", 0, {}, "the index is on fire")
TIMINGS = [timing("a", (0.3, 0.5)), timing("b", (0.7, 0.9), passages=4), FAILED]


def test_figures_by_hand() -> None:
    found = figures(TIMINGS)
    assert list(found) == [
        *(f"{stage}_p{percent}" for stage in STAGES for percent in (50, 95)),
        "questions_per_second", "passages_per_second",
    ]  # fmt: skip
    assert {one.count for one in found.values()} == {2}
    assert found["read_p50"].value == pytest.approx((0.5 + 0.7) / 2)
    assert found["read_p95"].value == pytest.approx(0.7 + 0.85 * (0.9 - 0.7))  # between the third and fourth of four
    assert (found["retrieve_p50"].value, found["retrieve_p95"].value) == pytest.approx((0.1, 0.1))
    assert found["questions_per_second"].value == pytest.approx(4 / (0.4 + 0.6 + 0.8 + 1.0))
    assert found["passages_per_second"].value == pytest.approx((2 * 10 + 2 * 4) / (0.3 + 0.5 + 0.7 + 0.9))


def test_intervals_are_over_questions_not_over_repeats() -> None:
    """Two questions, however often asked: a draw has the one, the other or both, so the interval ends at these."""
    found = figures(TIMINGS)
    assert (found["read_p50"].low, found["read_p50"].high) == pytest.approx((0.4, 0.8))
    assert (found["passages_per_second"].low, found["passages_per_second"].high) == pytest.approx((8 / 1.6, 20 / 0.8))


def test_nothing_known_is_no_figure() -> None:
    assert figures([FAILED]) == {}
    assert figures([]) == {}


def test_a_reader_with_nothing_to_read_divides_by_no_zero() -> None:
    found = figures([timing("a", (0.0,), passages=0, retrieve=0.0)])
    assert found["passages_per_second"].value == 0.0


def test_beside_by_hand() -> None:
    """The medians of a and b were 0.5 and 0.9 s; now they are 0.4 and 0.5. x failed in one, c is new."""
    before = {"timings": [as_row(one) for one in TIMINGS]}
    after = [timing("a", (0.3,)), timing("b", (0.1, 0.4, 2.0)), timing("x", (9.0,)), timing("c", (9.0,))]
    found = beside(before, {"timings": [as_row(one) for one in after]})
    assert found is not None
    times, difference = found
    assert times == pytest.approx((0.5 + 0.9) / (0.4 + 0.5))
    assert difference.gain == pytest.approx((-0.1 + -0.4) / 2)
    assert (difference.low, difference.high) == pytest.approx((-0.4, -0.1))
    assert beside({"timings": [as_row(FAILED)]}, before) is None


def as_row(one: Timing) -> dict[str, Any]:
    return {"row_id": one.row_id, "passages": one.passages, "seconds": dict(one.seconds), "error": one.error}


def test_a_measurement_is_saved_shown_and_read_again(tmp_path: Path) -> None:
    measured = Speed(tuple(TIMINGS), 2.0, (7.0, 9.0, 8.0), 640_000_000, ABOUT)
    path = tmp_path / "[old].json"
    path.write_text(json.dumps(measured.to_json(), allow_nan=False))
    saved = read_speed(path)
    assert saved["figures"]["read_p50"]["value"] == pytest.approx(0.6)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(show_speed(measured, [(path.stem, saved)]))
    told = " ".join(console.export_text().replace("│", " ").split())
    assert "2 questions × 2" in told
    assert "read p50, ms 600.0 (400.0 to 800.0) 600.0 (400.0 to 800.0)" in told
    assert "questions a second 1.4" in told
    assert "fresh process to first answer, s 8.0 (of 3) 8.0 (of 3)" in told
    assert "peak resident memory, MB 640 640" in told
    assert "now beside [old]: 1.00 times as fast, +0.0 ms a question" in told
    assert "failed: x: the index is on fire" in told
    assert "float32, 1 threads" in told
    assert "load 0.5 before this began" in told
    check_same(saved, [QuestionRow(name, "?", "") for name in "abx"], "old")
    with pytest.raises(QuestionError, match=r"old is of other questions \(3, 1 of them among these 1\)"):
        check_same(saved, [QuestionRow("a", "?", "")], "old")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"figures": {}, "questions": []}', '{"figures": {"a": {"b": 1}}}'])
def test_a_file_that_is_no_measurement(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(QuestionError, match=r"s\.json is no measurement of 'python -m rag\.eval speed --json'"):
        read_speed(tmp_path / "s.json")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speed")
    rag.build_index(articles=write_newsroom(folder / "news"), index=folder / "index")
    return folder / "index"


def test_real_questions_are_timed_in_every_pass(index: Path) -> None:
    """The stages of an answer are its whole: with a pause of 50 ms in the reader, reading takes at least that."""
    settings = load_config()
    parts = open_parts(settings, index=index)
    rows = [
        QuestionRow("long", "?" * 2000, ""),
        QuestionRow("a", "How many cracks did engineers find?", ""),
        QuestionRow("b", "Who won the bread prize?", ""),
    ]
    asked: list[str] = []

    class Slow:
        def read(self, question: str, hits: Any) -> Any:
            asked.append(question)
            time.sleep(0.05)
            return parts.reader.read(question, hits)

    whole = replace(parts.rule, ceiling=None)  # so that a question is read at once
    assistant = make_assistant(settings, replace(parts, reader=cast("Any", Slow()), rule=whole))
    done: list[int] = []
    found = time_all(rows, assistant, repeat=2, warm_up=2, on_done=lambda: done.append(1))
    assert [one.row_id for one in found] == ["long", "a", "b"]
    assert "at most 1,000 are read" in found[0].error
    assert found[0].seconds == {}
    assert len(done) == 6
    assert asked == [rows[1].question] + [rows[1].question, rows[2].question] * 2  # the first: warming up
    for one in found[1:]:
        assert one.passages == 3
        assert set(one.seconds) == set(STAGES)
        seconds = np.array([one.seconds[stage] for stage in STAGES])
        assert seconds.shape == (4, 2)
        assert seconds[:3].sum(axis=0) == pytest.approx(seconds[3], abs=5e-4)  # each is rounded to 0.1 ms
        assert min(one.seconds["read"]) >= 0.05


def test_a_fresh_process_is_timed_until_its_first_line() -> None:
    code = "import time; time.sleep(0.3); print('first', flush=True); time.sleep(0.6); print('last')"
    began = time.perf_counter()
    (took,) = cold_starts([sys.executable, "-c", code], 1)
    whole = time.perf_counter() - began
    assert 0.3 <= took <= whole - 0.5
    assert cold_starts([sys.executable, "-c", code], 0) == ()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit('no index\\nanywhere')", r"gave no answer \(no index anywhere\)"),
        ("print('half'); raise SystemExit(3)", r"gave no answer \(exit 3, and nothing said\)"),
        ("pass", r"gave no answer \(exit 0, and nothing said\)"),
    ],
)
def test_a_fresh_process_that_fails(code: str, told: str) -> None:
    with pytest.raises(RagError, match=told):
        cold_starts([sys.executable, "-c", code], 1)


def test_the_command_of_a_fresh_process_takes_any_question() -> None:
    assert ask_command("-x?", index="i", config=None)[1:] == ["-m", "rag", "ask", "--json", "--index", "i", "--", "-x?"]
    assert ask_command("Who?", index=None, config="c.yaml")[5:] == ["--config", "c.yaml", "--", "Who?"]


def test_peak_memory_is_of_this_program_alone() -> None:
    """100 MB that are touched and given back count; a program that is started does not inherit its starter's peak."""
    code = "from rag.eval.speed import peak_bytes as p; a = p(); x = b'x' * 10**8; del x; print(a, p())"
    assert peak_bytes() > 50e6
    block = b"x" * (3 * 10**8)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    del block
    before, after = map(int, run.stdout.split())
    assert after - before >= 95e6
    if sys.platform == "linux":
        assert before < 250e6


def write_questions(path: Path, *questions: str) -> Path:
    path.write_text("".join(json.dumps({"id": f"q{n}", "question": q}) + "\n" for n, q in enumerate(questions)))
    return path


QUESTIONS = ("How many cracks did engineers find?", "Who won the national bread prize?", "Who is the mayor?")


def test_the_command(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    path = write_questions(tmp_path / "q.jsonl", *QUESTIONS)
    out = tmp_path / "s.json"
    named = ["speed", "--questions", str(path), "--index", str(index), "--limit", "2", "--cold", "0"]
    assert main([*named, "--repeat", "3", "--json", str(out)]) == 0
    assert "2 questions × 3" in capsys.readouterr().out
    saved = json.loads(out.read_text("utf-8"))
    assert [(one["row_id"], len(one["seconds"]["total"])) for one in saved["timings"]] == [("q0", 3), ("q1", 3)]
    assert saved["cold"] == []
    assert saved["opening"] > 0
    assert saved["peak_bytes"] > 100e6
    assert saved["about"]["articles"] == 3
    assert saved["about"]["number_format"] in ("fp32", "bf16", "int8")
    totals = [value for one in saved["timings"] for value in one["seconds"]["total"]]
    assert saved["figures"]["total_p50"]["value"] == pytest.approx(float(np.median(totals)))
    assert main([*named, "--beside", str(out)]) == 0
    assert "now beside s: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--limit", "0"], "--limit must be at least 1, found 0."),
        (["--repeat", "0"], "--repeat must be at least 1, found 0."),
        (["--cold", "-1"], "--cold must be at least 0, found -1."),
        (["--json", "no/where/s.json"], "lies in no folder that exists"),
        (["--beside", "none.json"], "none.json is no measurement"),
        (["--index", "no-index"], "There is no index at no-index; build one with"),
        (["--config", "none.yaml"], "There is no configuration file"),
    ],
)
def test_a_mistake_is_one_line_and_loads_no_model(
    tmp_path: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rag.wiring.make_embedder", lambda _: pytest.fail("a model was loaded"))
    write_questions(tmp_path / "q.jsonl", *QUESTIONS)
    assert main(["speed", "--questions", "q.jsonl", *arguments]) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no question"),
        ('{"id": "a"}\n', "q.jsonl:1 is not a question row"),
        ('{"id": "a", "question": "Who?"}\n{oops\n', "q.jsonl:2 is not a question row"),
        (json.dumps({"id": "a", "question": "w" * 2000}), "q.jsonl, a: The question has 2,000 characters"),
        ('{"id": "a", "question": "?!"}\n', "q.jsonl, a: The question is blank"),
    ],
)
def test_questions_that_cannot_be_asked(
    tmp_path: Path, text: str, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.wiring.make_embedder", lambda _: pytest.fail("a model was loaded"))
    (tmp_path / "q.jsonl").write_text(text)
    assert main(["speed", "--questions", str(tmp_path / "q.jsonl")]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.slow
def test_a_fresh_process_answers(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_questions(tmp_path / "q.jsonl", *QUESTIONS)
    out = tmp_path / "s.json"
    assert main(["speed", "--questions", str(path), "--index", str(index), "--cold", "1", "--json", str(out)]) == 0
    saved = json.loads(out.read_text("utf-8"))
    (cold,) = saved["cold"]
    assert cold > max(saved["timings"][0]["seconds"]["total"])
