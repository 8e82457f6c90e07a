"""Records written by hand → figures."""

from __future__ import annotations

import pytest

from rag.eval.assess import Lost, Record
from rag.eval.compare import GATED, PAIRED
from rag.eval.figures import FIGURES, by_kind, figures, lost, reliability, seconds
from rag.eval.questions import QuestionRow


def record(kind: str, answerable: bool, stage: str = "", **scores: float) -> Record:
    row = QuestionRow("1", "?", kind, ("Ada",) if answerable else ())
    return Record(row, "test", None, "", stage, scores)


RECORDS = [
    record("who", True, right=1, f1=1, em=1, abstained=0, confidence=0.9, right_if_never_silent=1, seconds_total=0.1),
    record("who", True, Lost.WRONG_SPAN, right=0, f1=0.4, em=0, abstained=0, confidence=0.6, right_if_never_silent=0,
           seconds_total=0.3),
    record("why", True, Lost.ABSTAINED, right=0, f1=0, em=0, abstained=1, confidence=0.3, right_if_never_silent=1,
           seconds_total=0.2),
    record("none", False, right=1, f1=1, em=1, abstained=1, confidence=0.1, right_if_never_silent=0, seconds_total=0.2),
    record("none", False, Lost.ANSWERED, right=0, f1=0, em=0, abstained=0, confidence=0.7, right_if_never_silent=0,
           seconds_total=0.2),
    record("who", True, Lost.FAILED, right=0, f1=0, em=0),  # crashed: without a confidence
]  # fmt: skip


def test_every_figure_by_hand() -> None:
    found = {name: one.value for name, one in figures(RECORDS).items()}
    assert found["right"] == pytest.approx(2 / 6)
    assert found["answered_rightly"] == pytest.approx(1 / 4)
    assert found["answerable_f1"] == pytest.approx(1.4 / 4)
    assert found["refused_rightly"] == 0.5
    assert found["answerable_refused"] == pytest.approx(1 / 3)  # of those that did not crash
    assert found["abstention_precision"] == 0.5
    assert found["abstention_f1"] == pytest.approx(2 * 1 / (2 + 2))
    assert found["right_if_never_silent"] == pytest.approx(2 / 3)
    # confidence of answerable 0.9, 0.6, 0.3 against 0.1, 0.7: pairs in order 2 + 1 + 1 of 6
    assert found["auroc"] == pytest.approx(4 / 6)
    # in order of confidence 0.9 right, 0.7 not, 0.6 not, 0.3 right, 0.1 not: risks 0, 1/2, 2/3, 2/4, 3/5
    assert found["aurc"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 2 / 4 + 3 / 5) / 5)
    assert found["ece"] == pytest.approx((0.1 + 0.7 + 0.6 + 0.7 + 0.1) / 5)
    assert found["brier"] == pytest.approx((0.01 + 0.49 + 0.36 + 0.49 + 0.01) / 5)
    assert "list_recall" not in found


def test_counts_and_intervals_are_of_the_questions_that_a_figure_is_about() -> None:
    found = figures(RECORDS)
    assert (found["right"].count, found["answered_rightly"].count, found["refused_rightly"].count) == (6, 4, 2)
    assert all(one.low <= one.value <= one.high for one in found.values())


def test_kinds_stages_and_seconds() -> None:
    assert {kind: one.value for kind, one in by_kind(RECORDS).items()} == {
        "who": pytest.approx(1 / 3), "why": 0.0, "none": 0.5,
    }  # fmt: skip
    assert lost(RECORDS) == {
        Lost.FAILED: 1, Lost.NOT_RETRIEVED: 0, Lost.RANKED_BELOW: 0, Lost.WRONG_SPAN: 1, Lost.ABSTAINED: 1,
        Lost.ANSWERED: 1,
    }  # fmt: skip
    assert seconds(RECORDS) == {"total": (pytest.approx(0.2), pytest.approx(0.28))}
    assert [count for count, _, _ in reliability(RECORDS)] == [1, 1, 1, 1, 1]


def test_what_is_compared_and_gated_are_figures() -> None:
    assert set(GATED) <= set(PAIRED) <= {figure.name for figure in FIGURES}


def test_no_records_no_figures() -> None:
    assert figures([]) == {}
