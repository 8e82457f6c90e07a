"""Fitting the rule, on trials written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rag.errors import ArticlesError
from rag.reading.rule import FEATURES, Rule
from rag.training.decision import (
    SLACK,
    best_threshold,
    ceiling_of,
    decided_rightly,
    fit_rule,
    outcomes,
    report,
)
from rag.training.trials import Trial
from rag.types import Hit, Passage, Reading, Source, Span


def trial(margin: float | None, right: bool = False, answerable: bool = False, about: str = "story") -> Trial:
    """A question with one candidate; None: without any."""
    found = () if margin is None else (({"margin": margin, "retrieval": 1.0}, right),)
    return Trial(found, right or answerable, about)


def confidence(margin: float) -> float:
    return Rule().confidence({"margin": margin})


def test_outcomes_are_confidence_right_and_answerable() -> None:
    trials = [trial(2.0, True), trial(-1.0, answerable=True), trial(1.0), trial(None, answerable=True), trial(None)]
    expected = [[confidence(2), 1, 1], [confidence(-1), 0, 1], [confidence(1), 0, 0], [0, 0, 1], [0, 0, 0]]
    np.testing.assert_allclose(outcomes(trials, Rule()), expected, atol=1e-12)


def test_the_first_candidate_is_the_one_that_the_rule_prefers() -> None:
    two = Trial((({"margin": 2.0, "retrieval": 0.0}, False), ({"margin": 1.0, "retrieval": 1.0}, True)), True, "a")
    assert outcomes([two], Rule())[0, 1] == 0
    assert outcomes([two], Rule(weights={"margin": 1.0, "retrieval": 1.5}))[0, 1] == 1


def test_the_threshold_balances_right_answers_and_right_silence() -> None:
    rule = Rule()
    trials = [trial(2.0, True), trial(1.0, True), trial(0.5), trial(-2.0)]
    # best: both answerable ones answered, both others refused; the first hundredth above confidence(0.5) = 0.6225
    assert best_threshold([trials], rule) == pytest.approx(0.63)
    assert confidence(0.5) < 0.63 < confidence(1.0)


def test_a_wrong_answer_is_worth_as_little_as_silence() -> None:
    trials = [trial(3.0, True), trial(-3.0, answerable=True), trial(1.0)]
    # (1/2 right + 1/1 refused) / 2 is the best there is, whether the wrong one is answered or not
    assert confidence(1.0) < best_threshold([trials], Rule()) <= confidence(3.0)


def test_the_report_is_shares_by_hand() -> None:
    trials = [trial(3.0, True), trial(2.0, answerable=True), trial(-1.0, True), trial(1.0), trial(-2.0)]
    gaps = [
        abs(confidence(3.0) - 1),  # each in a bin of its own: 0.95, right
        abs(confidence(2.0) - 0),  # 0.88: wrong
        abs(confidence(1.0) - 0),  # 0.73: unanswerable
        abs(confidence(-1.0) - 1),  # 0.27: right
        abs(confidence(-2.0) - 0),  # 0.12: unanswerable
    ]
    assert report(trials, Rule()) == pytest.approx(
        {
            "questions": 5,
            "answerable": 3 / 5,
            "right_if_never_silent": 2 / 3,
            "answered_rightly": 1 / 3,
            "answerable_refused": 1 / 3,
            "unanswerable_refused": 1 / 2,
            "auroc": (2 + 2 + 1) / (3 * 2),  # pairs in which the answerable one is surer
            "expected_calibration_error": sum(gaps) / 5,
            "threshold": 0.5,
        }
    )


def test_fitting_learns_that_a_larger_margin_is_better() -> None:
    trials = [trial(m / 4, True) for m in range(1, 25)] + [trial(-m / 4) for m in range(1, 25)]
    rule = fit_rule([trials], ("margin",))
    assert list(rule.weights) == ["margin"]
    assert rule.weights["margin"] > 0.5
    assert rule.confidence({"margin": 4.0}) > 0.9 > 0.1 > rule.confidence({"margin": -4.0})
    assert rule.confidence({"margin": -0.25}) < rule.threshold <= rule.confidence({"margin": 0.25})


def test_a_feature_that_tells_right_from_wrong_counts_and_another_does_not() -> None:
    rng = np.random.default_rng(0)

    def drawn() -> Trial:
        noise = rng.normal(size=4)
        right = {"margin": float(noise[0]), "retrieval": float(2.0 + noise[1])}
        wrong = {"margin": float(noise[2]), "retrieval": float(noise[3])}
        found = sorted([(right, True), (wrong, False)], key=lambda one: -one[0]["margin"])
        return Trial(tuple(found), True, str(noise))

    trials = [drawn() for _ in range(300)]
    rule = fit_rule([trials], ("margin", "retrieval"))
    assert rule.weights["retrieval"] > 4 * abs(rule.weights["margin"])
    told = decided_rightly(trials, Rule(weights=rule.weights, threshold=0.0)).mean()
    assert told > 0.85 > decided_rightly(trials, Rule(threshold=0.0)).mean()


def test_a_feature_of_the_question_says_how_sure_to_be_and_is_fitted_on_unanswerable_ones_too() -> None:
    def drawn(margin: float, polar: float, right: bool, answerable: bool) -> Trial:
        first = {"margin": margin, "retrieval": 1.0, "polar": polar}
        return Trial(((first, right), ({**first, "margin": margin - 5}, False)), answerable, f"{margin}")

    low, high = (
        [drawn(m / 10 + shift, polar, True, True) for m in range(20)]
        + [drawn(m / 10 + shift - 2.5, polar, False, False) for m in range(20)]
        for polar, shift in ((1.0, -4.0), (0.0, 0.0))  # a yes/no question has a margin that is 4 lower all along
    )
    rule = fit_rule([[*low, *high]], FEATURES)
    assert rule.weights["polar"] == pytest.approx(4 * rule.weights["margin"], rel=0.1)
    assert decided_rightly([*low, *high], rule).mean() > 0.85 > decided_rightly([*low, *high], fit_rule(
        [[*low, *high]], FEATURES[:2])).mean()  # fmt: skip


def test_the_confidence_of_the_first_candidates_is_their_share_of_right_ones() -> None:
    random = np.random.default_rng(0)
    trials = [trial(float(m) + (2 if right else 0), bool(right)) for m, right in
              zip(random.normal(size=200), random.random(200) < 0.5, strict=True)]  # fmt: skip
    rule = fit_rule([trials], ("margin",))
    assert rule == fit_rule([trials], ("margin",))
    # at the optimum the mean confidence is the share of right answers (the bias is not shrunk)
    table = outcomes(trials, rule)
    assert table[:, 0].mean() == pytest.approx(table[:, 1].mean(), abs=1e-3)


def test_two_kinds_of_trial_weigh_the_same() -> None:
    few = [trial(1.0, True), trial(-1.0)]
    many = [trial(1.0), trial(-1.0, True)] * 50  # the other way round
    rule = fit_rule([few, many], ("margin",))
    assert rule.weights["margin"] == pytest.approx(0.0, abs=1e-3)
    assert rule.bias == pytest.approx(0.0, abs=1e-3)
    assert fit_rule([few + many], ("margin",)).weights["margin"] < -1.0


def test_questions_of_one_kind_only_can_be_judged() -> None:
    answerable = [trial(2.0, True), trial(-2.0, answerable=True)]
    assert best_threshold([answerable], Rule()) == pytest.approx(0.02)
    found = report(answerable, Rule())
    assert found["answered_rightly"] == 0.5
    assert np.isnan([found["unanswerable_refused"], found["auroc"]]).all()


def test_the_threshold_is_best_over_the_kinds_not_over_all_trials() -> None:
    few = [trial(2.0, True), trial(1.0)]  # best between 0.73 and 0.88
    many = [trial(0.0, True), trial(-1.0)] * 50  # best between 0.27 and 0.5
    # few alone gains 1/2 above 0.73, many alone 1/2 below 0.5: equal, so the lower one comes first
    assert best_threshold([few, many], Rule()) == pytest.approx(0.27)
    assert best_threshold([few, few, many], Rule()) == pytest.approx(0.74)


def test_decided_rightly_is_answered_rightly_or_refused_rightly_and_a_text_counts_once() -> None:
    one = [trial(3.0, True, about="b"), trial(-3.0, True, about="b")]
    other = [trial(3.0, answerable=True, about="a"), trial(3.0, about="a"), trial(-3.0, about="a"),
             trial(None, about="a")]  # fmt: skip
    np.testing.assert_array_equal(decided_rightly([*one, *other], Rule()), [0.5, 0.5])
    np.testing.assert_array_equal(decided_rightly([one[0], one[0], other[0]], Rule()), [0, 1])


def test_a_ceiling_lies_above_all_that_was_read() -> None:
    passages = [Passage(f"p{i}", Source("a", "", None, None, "a.txt"), "Rubio", 0, 5) for i in range(3)]
    hits = tuple(Hit(one, 1.0 - 0.5 * i, i + 1, "fused") for i, one in enumerate(passages))
    spans = tuple(Span(one, 0, 5, margin, 0.0) for one, margin in zip(hits, (12.0, 10.0, 6.0), strict=True))
    base, slope = ceiling_of([Reading("Who?", hits, spans, 0.0)])
    heights = [base + slope * near for near in (1.0, 0.5, 0.0)]
    above = [height - span.margin for height, span in zip(heights, spans, strict=True)]
    assert min(above) == pytest.approx(SLACK, abs=0.02)
    assert sum(above) < 6
    with pytest.raises(ArticlesError, match="nothing was read"):
        ceiling_of([])
