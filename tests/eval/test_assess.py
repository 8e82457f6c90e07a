"""Traces written by hand → scores, and the stage that lost a wrong answer."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from rag.eval.assess import Lost, assess
from rag.eval.harness import Ceiling, Trace
from rag.eval.questions import Evidence, QuestionRow
from rag.reading.decide import decide
from rag.reading.rule import Rule
from rag.types import Hit, Passage, Reading, Span
from tests.conftest import make_passage

TEXTS = {"a": "Ada won the race. Bo came second.", "b": "It rained on Sunday.", "c": "Ada Quill won, said the club."}
A, B, C = (make_passage(text, name) for name, text in TEXTS.items())
ROW = QuestionRow(
    "1",
    "Who won?",
    "who",
    ("Ada", "Ada Quill"),
    evidence=(Evidence("a", "Ada won the race."), Evidence("c", "Ada Quill won")),
)
UNANSWERABLE = QuestionRow("2", "Who lost?", "unanswerable")


def hit(passage: Passage, rank: int) -> Hit:
    return Hit(passage, 1 / rank, rank, "fused")


def trace(row: QuestionRow, read: list[Passage], said: str, margin: float, deep: list[Passage] | None = None) -> Trace:
    """A question of which `said` was the best span, read in the first passage that holds it."""
    hits = tuple(hit(passage, rank) for rank, passage in enumerate(read, start=1))
    home = next(one for one in hits if said in one.passage.text)
    start = home.passage.text.index(said)
    reading = Reading(row.question, hits, (Span(home, start, start + len(said), margin - 2, -2.0),), -2.0)
    rule = Rule(threshold=0.5)
    retrieved = tuple(hit(passage, rank) for rank, passage in enumerate(deep or read, start=1))
    return Trace(row, decide(reading, rule), decide(reading, replace(rule, threshold=0.0)), reading, retrieved)


def test_a_right_answer_by_hand() -> None:
    found = assess(trace(ROW, [B, A, C], "Ada", 3.0), TEXTS, split="test", held=2)
    assert (found.lost, found.split) == ("", "test")
    scores = found.scores
    assert (scores["right"], scores["em"], scores["abstained"], scores["verbatim"]) == (1.0, 1.0, 0.0, 1.0)
    assert scores["confidence"] == pytest.approx(0.9526, abs=1e-4)  # 1 / (1 + e^-3)
    assert (scores["citation_precision"], scores["citation_recall"]) == (1.0, 0.5)  # c is not cited
    assert (scores["passage_hit@1"], scores["passage_hit@5"], scores["passage_rr@10"]) == (0.0, 1.0, 0.5)
    assert (scores["article_hit@1"], scores["article_rr@10"], scores["evidence_recall@10"]) == (0.0, 0.5, 1.0)
    gain, best = 1 / math.log2(3) + 1 / math.log2(4), 1 / math.log2(2) + 1 / math.log2(3)
    assert scores["passage_ndcg@10"] == pytest.approx(gain / best)
    assert [flag for _, flag in found.hits] == [False, True, True]


def test_each_wrong_answer_is_lost_at_one_stage() -> None:
    def lost(one: Trace) -> str:
        return assess(one, TEXTS, split="all").lost

    assert lost(trace(ROW, [B], "Sunday", 3.0)) == Lost.NOT_RETRIEVED
    assert lost(trace(ROW, [B], "Sunday", 3.0, deep=[B, A])) == Lost.RANKED_BELOW
    assert lost(trace(ROW, [B, A], "Bo", 3.0)) == Lost.WRONG_SPAN
    assert lost(trace(ROW, [B, A], "Bo", -3.0)) == Lost.WRONG_SPAN  # silent, and wrong had it spoken
    assert lost(trace(ROW, [B, A], "Ada", -3.0)) == Lost.ABSTAINED
    assert lost(trace(UNANSWERABLE, [A], "Bo", 3.0)) == Lost.ANSWERED
    assert lost(trace(UNANSWERABLE, [A], "Bo", -3.0)) == ""
    assert lost(Trace(ROW, error="it broke")) == Lost.FAILED
    assert lost(Trace(UNANSWERABLE, error="it broke")) == Lost.FAILED


def test_without_evidence_a_wrong_answer_is_not_blamed_on_retrieval() -> None:
    bare = replace(ROW, evidence=())
    assert assess(trace(bare, [B], "Sunday", 3.0), TEXTS, split="all").lost == Lost.WRONG_SPAN
    assert assess(trace(bare, [A], "Ada", -3.0), TEXTS, split="all").lost == Lost.ABSTAINED


def test_a_question_that_failed_scores_nothing_and_counts() -> None:
    found = assess(Trace(ROW, error="it broke"), TEXTS, split="all")
    assert found.scores["right"] == 0.0
    assert found.scores["passage_hit@10"] == 0.0
    assert "confidence" not in found.scores
    assert found.to_json()["error"] == "it broke"


def test_what_would_have_been_right_without_silence() -> None:
    silent = assess(trace(ROW, [A], "Ada", -3.0), TEXTS, split="all").scores
    assert (silent["right"], silent["right_if_never_silent"], silent["abstained"]) == (0.0, 1.0, 1.0)
    asked = assess(trace(UNANSWERABLE, [A], "Ada", -3.0), TEXTS, split="all").scores
    assert (asked["right"], asked["right_if_never_silent"]) == (1.0, 0.0)
    assert "passage_hit@1" not in asked


def test_a_quote_that_is_not_in_its_article_is_seen() -> None:
    found = assess(trace(ROW, [A], "Ada", 3.0), {**TEXTS, "a": "Ada lost the race. Bo came second."}, split="all")
    assert found.scores["verbatim"] == 0.0


def test_ceilings() -> None:
    right = trace(ROW, [A], "Ada", -3.0).unforced
    best = Ceiling(right, (hit(B, 1), hit(A, 2)))
    scores = assess(trace(ROW, [B], "Sunday", 3.0), TEXTS, split="all", best=best).scores
    assert (scores["ceiling_right"], scores["ceiling_hit@5"]) == (1.0, 1.0)
    scores = assess(trace(ROW, [B], "Sunday", 3.0), TEXTS, split="all", best=Ceiling(None, ())).scores
    assert (scores["ceiling_right"], scores["ceiling_hit@5"]) == (0.0, 0.0)


def test_a_record_is_plain_json() -> None:
    found = json.loads(json.dumps(assess(trace(ROW, [B, A], "Ada", 3.0), TEXTS, split="tune").to_json()))
    assert (found["id"], found["split"], found["accepted"]) == ("1", "tune", ["Ada", "Ada Quill"])
    assert found["passages"][1] == {
        "passage_id": "a#0", "article_id": "a", "title": "A headline", "text": TEXTS["a"], "score": 0.5, "rank": 2,
        "evidence": True, "span": "Ada", "margin": 3.0,
    }  # fmt: skip
    assert found["passages"][0]["span"] == ""
