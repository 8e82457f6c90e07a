"""An evaluation from a file of questions to its report, over a real index of a toy newsroom, through the command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.config import PROJECT, Config
from rag.errors import QuestionError, StoreMismatch
from rag.eval.__main__ import main
from rag.eval.harness import ask_all
from rag.eval.questions import read_questions
from rag.eval.run import evaluate, shown
from rag.reading.extractive import MODEL_FOLDER
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
    asked_of = report["about"]["config"]
    assert (asked_of["articles"], asked_of["index"]) == (["news"], "thrown away")
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


def two_splits(folder: Path) -> list[str]:
    """The three questions, of which the first is for tuning."""
    path = write(folder / "q.jsonl", ROWS)
    (folder / "tune.txt").write_text("a\n")
    return ["--questions", str(path)]


def test_what_counts_is_test_and_tune_is_shown_apart(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of tune alone both headlines turn; the gate looks at test."""
    monkeypatch.setenv("COLUMNS", "200")
    named = [*two_splits(tmp_path), "--articles", str(desk / "news")]
    base, better = tmp_path / "base.json", tmp_path / "better.json"
    assert main([*named, "--wrong", "--baseline", str(base)]) == 0
    printed = capsys.readouterr().out
    assert "tune (1)" in printed
    assert "test (2)" in printed
    told = json.loads(base.read_text("utf-8"))
    assert [each["split"] for each in told["questions"]] == ["tune", "test", "test"]
    told["questions"][0]["scores"]["right"] = 0.0
    better.write_text(json.dumps(told))
    assert main(["compare", str(base), str(better)]) == 0
    printed = capsys.readouterr().out
    assert printed.index("same questions (tune)") < printed.index("same questions (test)")
    assert "0 questions turned (test)" in printed
    assert main(["compare", str(base), str(better), "--split", "tune"]) == 0
    printed = capsys.readouterr().out
    assert "1 questions turned (tune)" in printed
    assert "(test)" not in printed
    retrieval = ["retrieval", *named, "--stages", "bm25", "--trec", str(tmp_path / "trec")]
    assert main([*retrieval, "--json", str(tmp_path / "r.json")]) == 0
    printed = capsys.readouterr().out
    assert printed.index("intervals (tune)") < printed.index("intervals (test)")
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (told["split"], told["questions"], list(told["apart"])) == ("test", 1, ["tune"])
    assert (tmp_path / "trec" / "articles.qrels").read_text("utf-8") == "b 0 baker 1\n"


@pytest.mark.parametrize("command", [[], ["retrieval"], ["--ablate", "all"]])
def test_an_unknown_split_is_told_before_a_model_is_loaded(
    desk: Path, tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.wiring.make_embedder", lambda _: pytest.fail("a model was loaded"))
    named = two_splits(tmp_path)
    assert main([*command, *named, "--split", "tset"]) == 2
    assert capsys.readouterr().err == f"rag.eval: {named[1]} has no split 'tset'; name tune, test or all.\n"
    assert main([*command, "--questions", str(desk / "q.jsonl"), "--split", "test"]) == 2
    assert "has no split 'test'; no tune.txt stands beside it" in capsys.readouterr().err


def test_a_baseline_that_does_not_fit_is_told_before_a_model_is_loaded(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = ["--questions", str(desk / "q.jsonl"), "--articles", str(desk / "news")]
    base = tmp_path / "base.json"
    assert main([*named, "--baseline", str(base)]) == 0
    capsys.readouterr()
    monkeypatch.setattr("rag.wiring.make_embedder", lambda _: pytest.fail("a model was loaded"))
    other = write(tmp_path / "q.jsonl", [ROWS[0], {**ROWS[1], "answers": ["Omar Lindqvist", "a baker"]}, ROWS[2]])
    assert main(["--questions", str(other), "--gate", str(base)]) == 2
    assert capsys.readouterr().err == (f"rag.eval: {base} is of other questions, splits or labels (b); make it anew.\n")
    for out in ("--json", "--baseline", "--html"):  # a gate must not be moved by what it stopped
        assert main([*named, "--gate", str(base), out, str(base)]) == 2
        assert "is what --gate holds the run against; name another file" in capsys.readouterr().err
    assert main([*named, "--gate", str(tmp_path / "none.json")]) == 2
    assert "is no report of" in capsys.readouterr().err


def test_a_report_names_no_machine(desk: Path, tmp_path: Path) -> None:
    """Articles, questions, index and models are given by full paths; none of them is told."""
    model = tmp_path / "models" / "mine"
    shutil.copytree(MODEL_FOLDER, model)
    (tmp_path / "config.yaml").write_text(
        f"articles: [{desk / 'news'}]\nindex: {tmp_path / 'built'}\nreading: {{model: {model}}}\n"
    )
    out, base, page = (tmp_path / name for name in ("run.json", "base.json", "run.html"))
    named = ["--questions", str(desk / "q.jsonl"), "--config", str(tmp_path / "config.yaml")]
    assert main([*named, "--json", str(out), "--baseline", str(base), "--html", str(page)]) == 0
    for path in (out, base, page):
        text = path.read_text("utf-8")
        assert str(desk) not in text
        assert str(tmp_path) not in text
    told = json.loads(out.read_text("utf-8"))
    assert told["about"]["reader"] == told["about"]["config"]["reading"]["model"] == "mine"
    assert (told["about"]["config"]["index"], told["about"]["config"]["articles"]) == ("built", ["news"])
    cited = [each["path_or_url"] for each in told["questions"][0]["answer"]["citations"]]
    assert set(cited) <= {"bridge.md", "bridge-again.md"}
    assert cited


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (PROJECT / "eval" / "articles" / "a.md", "eval/articles/a.md"),
        ("/somewhere/else/rows.jsonl:12", "rows.jsonl:12"),
        ("../beside/rows.jsonl", "rows.jsonl"),
        ("https://news.example/a/b.html", "https://news.example/a/b.html"),
    ],
)
def test_a_path_as_a_report_may_tell_it(
    path: str | Path, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(path) == told
    assert shown(tmp_path / "mine" / "q.jsonl") == "mine/q.jsonl"
    monkeypatch.chdir("/")
    assert shown(path) == told
    assert shown(tmp_path / "mine" / "q.jsonl") == "q.jsonl"
    assert shown("mine/q.jsonl") == "mine/q.jsonl"


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
        assert captured.err.startswith("rag.eval: ")
        assert captured.err.count("\n") == 1


def test_labels_are_proven_and_a_named_index_is_known_before_anything_is_built(desk: Path, tmp_path: Path) -> None:
    index, news = tmp_path / "index", [str(desk / "news")]
    bad = write(tmp_path / "bad.jsonl", [{**ROWS[0], "evidence": [{"article_id": "bridge", "quote": "No such words"}]}])
    with pytest.raises(QuestionError, match="does not fit the articles"):
        evaluate(Config(folder=tmp_path), bad, articles=news, index=str(index))
    assert not index.exists()
    run = evaluate(Config(folder=tmp_path), desk / "q.jsonl", articles=news, index=str(index), ceilings=False)
    assert (run.about["config"]["articles"], run.about["config"]["index"]) == (["news"], "index")
    other = shutil.copytree(desk / "news", tmp_path / "other")
    with pytest.raises(StoreMismatch, match=r"was built from .*give another --index"):
        evaluate(Config(folder=tmp_path), desk / "q.jsonl", articles=[str(other)], index=str(index))


def test_check_tells_what_is_there(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--questions", str(desk / "q.jsonl"), "--articles", str(desk / "news")]) == 0
    assert "3 questions, every label proven" in capsys.readouterr().out


def test_a_question_that_crashes_is_wrong_and_the_others_go_on(desk: Path, tmp_path: Path) -> None:
    import rag

    rag.build_index(articles=desk / "news", index=tmp_path / "index")
    assistant = Assistant.open(index=tmp_path / "index")
    rows = read_questions(write(tmp_path / "q.jsonl", [{**ROWS[0], "question": "?" * 2000}, ROWS[1]]))
    traces = ask_all(rows, assistant)
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


@pytest.mark.parametrize("command", [["--json"], ["retrieval", "--json"], ["retrieval", "--trec"], ["speed", "--json"]])
def test_what_cannot_be_written_is_told_before_a_model_is_loaded(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.wiring.make_embedder", lambda *_: pytest.fail("a model was loaded"))
    taken = tmp_path / "taken"
    if command[-1] == "--trec":
        taken.write_text("here")
    else:
        taken.mkdir()
    assert main([*command, str(taken)]) == 2
    told = capsys.readouterr().err
    assert "taken is a f" in told
    assert told.count("\n") == 1


def test_retrieval_wants_evidence(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "q.jsonl", [ROWS[2]])
    assert main(["retrieval", "--questions", str(path), "--articles", str(desk / "news")]) == 2
    assert "no question with evidence" in capsys.readouterr().err
