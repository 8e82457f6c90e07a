"""`python -m rag.eval reader`: the table, the file of predictions, and one line for a mistake."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.eval.__main__ import SHOWN, asked, main
from rag.eval.reader import evaluate, predict
from rag.eval.rows import Row
from rag.reading.extractive import ExtractiveReader
from rag.training.mixture import Mixture
from rag.training.train import Run
from tests.commands import environment
from tests.training.toys import quick, save_tiny, toy_rows, write_rows

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
]

# 20 questions with an answer; 10 about contexts of which none has a number.
ROWS = toy_rows(20, seed=9)
SILENT = [Row(f"silent {n}", f"nobody on board saw it{' turn' * n}", "how many were there?", ()) for n in range(10)]


@pytest.fixture(scope="module")
def desk(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with rows, a reader that has learned them and one that has not."""
    folder = tmp_path_factory.mktemp("desk")
    write_rows(folder / "all.jsonl", [*ROWS, *SILENT])
    write_rows(folder / "told.jsonl", ROWS)
    save_tiny(folder / "raw")
    recipe = quick(steps=40)
    rows = [*toy_rows(), *(replace(row, row_id=f"{row.row_id}-{n}") for row in SILENT for n in range(6))]
    Run(recipe, Mixture({"toy": rows}, recipe), folder / "run", init=str(folder / "raw")).run()
    return folder


def cells(printed: str) -> dict[str, list[str]]:
    """Return the rows of the table by their name."""
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in printed.splitlines() if "│" in line]
    return {name: values for name, *values in lines}


def test_the_table_and_the_file_by_hand(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    models, files = (
        [str(desk / "run" / "model"), str(desk / "raw")],
        [str(desk / "all.jsonl"), str(desk / "told.jsonl")],
    )
    out = tmp_path / "out.json"
    assert main(["reader", "--data", *files, "--model", *models, "--json", str(out)]) == 0
    table = cells(capsys.readouterr().out)
    assert list(table) == [shown for shown, _ in SHOWN.values()]
    assert table["rows"] == ["30", "20", "30", "20"]
    assert table["answerable EM"][:2] == table["EM"][:2] == table["F1"][:2] == ["100.0", "100.0"]
    assert table["unanswerable met with silence"][:2] == ["100.0", "–"]
    assert table["AUROC of the margin"][:2] == ["1.000", "–"]
    assert float(table["answerable EM"][2]) < 50

    report = json.loads(out.read_text("utf-8"), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert [(one["model"], one["data"]) for one in report] == [(model, file) for model in models for file in files]
    for one, rows in zip(report, ([*ROWS, *SILENT], ROWS) * 2, strict=True):
        assert [p["row_id"] for p in one["predictions"]] == [row.row_id for row in rows]
        found = list(predict(rows, ExtractiveReader(one["model"])))
        assert [p["answer"] for p in one["predictions"]] == [p.answer for p in found]
        assert one["figures"] == evaluate(found)
    assert {p["answer"] for p in report[0]["predictions"][:20]} == {row.answers[0] for row in ROWS}


def test_names_of_models_can_be_told_apart_in_a_narrow_window(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    models = [str(desk / "run" / "model"), str(desk / "raw")]
    assert main(["reader", "--data", str(desk / "told.jsonl"), "--model", *models]) == 0
    printed = capsys.readouterr().out
    heads = [line.strip("┃").split("┃") for line in printed.splitlines() if "┃" in line]
    names = ["".join(parts).strip().replace(" ", "") for parts in list(zip(*heads, strict=True))[1:]]
    assert names == [f"{model}told" for model in models]


def test_what_a_reader_says_of_nothing_is_none_in_the_file(desk: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "void.jsonl", [Row("1", "", "Who?", ()), Row("2", "", "Where?", ())])
    out = tmp_path / "out.json"
    assert (
        main(["reader", "--data", str(tmp_path / "void.jsonl"), "--model", str(desk / "raw"), "--json", str(out)]) == 0
    )
    (one,) = json.loads(out.read_text("utf-8"), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert [(p["answer"], p["margin"], p["em"]) for p in one["predictions"]] == [("", None, 1.0)] * 2
    assert (one["figures"]["best_f1"], one["figures"]["best_threshold"]) == (100.0, None)


def test_a_follow_up_is_asked_after_its_last_turns(desk: Path, tmp_path: Path) -> None:
    turns = (("who left?", "nobody"), ("when?", "early"))
    row = replace(ROWS[0], history=turns)
    assert asked(row, 0) == row
    assert asked(row, 1) == replace(row, question="when? early how many were there?")
    assert asked(row, 5) == replace(row, question="who left? nobody when? early how many were there?")
    told = [{"question": question, "answer": answer} for question, answer in turns]
    line = json.loads(write_rows(tmp_path / "rows.jsonl", [row]).read_text("utf-8"))
    (tmp_path / "rows.jsonl").write_text(json.dumps({**line, "history": told}) + "\n", "utf-8")
    margins = {}
    for count in (0, 1, 2):
        out = tmp_path / "out.json"
        arguments = ["--data", str(tmp_path / "rows.jsonl"), "--model", str(desk / "run" / "model"), "--json", str(out)]
        assert main(["reader", *arguments, "--history", str(count)]) == 0
        margins[count] = json.loads(out.read_text("utf-8"))[0]["predictions"][0]["margin"]
        (wanted,) = predict([asked(row, count)], ExtractiveReader(str(desk / "run" / "model")))
        assert margins[count] == wanted.margin
    assert len(set(margins.values())) == 3


def mistake(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["reader", *map(str, arguments)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("rag.eval: ")
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_mistake_is_one_line(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text((desk / "told.jsonl").read_text("utf-8") + "{oops\n", "utf-8")
    good = desk / "told.jsonl"
    assert f"{bad}, line 21: not a SQuAD-style row" in mistake(capsys, "--data", good, bad, "--model", desk / "raw")
    assert "No such file" in mistake(capsys, "--data", tmp_path / "none.jsonl")
    assert "does not exist" in mistake(capsys, "--data", good, "--model", tmp_path / "nowhere")
    assert "There is no configuration file" in mistake(capsys, "--data", good, "--config", tmp_path / "none.yaml")
    assert "no folder" in mistake(
        capsys, "--data", good, "--model", desk / "raw", "--json", tmp_path / "no" / "out.json"
    )


@pytest.mark.slow
def test_the_command_itself(desk: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    arguments = ["reader", "--data", str(desk / "told.jsonl"), "--model", str(desk / "run" / "model")]
    run = subprocess.run(
        [sys.executable, "-m", "rag.eval", *arguments],
        cwd=tmp_path, env=environment(tmp_path / "home"), capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert cells(run.stdout)["answerable EM"] == ["100.0"]
