"""`python -m rag.training`: each command from files to files, and one line for a mistake."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from rag.eval.reader import evaluate, predict
from rag.eval.rows import Row, read_rows
from rag.reading.extractive import ExtractiveReader
from rag.reading.rule import load_rule
from rag.training.__main__ import changes_of, main
from rag.training.recipe import as_dict
from tests.commands import ROOT, environment
from tests.training.test_events import RESCUE
from tests.training.test_recurring import LANDING, STOCKS, TALKS
from tests.training.toys import quick, save_tiny, toy_rows, weights, write_rows

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with data/toy.jsonl, 200 rows, fresh.jsonl, 40 other ones, and mine.yaml, a recipe."""
    (tmp_path / "data").mkdir()
    write_rows(tmp_path / "data" / "toy.jsonl", toy_rows())
    write_rows(tmp_path / "fresh.jsonl", toy_rows(40, seed=9))
    (tmp_path / "mine.yaml").write_text(json.dumps(as_dict(quick(steps=0))))  # JSON is YAML
    return tmp_path


def train(desk: Path, tiny: str, *arguments: str | Path) -> int:
    named = ["--data", desk / "data", "--out", desk / "run", "--recipe", desk / "mine.yaml", "--init", tiny]
    return main(["train", *map(str, [*named, "--threads", "1", *arguments])])


def test_train_makes_a_reader_with_its_card(desk: Path, tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = desk / "fresh.jsonl"
    assert train(desk, tiny, "--validation", fresh, "--set", "steps=30", "evaluate=15") == 0
    lines = capsys.readouterr().out.splitlines()
    looks = [json.loads(line.removeprefix(f"{fresh}: ")) for line in lines if line.startswith(f"{fresh}: ")]
    assert [look["rows"] for look in looks] == [40, 40]  # after 15 steps and after 30
    assert lines[-1].startswith(f"{desk / 'run' / 'model'}: ")
    outcome = json.loads(lines[-1].removeprefix(f"{desk / 'run' / 'model'}: "))
    assert (outcome["steps"], outcome["best"]) == (30, 100.0)

    found = evaluate(list(predict(read_rows([fresh]), ExtractiveReader(str(desk / "run" / "model")))))
    assert {name: round(value, 3) for name, value in found.items()} in looks
    assert found["has_em"] == 100
    card = (desk / "run" / "model" / "README.md").read_text("utf-8").splitlines()
    best = max(looks, key=lambda look: look["has_f1"])
    assert f"{15 * (1 + looks.index(best))} steps in 0 minutes" in card[2]  # those of the weights that were kept
    assert f"First weights: {Path(tiny).name}. Teachers: none." in card[2]
    assert "| toy | 200 | 1 |" in card
    assert card[-1].startswith("| fresh | 40 | 100 |")
    assert mistake(capsys, lambda: train(desk, tiny, "--set", "steps=30")).endswith(
        "give another --out, or delete it.\n"
    )


def test_train_learns_from_a_teacher_and_without_validation(desk: Path, tiny: str, tmp_path: Path) -> None:
    other = save_tiny(tmp_path / "other", seed=8)
    assert train(desk, tiny, "--teacher", other, tiny, "--set", "steps=2", "teacher_weight=1.0") == 0
    assert weights(desk / "run" / "model").keys() == weights(tiny).keys()
    assert not torch.equal(weights(desk / "run" / "model")["qa_outputs.weight"], weights(tiny)["qa_outputs.weight"])


def test_a_reader_without_validation_has_a_card_too(desk: Path, tiny: str) -> None:
    assert train(desk, tiny, "--set", "steps=2") == 0
    assert "| toy | 200 | 1 |" in (desk / "run" / "model" / "README.md").read_text("utf-8")


def mistake(capsys: pytest.CaptureFixture[str], command) -> str:
    capsys.readouterr()
    assert command() == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("rag.training: ")
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--set", "seed"], "--set wants KEY=VALUE, found 'seed'."),
        (["--set", "steps=1", "sed=3"], "unknown key sed; did you mean seed?"),
        (["--set", "seed=many"], "seed must be a whole number, found 'many' (str)"),
        (["--set", "sets.other=1.0"], "the recipe's set 'other' has no file "),
        (["--set", "sets.toy=0"], "gives no row to train on; the recipe's sets are toy."),
        (["--recipe", "none.yaml"], "There is no configuration file none.yaml"),
        (["--validation", "none.jsonl"], "none.jsonl, line 1: not a SQuAD-style row"),
        (["--init", "./nowhere"], "The model folder './nowhere' does not exist"),
        (["--teacher", "./nowhere"], "The model folder './nowhere' does not exist"),
    ],
)
def test_a_mistake_is_one_line(
    desk: Path, tiny: str, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert told in mistake(capsys, lambda: train(desk, tiny, *arguments))
    assert not (desk / "run").exists()


def test_a_bad_row_of_the_data_is_named(desk: Path, tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk / "data" / "toy.jsonl"
    path.write_text(path.read_text("utf-8") + "{oops\n", "utf-8")
    assert f"{path}, line 201: not a SQuAD-style row" in mistake(capsys, lambda: train(desk, tiny))


def test_changes_are_split_at_the_first_equals_sign() -> None:
    assert changes_of(["seed=3", "sets.a=1.0", "x=y=z", "y="]) == {"seed": "3", "sets.a": "1.0", "x": "y=z", "y": ""}


def test_set_may_be_given_twice(desk: Path, tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(desk, tiny, "--set", "steps=2", "--set", "seed=3") == 0
    assert '"steps": 2' in capsys.readouterr().out


def test_merge_and_stack(desk: Path, tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    other = save_tiny(desk / "other", seed=8)
    assert main(["merge", "--model", tiny, str(other), "--out", str(desk / "both")]) == 0
    one, two, both = weights(tiny), weights(other), weights(desk / "both")
    assert all(torch.equal(value, ((one[name] + two[name]) / 2).to(torch.bfloat16)) for name, value in both.items())
    assert main(["stack", "--model", tiny, "--out", str(desk / "deep")]) == 0
    assert json.loads((desk / "deep" / "config.json").read_text("utf-8"))["num_hidden_layers"] == 4
    assert "have weights of different shapes" in mistake(
        capsys, lambda: main(["merge", "--model", tiny, str(desk / "deep"), "--out", str(desk / "no")])
    )
    assert "does not exist" in mistake(
        capsys, lambda: main(["stack", "--model", "./nowhere", "--out", str(desk / "no")])
    )


def test_recurring_makes_rows_of_articles(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "news").mkdir()
    (desk / "news" / "landing.md").write_text(f"# A flight lands\n\n{LANDING}\n\n{TALKS}\n\n{STOCKS}\n", "utf-8")
    (desk / "news" / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    out = desk / "spans.jsonl.gz"
    assert main(["recurring", "--articles", str(desk / "news"), "--out", str(out), "--per-article", "2"]) == 0
    assert f"skipped {desk / 'news' / 'broken.pdf'}: " in capsys.readouterr().err
    rows = list(read_rows([out]))
    assert sorted(row.answers[0] for row in rows if row.answers) == ["43", "Bogota"]
    assert {row.row_id.split("|")[0] for row in rows} == {"landing"}
    assert main(["recurring", "--articles", str(desk / "news"), "--out", str(out), "--per-article", "1"]) == 0
    assert sum(bool(row.answers) for row in read_rows([out])) == 1


def test_a_folder_that_is_not_there_empties_no_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "spans.jsonl.gz").write_bytes(b"made before")
    arguments = ["recurring", "--articles", str(desk / "none"), "--out", str(desk / "spans.jsonl.gz")]
    assert main(arguments) == 2
    assert (desk / "spans.jsonl.gz").read_bytes() == b"made before"
    assert str(desk / "none") in mistake(capsys, lambda: main(arguments))


def test_events_make_rows(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "told").mkdir()
    for number in range(1, 8):
        (desk / "told" / f"e{number}.txt").write_text(RESCUE.replace("14", f"{number}4"), "utf-8")
    arguments = ["events", "--events", str(desk / "told"), "--out", str(desk)]
    assert main(arguments) == 0
    assert "events_held_out: 1 events, 2 questions" in capsys.readouterr().out
    held_out = list(read_rows([desk / "events_held_out.jsonl.gz"]))
    assert {row.row_id.split("-")[0] for row in held_out} == {"e7"}
    assert "74 anglers" in {row.answers[0] for row in held_out if row.answers}
    assert "There is no folder" in mistake(capsys, lambda: main([*arguments[:-1], str(desk / "none")]))


def test_verdict_measures(desk: Path, tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"question": "is it red?", "context": "it is red", "verdict": True}
    (desk / "yes.jsonl").write_text("".join(json.dumps({**row, "verdict": n > 3}) + "\n" for n in range(12)))
    named = ["verdict", "--data", str(desk / "yes.jsonl"), "--init", tiny, "--epochs", "1", "--threads", "1"]
    assert main([*named, "--validation", str(desk / "yes.jsonl")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["majority"]) == (12, 0.667)
    assert found["right"] in (0.333, 0.667)  # all rows look the same
    assert "No such file" in mistake(capsys, lambda: main([*named, "--validation", str(desk / "no.jsonl")]))


@pytest.mark.slow
def test_decision_fits_a_rule_that_can_be_loaded(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    towns = ["Oslo", "Paris", "Lima", "Quito", "Bogota", "Panama", "Rome", "Turin", "Milan", "Basel", "Bern", "Bonn"]
    rows = [
        Row(town, f"The flight to {town} carried {n} migrants.", f"How many migrants were on the flight to {town}?",
            (f"{n}",), (len(f"The flight to {town} carried "),))
        for n, town in enumerate(towns, start=20)
    ]  # fmt: skip
    data, rule = write_rows(desk / "flights.jsonl", rows), desk / "rule" / "decision.json"
    rule.parent.mkdir()
    assert main(["decision", "--data", str(data), "--most", "6", "--out", str(rule)]) == 0
    saved = json.loads(rule.read_text("utf-8"))
    assert saved["fitted_on"] == {"rows": 2 * 6}  # every second row, asked with and without its own context
    loaded = load_rule(rule.parent)
    assert (loaded.bias, dict(loaded.weights), loaded.threshold) == (
        saved["bias"],
        saved["weights"],
        saved["threshold"],
    )
    told = capsys.readouterr().out
    assert "decided rightly, with retrieval against without: {" in told
    assert "decided rightly, with polar against without: {" in told
    for folder in ("harbour", "station"):  # a kind for each folder of questions
        (desk / folder).mkdir()
        asked = {"id": folder, "question": f"Where does the {folder} lie?", "type": "where"}
        (desk / folder / "questions.jsonl").write_text(json.dumps(asked) + "\n", "utf-8")
    (desk / "articles").mkdir()
    (desk / "articles" / "one.txt").write_text("The harbour lies north of the town. " * 5, "utf-8")
    files = [str(desk / folder / "questions.jsonl") for folder in ("harbour", "station")]
    named = ["--data", str(data), "--articles", str(desk / "articles"), "--questions"]
    assert main(["decision", "--out", str(rule), "--most", "6", *named, *files]) == 0
    assert json.loads(rule.read_text("utf-8"))["fitted_on"] == {"harbour/": 1, "station/": 1, "rows": 12}
    rule.write_text(json.dumps({**saved, "ceiling": [0.0, 0.0]}), "utf-8")
    assert main(["ceiling", "--data", str(data), "--most", "6", "--out", str(rule)]) == 0
    assert json.loads(rule.read_text("utf-8")) == saved
    assert main(["ceiling", "--data", str(data), "--out", str(desk / "decision.json")]) == 2
    assert "There is no rule" in capsys.readouterr().err


# What is told the command line; every step leaves a checkpoint, so that there is something to go on from.
EAGER = """
import sys
import rag.training.train as train
train.SAVE_EVERY = -1.0
from rag.training.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_run_that_was_killed_ends_as_one_that_was_not(desk: Path, tiny: str) -> None:
    def begin() -> subprocess.Popen[str]:
        named = ["--data", desk / "data", "--out", desk / "cut", "--recipe", desk / "mine.yaml", "--init", tiny]
        return subprocess.Popen(
            [sys.executable, "-c", EAGER, "train", *map(str, named), "--threads", "1", "--set", "steps=120"],
            cwd=ROOT, env=environment(desk / "home"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    killed = begin()
    while not (desk / "cut" / "checkpoint.safetensors").exists():
        assert killed.poll() is None, killed.communicate()
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    assert not (desk / "cut" / "model").exists()
    again = begin()
    said = again.communicate()
    assert again.returncode == 0, said
    assert '"resumed": true' in (desk / "cut" / "log.jsonl").read_text("utf-8")
    assert train(desk, tiny, "--set", "steps=120") == 0
    one, other = weights(desk / "run" / "model"), weights(desk / "cut" / "model")
    assert all(torch.equal(one[name], other[name]) for name in one)
