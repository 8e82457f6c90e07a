"""An evaluation from a file of questions to its report, over a real index of a toy newsroom, through the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.config import Config
from rag.errors import QuestionError
from rag.eval.__main__ import main
from rag.eval.harness import ask_all
from rag.eval.questions import read_questions
from rag.eval.run import evaluate
from tests.newsroom import write_newsroom

CRACKS = "The old bridge over the Tarn closed on Tuesday after engineers found 17 cracks in its piers."
AGAIN = "Engineers found 17 cracks in the piers of the Tarn bridge, the council said."
ROWS: list[dict[str, Any]] = [
    {"id": "a", "question": "How many cracks did engineers find?", "type": "how_many", "answers": ["17", "17 cracks"],
     "evidence": [{"article_id": "bridge", "quote": CRACKS}, {"article_id": "bridge-again", "quote": AGAIN}]},
    {"id": "b", "question": "Who won the national bread prize?", "type": "who", "answers": ["Omar Lindqvist"],
     "evidence": [{"article_id": "baker", "quote": "Omar Lindqvist, a baker from Marlow, won"}]},
    {"id": "c", "question": "What is the capital of Australia?", "type": "unanswerable", "answers": []},
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    write_newsroom(folder / "news")
    write(folder / "q.jsonl", ROWS)
    return folder


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_a_run_by_the_command(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run.json"
    named = ["--questions", str(desk / "q.jsonl"), "--articles", str(desk / "news"), "--json", str(out)]
    shown = tmp_path / "run.html"
    assert main([*named, "--html", str(shown)]) == 0
    html = shown.read_text("utf-8")
    assert '<mark class="both">17</mark>' in html or '<mark class="both">17 cracks</mark>' in html
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")
    printed = capsys.readouterr().out
    assert "answer accuracy" in printed
    assert "Where wrong answers were lost" in printed
    report = json.loads(out.read_text("utf-8"))
    asked = {question["id"]: question for question in report["questions"]}
    assert list(asked) == ["a", "b", "c"]
    assert asked["a"]["answer"]["text"].startswith("17")
    assert asked["a"]["scores"]["verbatim"] == 1.0
    assert asked["a"]["scores"]["citation_recall"] == 1.0
    assert asked["a"]["scores"]["ceiling_right"] == 1.0
    assert asked["c"]["answer"]["abstained"]
    assert report["splits"]["all"]["figures"]["passage_hit@5"]["value"] == 1.0
    assert report["about"]["articles"] == 3
    assert main([*named[:4], "--gate", str(out)]) == 0  # no worse than itself
    assert main(["compare", str(out), str(out)]) == 0


def test_a_gate_closes_on_a_worse_run(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Questions whose label is another answer than the one that is given, beside a run that gave that one."""
    cost = {"answers": ["£4.2 million"], "evidence": [{"article_id": "bridge", "quote": "would cost £4.2 million"}]}
    rows = [
        {**ROWS[0], **cost, "id": f"q{n}", "question": f"How many cracks were found by {n} engineers?"}
        for n in range(8)
    ]
    named = ["--questions", str(write(tmp_path / "q.jsonl", rows)), "--articles", str(desk / "news")]
    assert main([*named, "--json", str(tmp_path / "run.json")]) == 0
    report = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert [question["scores"]["right"] for question in report["questions"]] == [0.0] * 8
    for question in report["questions"]:
        question["scores"] |= {"right": 1.0, "f1": 1.0}
    (tmp_path / "base.json").write_text(json.dumps(report))
    capsys.readouterr()
    assert main([*named, "--gate", str(tmp_path / "base.json")]) == 3
    assert "Gate closed: answer accuracy went from 1.000 to 0.000." in " ".join(capsys.readouterr().out.split())


def test_a_split_is_named_beside_the_questions(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", ROWS)
    (tmp_path / "tune.txt").write_text("a\n")
    run = evaluate(Config(folder=tmp_path), path, articles=[str(desk / "news")], ceilings=False)
    assert run.splits == ["tune", "test"]
    assert [record.row.row_id for record in run.split("tune")] == ["a"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"evidence": [{"article_id": "bridge", "quote": "never said"}]}, "'never said' does not stand in 'bridge'"),
        ({"evidence": [{"article_id": "gone", "quote": CRACKS}]}, "evidence from 'gone', which is no article here"),
        ({"answers": ["18"]}, "'18' stands in no quote"),
    ],
)
def test_labels_that_are_not_proven_stop_a_run_before_it_asks(
    desk: Path, tmp_path: Path, changes: dict[str, Any], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "q.jsonl", [{**ROWS[0], **changes}])
    for command in ([], ["check"]):
        assert main([*command, "--questions", str(path), "--articles", str(desk / "news")]) == 2
        captured = capsys.readouterr()
        assert told in captured.err
        assert captured.err.count("rag.eval: ") == 1
        assert "Traceback" not in captured.err


def test_check_tells_what_is_there(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--questions", str(desk / "q.jsonl"), "--articles", str(desk / "news")]) == 0
    assert "3 questions, every label proven" in capsys.readouterr().out


def test_a_question_that_crashes_is_wrong_and_the_others_go_on(desk: Path, tmp_path: Path) -> None:
    import rag

    rag.build_index(articles=desk / "news", index=tmp_path / "index")
    assistant = Assistant.open(index=tmp_path / "index")
    rows = read_questions(write(tmp_path / "q.jsonl", [{**ROWS[0], "question": "?" * 2000}, ROWS[1]]))
    traces = ask_all(rows, assistant, assistant._rule)
    assert traces[0].answer is None
    assert "at most 1,000" in traces[0].error
    assert traces[1].answer is not None


def test_a_file_of_questions_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot be read"):
        evaluate(Config(folder=tmp_path), tmp_path / "none.jsonl")


def test_retrieval_by_stage_and_its_files_for_other_tools(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What outside tools make of the files is what the command says."""
    import ir_measures

    named = ["--questions", str(desk / "q.jsonl"), "--articles", str(desk / "news"), "--trec", str(tmp_path / "trec")]
    assert main(["retrieval", *named, "--json", str(tmp_path / "r.json")]) == 0
    assert "fused beyond" in capsys.readouterr().out
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert told["questions"] == 2
    for level, name in (("articles", "article"), ("passages", "passage")):
        qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "trec" / f"{level}.qrels")))
        assert len({qrel.query_id for qrel in qrels}) == 2
        for stage, figures in told["stages"].items():
            run = list(ir_measures.read_trec_run(str(tmp_path / "trec" / f"{level}.{stage}.run")))
            theirs = ir_measures.calc_aggregate([ir_measures.RR @ 10, ir_measures.nDCG @ 10], qrels, run)
            assert figures[f"{name}_rr@10"]["value"] == pytest.approx(theirs[ir_measures.RR @ 10])
            assert figures[f"{name}_ndcg@10"]["value"] == pytest.approx(theirs[ir_measures.nDCG @ 10])


def test_retrieval_wants_evidence(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "q.jsonl", [ROWS[2]])
    assert main(["retrieval", "--questions", str(path), "--articles", str(desk / "news")]) == 2
    assert "no question with evidence" in capsys.readouterr().err
