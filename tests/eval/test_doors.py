"""Doors to other people's data, from their files to the figures, through the command and over real indexes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from ir_measures import RR, Success, nDCG

import rag
from rag.eval.__main__ import main
from rag.store import Snapshot
from tests.eval.test_beir import write as write_beir

ROWS = [
    {"article_id": "w-1", "title": "Bridge over the Tarn closes", "published": "2025-03-04", "url": "https://a.example/1",
     "text": "The old bridge over the Tarn closed on Tuesday after engineers found 17 cracks in its piers."},
    {"article_id": "w-2", "title": "Baker wins national prize", "published": "2025-03-05", "url": "https://a.example/2",
     "text": "Omar Lindqvist, a baker from Marlow, won the national bread prize with a rye loaf on Sunday."},
    {"article_id": "w-3", "title": "Rain", "published": "2025-03-06", "url": "https://a.example/3",
     "text": "Heavy rain fell on the harbour of Port Wexley for most of the weekend."},
]  # fmt: skip
QUESTIONS = [
    {"id": "20250307_0", "question": "What was found in the piers of the bridge?", "type": "news_quiz",
     "asked": "2025-03-07", "answers": ["Cracks"], "choices": ["Cracks", "Gold"], "evidence": [{"article_id": "w-1"}]},
    {"id": "20250307_1", "question": "Which prize did a baker win?", "type": "news_quiz", "asked": "2025-03-07",
     "answers": ["bread"], "choices": ["bread", "beer"], "evidence": [{"article_id": "w-2"}]},
]  # fmt: skip
DOCUMENTS = [{"_id": row["article_id"], "title": row["title"], "text": row["text"]} for row in ROWS]
# The first query is a document, too, as in ArguAna; w-9 has neither title nor text.
CORPUS = [
    *DOCUMENTS,
    {"_id": "q1", "title": "", "text": "Which bridge closed after engineers found cracks?"},
    {"_id": "w-9", "title": "", "text": ""},
]
QUERIES = [
    {"_id": "q1", "text": "Which bridge closed after engineers found cracks?"},
    {"_id": "q2", "text": "Where did rain fall, and who won a bread prize?"},
    {"_id": "q3", "text": "Anything?"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tw-1\t1\nq2\tw-3\t2\nq2\tw-2\t1\nq2\tw-9\t2\nq3\tw-1\t0\n"
FAST = ["--stages", "bm25", "dense", "fused"]


def packed(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    packed(folder / "articles.jsonl.gz", ROWS)
    packed(folder / "questions.jsonl.gz", QUESTIONS)
    return folder


@pytest.fixture(scope="module")
def beir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_beir(tmp_path_factory.mktemp("beir"), CORPUS, QUERIES, QRELS)


@pytest.fixture(scope="module")
def built(beir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the folder, built by the command; what the command wrote lies beside it."""
    folder = tmp_path_factory.mktemp("built")
    out = ["--json", str(folder / "r.json"), "--trec", str(folder / "trec")]
    assert main(["retrieval", "--beir", str(beir), "--index", str(folder / "index"), *FAST, *out]) == 0
    return folder


def news_arguments(news: Path) -> list[str]:
    return ["--questions", str(news / "questions.jsonl.gz"), "--articles", str(news / "articles.jsonl.gz")]


def test_packed_rows_of_news(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    index, out = tmp_path / "index", tmp_path / "r.json"
    named = ["retrieval", *news_arguments(news), "--index", str(index), *FAST, "--json", str(out)]
    assert main(named) == 0
    printed = capsys.readouterr().out
    assert "article hit@1" in printed
    assert "fused beyond bm25, article rr@10: +0.0 (+0.0 to +0.0), p 1.000" in printed
    told = json.loads(out.read_text("utf-8"))
    assert (told["questions"], told["split"], told["apart"]) == (2, "all", {})
    assert told["about"]["articles"] == 3
    assert told["about"]["config"]["articles"] == ["articles.jsonl.gz"]
    for stage in ("bm25", "dense", "fused"):
        assert list(told["stages"][stage]) == [
            f"article_{name}" for name in ("hit@1", "hit@5", "hit@10", "rr@10", "ndcg@10")
        ]
        assert told["stages"][stage]["article_hit@1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "count": 2}
        assert set(told["scores"][stage]) == {"20250307_0", "20250307_1"}
    assert told["beyond_best_single"]["fused"]["article_hit@5"] == {
        "best_single": "bm25", "gain": 0.0, "low": 0.0, "high": 0.0, "p": 1.0,
    }  # fmt: skip
    build = Snapshot.open(index).folder
    assert main(named) == 0
    assert Snapshot.open(index).folder == build  # unchanged, so not built again
    assert main(["retrieval", "--questions", named[2], "--index", str(index), "--stages", "bm25"]) == 0


def test_a_beir_folder_judged_as_an_outside_tool_judges_it(built: Path) -> None:
    told = json.loads((built / "r.json").read_text("utf-8"))
    assert (told["questions"], told["split"]) == (2, "test")
    qrels = (built / "trec" / "articles.qrels").read_text("utf-8")
    assert qrels == "q1 0 w-1 1\nq2 0 w-3 2\nq2 0 w-2 1\nq2 0 w-9 2\n"
    assert not (built / "trec" / "passages.qrels").exists()
    names = {
        "article_hit@1": Success @ 1,
        "article_hit@5": Success @ 5,
        "article_rr@10": RR @ 10,
        "article_ndcg@10": nDCG @ 10,
    }
    for stage, figures in told["stages"].items():
        run = (built / "trec" / f"articles.{stage}.run").read_text("utf-8")
        theirs = ir_measures.calc_aggregate(
            names.values(), ir_measures.read_trec_qrels(qrels), ir_measures.read_trec_run(run)
        )
        for name, measure in names.items():
            assert figures[name]["value"] == pytest.approx(theirs[measure]), (stage, name)
        assert figures["article_hit@1"]["value"] == 1.0
        assert 0.5 < figures["article_ndcg@10"]["value"] < 1.0  # w-9 is relevant and cannot be found


def test_a_question_does_not_find_itself(built: Path) -> None:
    runs = [path.read_text("utf-8") for path in (built / "trec").glob("*.run")]
    assert len(runs) == 3
    assert not any("q1 Q0 q1 " in run for run in runs)
    assert "q1" in {source.article_id for source in Snapshot.open(built / "index").sources}


def test_what_is_left_out_is_told(
    built: Path, beir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    before = Snapshot.open(built / "index").folder
    assert main(["retrieval", "--beir", str(beir), "--index", str(built / "index"), "--stages", "bm25"]) == 0
    told = capsys.readouterr().err
    assert "1 judged queries have no relevant document and are left out." in told
    assert "1 of 5 documents are blank and cannot be indexed." in told
    assert "1 relevant articles are not in the index and count as missed: w-9." in told
    assert Snapshot.open(built / "index").folder == before  # the same corpus: used again


def test_without_a_named_index_nothing_stays(beir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(path.name for path in beir.rglob("*"))
    assert main(["retrieval", "--beir", str(beir), "--stages", "bm25"]) == 0
    assert list(tmp_path.iterdir()) == []
    assert sorted(path.name for path in beir.rglob("*")) == before


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is told, is told before a model is loaded."""
    monkeypatch.setattr("rag.wiring.make_embedder", lambda _: pytest.fail("a model was loaded"))


def mistake(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["retrieval", *map(str, arguments)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.usefixtures("no_model")
def test_an_index_of_something_else_is_left_alone(
    built: Path, beir: Path, news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = built / "index"
    before = Snapshot.open(index).folder
    told = mistake(capsys, *news_arguments(news), "--index", index)
    assert f"The index at {index} was built from " in told
    assert f"not from {news / 'articles.jsonl.gz'}; give another --index, or delete that one." in told
    other = write_beir(tmp_path, [*CORPUS, {"_id": "w-10", "text": "New."}], QUERIES, QRELS)
    assert f"not from this state of {other}" in mistake(capsys, "--beir", other, "--index", index)
    assert Snapshot.open(index).folder == before


@pytest.mark.usefixtures("no_model")
def test_a_door_that_cannot_be_opened(
    news: Path, beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "could not be written" in mistake(capsys, "--beir", beir, "--index", "/proc/none/index")
    assert "leave out --questions." in mistake(capsys, "--beir", beir, "--questions", "q.jsonl")
    assert "leave out --articles." in mistake(capsys, "--beir", beir, "--articles", "news")
    assert "leave out --split." in mistake(capsys, "--beir", beir, "--split", "tune")
    assert "give the folder with --beir" in mistake(capsys, "--qrels", "test")
    assert "has no split 'dev'; give --qrels test." in mistake(capsys, "--beir", beir, "--qrels", "dev")
    assert "lies in no folder that exists" in mistake(capsys, "--beir", beir, "--json", tmp_path / "no" / "r.json")
    questions = news / "questions.jsonl.gz"
    none = tmp_path / "none"
    assert "There is no folder" in mistake(capsys, "--questions", questions, "--articles", none)
    assert "There is no index at" in mistake(capsys, "--questions", questions, "--index", none)
    empty = tmp_path / "empty.jsonl.gz"
    empty.write_bytes(gzip.compress(b""))
    assert "the file is empty" in mistake(capsys, "--questions", questions, "--articles", empty)
    assert "empty.jsonl.gz holds no question" in mistake(capsys, "--questions", empty, "--articles", none)


@pytest.mark.usefixtures("no_model")
@pytest.mark.parametrize("named", ["articles", "index"])
def test_evidence_is_looked_for_before_an_index_is_built(
    named: str, news: Path, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = packed(tmp_path / "q.jsonl.gz", [{**QUESTIONS[0], "evidence": [{"article_id": "w-7"}]}])
    where = news / "articles.jsonl.gz" if named == "articles" else built / "index"
    told = mistake(capsys, "--questions", bad, f"--{named}", where)
    assert "does not fit the articles: 20250307_0: evidence from 'w-7', which is no article here." in told
    bad = packed(tmp_path / "q.jsonl.gz", [{**QUESTIONS[0], "evidence": [{"article_id": "w-1", "quote": "18 cracks"}]}])
    told = mistake(capsys, "--questions", bad, f"--{named}", where)
    assert "'18 cracks' does not stand in 'w-1'" in told


@pytest.mark.usefixtures("no_model")
def test_packed_questions_that_cannot_be_read(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "q.jsonl.gz"
    cut.write_bytes((news / "questions.jsonl.gz").read_bytes()[:-20])
    assert "q.jsonl.gz cannot be read (" in mistake(capsys, "--questions", cut)
    packed(cut, [QUESTIONS[0], {"id": "2"}])
    assert "q.jsonl.gz:2 is not a question row" in mistake(capsys, "--questions", cut)


def test_articles_that_cannot_be_read_are_named(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    lines = [json.dumps(row) for row in ROWS]
    (tmp_path / "rows.jsonl").write_text("\n".join([*lines, "{oops", '{"article_id": "w-8"}']) + "\n")
    arguments = ["--questions", str(news / "questions.jsonl.gz"), "--articles", str(tmp_path / "rows.jsonl")]
    assert main(["retrieval", *arguments, "--stages", "bm25"]) == 0
    told = capsys.readouterr().err
    assert "2 articles could not be read (" in told
    assert "rows.jsonl:4: not valid JSON" in told
    assert "rows.jsonl:5: the row has no text" in told


def test_the_rows_of_a_beir_index_can_be_asked_like_any_other(built: Path) -> None:
    answer = rag.Assistant.open(index=built / "index").answer("Who won the national bread prize?")
    assert {citation.source.article_id for citation in answer.citations} <= {"w-2"}
    assert "beir-" in Snapshot.open(built / "index").sources[0].path_or_url
