"""Fitting the rule, on readings written by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import pytest

from rag.eval.questions import QuestionRow
from rag.reading.rule import FEATURES, Rule
from rag.training.decision import Trial, best_threshold, fit_rule, make_trials, outcomes, question_trials, report
from rag.training.rows import Row
from rag.types import Hit, Reading, Span
from tests.conftest import make_passage


def reading(margin: float | None, text: str = "red", question: str = "What colour was it?") -> Reading:
    """A reading of one passage with one span; None: no span at all."""
    passage = make_passage(f"It was {text} then.", "story")
    hit = Hit(passage, 0.5, 1, "fused")
    start = passage.text.index(text)
    spans = () if margin is None else (Span(hit, start, start + len(text), margin, 0.0),)
    return Reading(question, (hit,), spans, 0.0)


def two_passages(*candidates: tuple[str, float, float]) -> Reading:
    """A reading of one passage for each (text, margin, retrieval score)."""
    spans = []
    for text, margin, score in candidates:
        passage = make_passage(f"It was {text} then.", text)
        hit = Hit(passage, score, 1, "fused")
        spans.append(Span(hit, 7, 7 + len(text), margin, 0.0))
    spans.sort(key=lambda span: -span.margin)
    return Reading("What colour was it?", tuple(span.hit for span in spans), tuple(spans), 0.0)


def trial(margin: float | None, answers: tuple[str, ...] = (), text: str = "red") -> Trial:
    return Trial(reading(margin, text), answers, 0)


def confidence(margin: float) -> float:
    return Rule().confidence({"margin": margin})


def test_outcomes_are_confidence_right_and_answerable() -> None:
    trials = [trial(2.0, ("red",)), trial(-1.0, ("dark red",)), trial(1.0), trial(None, ("red",)), trial(None)]
    expected = [[confidence(2), 1.0, 1], [confidence(-1), 2 / 3 >= 0.5, 1], [confidence(1), 0, 0], [0, 0, 1], [0, 0, 0]]
    np.testing.assert_allclose(outcomes(trials, Rule()), expected)


def test_the_threshold_balances_right_answers_and_right_silence() -> None:
    rule = Rule()
    trials = [trial(2.0, ("red",)), trial(1.0, ("red",)), trial(0.5), trial(-2.0)]
    # best: both answerable ones answered, both others refused; the first hundredth above confidence(0.5) = 0.6225
    assert best_threshold([trials], rule) == pytest.approx(0.63)
    assert confidence(0.5) < 0.63 < confidence(1.0)


def test_a_wrong_answer_is_worth_as_little_as_silence() -> None:
    trials = [trial(3.0, ("red",)), trial(-3.0, ("blue",)), trial(1.0)]
    # (1/2 right + 1/1 refused) / 2 is the best there is, whether the wrong one is answered or not
    assert confidence(1.0) < best_threshold([trials], Rule()) <= confidence(3.0)


def test_the_report_is_shares_by_hand() -> None:
    trials = [trial(3.0, ("red",)), trial(2.0, ("blue",)), trial(-1.0, ("red",)), trial(1.0), trial(-2.0)]
    found = report(trials, Rule())
    gaps = {
        9: abs(confidence(3.0) - 1),  # 0.95: right
        8: abs(confidence(2.0) - 0),  # 0.88: wrong
        7: abs(confidence(1.0) - 0),  # 0.73: unanswerable
        2: abs(confidence(-1.0) - 1),  # 0.27: right
        1: abs(confidence(-2.0) - 0),  # 0.12: unanswerable
    }
    assert found == pytest.approx(
        {
            "questions": 5,
            "answerable": 3 / 5,
            "right_if_never_silent": 2 / 3,
            "answered_rightly": 1 / 3,
            "answerable_refused": 1 / 3,
            "unanswerable_refused": 1 / 2,
            "auroc": (2 + 2 + 1) / (3 * 2),  # pairs in which the answerable one is surer
            "expected_calibration_error": sum(gaps.values()) / 5,
            "threshold": 0.5,
        }
    )


def test_fitting_learns_that_a_larger_margin_is_better() -> None:
    trials = [trial(m / 4, ("red",)) for m in range(1, 25)] + [trial(-m / 4) for m in range(1, 25)]
    rule = fit_rule([trials], (0.0,))
    assert rule.weights == {"margin": rule.weights["margin"], "retrieval": 0.0}
    assert rule.weights["margin"] > 0.5

    def sure(margin: float) -> float:
        return rule.confidence({"margin": margin, "retrieval": 1.0})

    assert sure(4.0) > 0.9 > 0.1 > sure(-4.0)
    assert sure(-0.25) < rule.threshold <= sure(0.25)


def test_the_least_retrieval_weight_that_orders_best_is_taken() -> None:
    def trial_of(right: tuple[float, float], wrong: tuple[float, float]) -> Trial:
        return Trial(two_passages(("red", *right), ("blue", *wrong)), ("red",), 0)

    # margin + w * retrieval: the right one leads from w > 1 in the first, from w > 2.5 in the second
    trials = [trial_of((0.0, 1.0), (1.0, 0.0)), trial_of((0.0, 1.0), (2.5, 0.0)), Trial(reading(-9.0), (), 1)]
    rule = fit_rule([trials], (0.0, 1.5, 3.0, 6.0))
    assert rule.weights["retrieval"] == pytest.approx(3.0 * rule.weights["margin"], abs=1e-3)


def test_the_confidence_of_the_first_candidates_is_their_share_of_right_ones() -> None:
    random = np.random.default_rng(0)
    trials = [trial(float(m) + (2 if right else 0), ("red",) if right else ()) for m, right in
              zip(random.normal(size=200), random.random(200) < 0.5, strict=True)]  # fmt: skip
    rule = fit_rule([trials])
    assert tuple(rule.weights) == FEATURES
    assert rule == fit_rule([trials])
    # at the optimum the mean confidence is the share of right answers (the bias is not shrunk)
    margins = [t.reading.spans[0].margin for t in trials]
    features = {"retrieval": 1.0}  # each trial read one passage
    mean = np.mean([rule.confidence({**features, "margin": m}) for m in margins])
    assert mean == pytest.approx(np.mean([bool(t.answers) for t in trials]), abs=1e-3)


def test_two_kinds_of_trial_weigh_the_same() -> None:
    few = [trial(1.0, ("red",)), trial(-1.0)]
    many = [trial(1.0), trial(-1.0, ("red",))] * 50  # the other way round
    rule = fit_rule([few, many], (0.0,))
    assert rule.weights["margin"] == pytest.approx(0.0, abs=1e-3)
    assert rule.bias == pytest.approx(0.0, abs=1e-3)
    assert fit_rule([few + many], (0.0,)).weights["margin"] < -1.0


def test_the_threshold_is_best_over_the_kinds_not_over_all_trials() -> None:
    few = [trial(2.0, ("red",)), trial(1.0)]  # best between 0.73 and 0.88
    many = [trial(0.0, ("red",)), trial(-1.0)] * 50  # best between 0.27 and 0.5
    # few alone gains 1/2 above 0.73, many alone 1/2 below 0.5: equal, so the lower one comes first
    assert best_threshold([few, many], Rule()) == pytest.approx(0.27)
    assert best_threshold([few, few, many], Rule()) == pytest.approx(0.74)


def test_hand_written_questions_are_asked_once_and_halves_alternate() -> None:
    rows = [QuestionRow("1", "Who?", "fact", ("red", "dark red")), QuestionRow("2", "Why?", "fact", ())]
    trials = question_trials(rows, lambda question: reading(1.0, question=question))
    assert [(t.reading.question, t.answers, t.half) for t in trials] == [
        ("Who?", ("red", "dark red"), 0),
        ("Why?", (), 1),
    ]


class Letters:
    """An embedder that counts letters."""

    name, dim, max_tokens = "letters", 26, 256

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+", text))

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> np.ndarray:
        counts = np.array([text.lower().count(chr(97 + n)) for n in range(26)], np.float32) + 1e-3
        return counts / np.linalg.norm(counts)


class Notes:
    """A reader that finds nothing; what it was given stands in the Reading."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        return Reading(question, tuple(hits), (), float("inf"))


CONTEXTS = [
    "The flight to Bogota carried 43 migrants.",
    "A treaty was signed in Oslo by the minister.",
    "Also in the news: 43 seats were won in Oslo.",
    "Stocks fell in Paris.",
]
ROWS = [
    Row("1", CONTEXTS[0], "How many migrants were on the flight?", ("43",)),
    Row("2", CONTEXTS[1], "Where was the treaty signed?", ("Oslo",)),
    Row("3", CONTEXTS[1], "Who won the flight?", ()),
    Row("4", CONTEXTS[2], "Seats?", ("43 seats",)),
    Row("5", CONTEXTS[3], "What fell?", ("Stocks",)),
]


def trials_of(rows: Sequence[Row], passages: int = 3) -> tuple[list[Trial], list[int]]:
    progress: list[int] = []
    made = make_trials(
        rows, Letters(), Notes(), tokens=64, passages=passages, on_done=lambda *done: progress.append(done[0])
    )
    return made, progress


def test_an_answerable_question_is_asked_twice_and_another_once() -> None:
    trials, progress = trials_of(ROWS)
    assert [t.answers for t in trials] == [("43",), (), ("Oslo",), (), (), ("43 seats",), (), ("Stocks",), ()]
    assert [t.reading.question for t in trials[:2]] == [ROWS[0].question] * 2
    assert progress == [1, 2, 3, 4, 5]


def test_the_second_asking_sees_neither_the_own_context_nor_one_that_says_the_answer() -> None:
    trials, _ = trials_of(ROWS)
    texts = [[hit.passage.text for hit in t.reading.hits] for t in trials]
    assert texts[0][0] == CONTEXTS[0]
    assert sorted(texts[1]) == sorted([CONTEXTS[1], CONTEXTS[3]])  # context 2 says 43
    assert sorted(texts[3]) == sorted([CONTEXTS[0], CONTEXTS[3]])  # context 2 says Oslo
    assert CONTEXTS[0] in texts[6]  # "43" is not "43 seats"
    assert all(len(found) <= 3 for found in texts)


def test_halves_go_by_context() -> None:
    trials, _ = trials_of(ROWS)
    halves = [int(hashlib.sha256(context.encode()).hexdigest(), 16) % 2 for context in CONTEXTS]
    assert [t.half for t in trials] == [halves[0]] * 2 + [halves[1]] * 3 + [halves[2]] * 2 + [halves[3]] * 2
