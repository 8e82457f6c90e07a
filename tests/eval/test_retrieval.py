"""Rankings by stage: a stage that crashes counts, and files for outside tools keep our order."""

from __future__ import annotations

import math
from types import SimpleNamespace

import ir_measures
import pytest
from ir_measures import RR, nDCG
from rich.console import Console

from rag.config import Config
from rag.eval import retrieval
from rag.eval.questions import Evidence, QuestionRow
from rag.eval.report import retrieval_json, show_retrieval
from rag.eval.retrieval import (
    Ranking,
    beside_best_single,
    graded,
    rank_all,
    trec_grades,
    trec_qrels,
    trec_run,
)
from rag.types import Hit, Query
from tests.conftest import make_passage

TEXTS = {"a": "Ada won.", "b": "Bo lost.", "c": "It rained."}
PASSAGES = {name: [make_passage(text, name)] for name, text in TEXTS.items()}
ROWS = [
    QuestionRow("q 1", "Who won?", "who", ("Ada",), evidence=(Evidence("a", "Ada won."),)),
    QuestionRow("q\t2", "Who lost?", "who", ("Bo",), evidence=(Evidence("b", "Bo lost."),)),
]


def hits(*scored: tuple[str, float]) -> tuple[Hit, ...]:
    return tuple(Hit(PASSAGES[name][0], score, rank, "toy") for rank, (name, score) in enumerate(scored, start=1))


def test_a_crash_is_a_miss_for_its_question_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaking:
        def retrieve(self, query: Query, k: int) -> list[Hit]:
            if "won" in query.text:
                raise RuntimeError("the index is on fire")
            return list(hits(("b", 2.0), ("c", 1.0)))

    monkeypatch.setattr(retrieval, "make_retriever", lambda settings, parts: Breaking())
    done: list[int] = []
    found = rank_all(
        ROWS, Config(), SimpleNamespace(), TEXTS, PASSAGES, stages=["bm25"], on_done=lambda: done.append(1)
    )["bm25"]
    assert [(each.row.row_id, len(each.hits)) for each in found] == [("q 1", 0), ("q\t2", 2)]
    assert [each.scores["passage_hit@5"] for each in found] == [0.0, 1.0]
    assert [each.error for each in found] == ["RuntimeError: the index is on fire", ""]
    assert len(done) == 2
    console = Console(width=200, record=True)
    console.print(show_retrieval({"bm25": found}, "all"))
    assert "bm25 failed at 1 of 2 questions, first: RuntimeError: the index is on fire" in console.export_text()
    told = retrieval_json({"all": {"bm25": found}}, "all")
    assert told["failed"] == {"bm25": {"q 1": "RuntimeError: the index is on fire"}}


def test_scores_are_written_whole_and_ids_are_one_word() -> None:
    run = trec_run([Ranking(ROWS[0], hits(("b", 0.12345678), ("a", 0.12345671)), {})], "bm25", articles=True)
    assert run == "q_1 Q0 b 1 0.12345678 bm25\nq_1 Q0 a 2 0.12345671 bm25\n"
    by_article, by_passage = trec_qrels(ROWS, TEXTS, PASSAGES)
    assert by_article == "q_1 0 a 1\nq_2 0 b 1\n"
    assert by_passage == "q_1 0 a#0 1\nq_2 0 b#0 1\n"


@pytest.mark.parametrize("scores", [(1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (3.0, -math.inf, -math.inf), (-math.inf,) * 3])
def test_outside_tools_keep_our_order_in_a_tie(scores: tuple[float, ...]) -> None:
    """trec_eval puts the last name of a tie first, we the first: with c relevant RR is 1/3, not 1."""
    row = QuestionRow("q", "Did it rain?", "what", ("rained",), evidence=(Evidence("c", "It rained."),))
    for articles, labels in zip((True, False), trec_qrels([row], TEXTS, PASSAGES), strict=True):
        run = trec_run([Ranking(row, hits(*zip("abc", scores, strict=True)), {})], "x", articles=articles)
        theirs = ir_measures.calc_aggregate(
            [RR @ 10, nDCG @ 10], ir_measures.read_trec_qrels(labels), ir_measures.read_trec_run(run)
        )
        assert theirs[RR @ 10] == pytest.approx(1 / 3)
        assert theirs[nDCG @ 10] == pytest.approx(1 / math.log2(4))


def test_graded_articles_by_hand() -> None:
    """Ranked b, c, a; c is worth 2, a is worth 1, z (1) is not there to be found."""
    ranked = hits(("b", 3.0), ("c", 2.0), ("c", 1.5), ("a", 1.0))
    scores = graded(ranked, {"a": 1, "z": 1, "c": 2})
    gain = 2 / math.log2(3) + 1 / math.log2(4)
    best = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert scores == {
        "article_hit@1": 0.0, "article_hit@5": 1.0, "article_hit@10": 1.0, "article_rr@10": 1 / 2,
        "article_ndcg@10": pytest.approx(gain / best),
    }  # fmt: skip
    assert set(graded((), {"a": 1}).values()) == {0.0}


def test_grades_go_before_evidence_and_a_question_does_not_find_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fixed:
        def retrieve(self, query: Query, k: int) -> list[Hit]:
            return list(hits(("a", 3.0), ("b", 2.0), ("c", 1.0)))

    monkeypatch.setattr(retrieval, "make_retriever", lambda settings, parts: Fixed())
    rows = [QuestionRow("a", "Who won?", "query"), QuestionRow("c", "Did it rain?", "query")]
    grades = {"a": {"b": 2}, "c": {"c": 1}}
    found = rank_all(rows, Config(), SimpleNamespace(), {}, {}, stages=["dense"], grades=grades)["dense"]
    assert [[hit.passage.source.article_id for hit in each.hits] for each in found] == [["b", "c"], ["a", "b", "c"]]
    assert [each.scores["article_rr@10"] for each in found] == [1.0, 1 / 3]
    assert trec_grades({"q 1": {"d\t1": 2}}) == "q_1 0 d_1 2\n"


def test_the_best_single_stage_is_another_for_each_figure() -> None:
    def stage(*pairs: tuple[float, float]) -> list[Ranking]:
        return [Ranking(ROWS[0], (), {"article_hit@1": one, "article_rr@10": other}) for one, other in pairs]

    found = {"bm25": stage((1, 0.2), (1, 0.2)), "dense": stage((0, 0.6), (1, 0.6)), "fused": stage((1, 0.5), (0, 1))}
    best, one = beside_best_single(found, "fused", "article_hit@1") or pytest.fail("no comparison")
    assert (best, one.gain, one.low, one.high) == ("bm25", -0.5, -1.0, 0.0)
    best, one = beside_best_single(found, "fused", "article_rr@10") or pytest.fail("no comparison")
    assert (best, one.gain) == ("dense", pytest.approx((-0.1 + 0.4) / 2))
    assert (one.low, one.high) == pytest.approx((-0.1, 0.4))
    assert beside_best_single({"fused": found["fused"]}, "fused", "article_hit@1") is None
