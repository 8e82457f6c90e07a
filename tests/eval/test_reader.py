"""The reader alone: predictions, and every figure by hand, by brute force or by the official algorithm restated."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.eval.confidence import auroc
from rag.eval.reader import Prediction, best_threshold, evaluate, predict
from rag.eval.rows import Row
from rag.reading.extractive import ExtractiveReader
from rag.types import Hit, Reading, Span
from tests.eval.test_metrics import WORDS, second_em, second_f1


def prediction(margin: float, f1: float = 0.0, *, answerable: bool = True, half: int = 0) -> Prediction:
    return Prediction("q", "x" if f1 or answerable else "y", margin, answerable, float(f1 == 1.0), f1, half)


def missing(margin: float, half: int = 0) -> Prediction:
    """A row without an answer: whatever is given for it is wrong."""
    return prediction(margin, answerable=False, half=half)


class Marks:
    """A reader that marks the context up to its "|", with a margin that is told; no mark where none is told."""

    def __init__(self, margins: Sequence[float | None]) -> None:
        self._margins = iter(margins)

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        (hit,), margin = hits, next(self._margins)
        text = hit.passage.text
        spans = [] if margin is None else [Span(hit, 0, text.index("|"), margin - 3.0, -3.0)]
        spans += [Span(hit, 0, 1, margin - 4.0, -3.0)] if margin is not None else []
        return Reading(question, tuple(hits), tuple(spans), -3.0)


def test_predictions_by_hand() -> None:
    rows = [
        Row("1", "black cat| sat", "Who?", ("a Black Cat!", "dog")),
        Row("2", "black cat| sat", "Where?", ()),
        Row("3", "the| sat", "Who?", ("cat",)),
        Row("4", "big black cat| sat", "Who?", ("black cat",)),
    ]
    halves = [hashlib.sha256(row.context.encode()).digest()[0] % 2 for row in rows]
    assert halves[0] == halves[1]
    assert list(predict(rows, Marks([1.5, -2.0, None, 0.25]))) == [
        Prediction("1", "black cat", 1.5, True, 1.0, 1.0, halves[0]),
        Prediction("2", "black cat", -2.0, False, 0.0, 0.0, halves[1]),
        Prediction("3", "", float("-inf"), True, 0.0, 0.0, halves[2]),
        Prediction("4", "big black cat", 0.25, True, 0.0, pytest.approx(2 * (2 / 3) / (2 / 3 + 1)), halves[3]),
    ]


def test_halves_are_of_about_the_same_size() -> None:
    rows = [Row(str(n), f"cat| {n}", "Who?", ("cat",)) for n in range(400)]
    assert 160 <= sum(p.half for p in predict(rows, Marks([1.0] * 400))) <= 240  # 200 ± 4 * sqrt(400 / 4)


def test_a_real_reader_reads_the_context_of_each_row(reader: ExtractiveReader) -> None:
    flight = "The flight carried 43 migrants to Bogota."
    rows = [Row("1", flight, "How many migrants were on the flight?", ("43",)), Row("2", "", "Who?", ())]
    read, nothing = predict(rows, reader)
    assert (read.answer, read.em, read.f1) == ("43", 1.0, 1.0)
    assert nothing == Prediction("2", "", float("-inf"), False, 1.0, 1.0, nothing.half)


HALVES = [
    [prediction(2.0, 1.0), prediction(1.0, 0.5), missing(-1.0)],
    [prediction(3.0, 1.0, half=1), missing(2.5, 1), prediction(-0.5, 0.8, half=1), missing(-2.0, 1)],
]


def test_the_figures_by_hand() -> None:
    found = evaluate([*HALVES[0], *HALVES[1]])
    assert {name: value for name, value in found.items() if name != "ece"} == pytest.approx(
        {
            "rows": 7,
            # answered at a margin above 0: 2.0, 1.0, 3.0 and, wrongly, 2.5; silent: -1.0 and -2.0 rightly, -0.5
            "em": 100 * (1 + 0 + 1 + 1 + 0 + 0 + 1) / 7,
            "f1": 100 * (1 + 0.5 + 1 + 1 + 0 + 0 + 1) / 7,
            "has_em": 100 * 2 / 4,
            "has_f1": 100 * (1 + 0.5 + 1 + 0.8) / 4,
            "no_em": 100 * 2 / 3,
            # by margin: 3.0 gains 1, 2.5 loses 1, 2.0 gains 1, 1.0 gains 0.5, -0.5 gains 0.8, -1.0 and -2.0 lose
            "best_f1": 100 * (3 + 1 - 1 + 1 + 0.5 + 0.8) / 7,
            "best_threshold": (-0.5 + -1.0) / 2,
            # half 0 is best answered above (1 - 1) / 2 = 0, half 1 above (3 + 2.5) / 2 = 2.75, each used on the other
            "fair_f1": 100 * ((0 + 0 + 1) + (1 + 0 + 0 + 1)) / 7,
            # pairs in which the answerable one has the larger margin: 3.0: 3, 2.0: 2, 1.0: 2, -0.5: 2
            "auroc": (3 + 2 + 2 + 2) / (4 * 3),
        }
    )


def test_what_has_no_row_of_its_kind_is_left_out() -> None:
    answerable = evaluate([prediction(2.0, 1.0), prediction(-1.0, 0.5)])
    assert answerable == {"rows": 2, "em": 50, "f1": 50, "has_em": 50, "has_f1": 75}
    silent = evaluate([missing(2.0), missing(-1.0)])
    assert silent == {"rows": 2, "em": 50, "f1": 50, "no_em": 50, "best_f1": 100, "best_threshold": float("inf")}
    assert evaluate([]) == {"rows": 0, "em": 0, "f1": 0}


def test_a_margin_of_exactly_0_is_silence() -> None:
    assert evaluate([prediction(0.0, 1.0), missing(0.0)]) == pytest.approx(
        {"rows": 2, "em": 50, "f1": 50, "has_em": 100, "has_f1": 100, "no_em": 100, "best_f1": 50,
         "best_threshold": float("inf"), "auroc": 0.5}
    )  # fmt: skip


# margins as a bf16 reader gives them, often equal; no span at all is -inf
MARGINS = st.integers(-6, 6).map(lambda n: n / 4) | st.just(float("-inf"))
SCORES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
PREDICTIONS = st.lists(
    st.builds(prediction, MARGINS, SCORES, half=st.integers(0, 1)) | st.builds(missing, MARGINS, st.integers(0, 1)),
    min_size=1,
    max_size=14,
).map(lambda found: [replace(p, f1=0.0, em=0.0) if p.margin == float("-inf") and p.answerable else p for p in found])


def f1_at(predictions: Sequence[Prediction], threshold: float) -> float:
    return sum(p.f1 if p.margin > threshold else float(not p.answerable) for p in predictions) / len(predictions)


@settings(max_examples=400, deadline=None)
@given(PREDICTIONS)
def test_the_best_threshold_is_as_good_as_any_and_the_highest_of_equals(predictions: list[Prediction]) -> None:
    best = best_threshold(predictions)
    tried = [*(n / 8 for n in range(-30, 30)), float("inf")]
    assert f1_at(predictions, best) == max(f1_at(predictions, threshold) for threshold in tried)
    stricter = [t for t in tried if any(best < p.margin <= t for p in predictions)]  # silent on more
    assert all(f1_at(predictions, threshold) < f1_at(predictions, best) for threshold in stricter)


@settings(max_examples=200, deadline=None)
@given(PREDICTIONS)
def test_auroc_is_the_share_of_pairs_in_order(predictions: list[Prediction]) -> None:
    yes = [p.margin for p in predictions if p.answerable]
    no = [p.margin for p in predictions if not p.answerable]
    pairs = [(a > b) + 0.5 * (a == b) for a in yes for b in no]
    found = auroc([p.margin for p in predictions], [p.answerable for p in predictions])
    assert found == pytest.approx(sum(pairs) / len(pairs)) if pairs else np.isnan(found)


def judged(margin: float, right: int, wrong: int, half: int) -> list[Prediction]:
    return [prediction(margin, 0.5, half=half)] * right + [prediction(margin, 0.49, half=half)] * wrong


def test_the_confidence_of_one_half_is_fitted_on_the_other() -> None:
    one = [*judged(1.0, 3, 1, 0), *judged(-1.0, 1, 3, 0)]
    other = [*judged(1.0, 2, 1, 1), *judged(-1.0, 1, 2, 1)]
    # two margins, two parameters: the fit is the shares, 3/4 and 1/4 or 2/3 and 1/3, each off by 1/12 on the other half
    assert evaluate([*one, *other])["ece"] == pytest.approx(1 / 12, abs=1e-3)
    assert evaluate([*one, *(replace(p, half=1) for p in one)])["ece"] == pytest.approx(0, abs=1e-3)
    wrong_way = [replace(p, margin=-p.margin, half=1) for p in one]
    assert evaluate([*one, *wrong_way])["ece"] == pytest.approx(1 / 2, abs=1e-3)


def test_where_a_half_has_no_right_answer_there_is_no_confidence_to_judge() -> None:
    one = judged(1.0, 3, 1, 0)
    assert "ece" in evaluate([*one, *(replace(p, half=1) for p in one)])
    # the same rows, now unanswerable: a right answer to them is none
    assert "ece" not in evaluate([*one, *(replace(p, half=1, answerable=False) for p in one)])


# The official algorithm, restated: raw scores of what is said, and a walk down the margins.


def official(rows: Sequence[Row], said: Sequence[str], margins: Sequence[float]) -> dict[str, float]:
    """evaluate-v2.0.py: every row's best score over its golds, and the best sum met on the way down the margins."""

    def raw(text: str, row: Row, score) -> float:
        return max(score(text, gold) for gold in row.answers or [""])

    decided = [text if margin > 0 else "" for text, margin in zip(said, margins, strict=True)]
    found = {
        name: 100 * sum(raw(text, row, score) for text, row in zip(decided, rows, strict=True)) / len(rows)
        for name, score in (("em", second_em), ("f1", second_f1))
    }
    held = best = sum(not row.answers for row in rows)
    for i in sorted(range(len(rows)), key=lambda i: -margins[i]):
        held += raw(said[i], rows[i], second_f1) if rows[i].answers else -1
        best = max(best, held)
    return {**found, "best_f1": 100 * best / len(rows)}


TOLD = WORDS.filter(lambda text: second_f1(text, "") == 0)  # the script is of two minds about an answer like "the"
CASES = st.lists(st.tuples(TOLD, st.lists(TOLD, max_size=3), st.integers(-400, 400)), min_size=1, max_size=12,
                 unique_by=lambda case: case[2])  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(CASES)
def test_the_figures_equal_the_official_algorithm(cases: list[tuple[str, list[str], int]]) -> None:
    rows = [Row(str(n), f"{said}| {n}", "Who?", tuple(golds)) for n, (said, golds, _) in enumerate(cases)]
    margins = [margin / 100 for _, _, margin in cases]
    found = evaluate([replace(p, half=0) for p in predict(rows, Marks(margins))])  # one half: no slow fits
    wanted = official(rows, [said for said, _, _ in cases], margins)
    for name in ("em", "f1", *(["best_f1"] if "best_f1" in found else [])):
        assert found[name] == pytest.approx(wanted[name]), name
