"""How sure whole answers are said to be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rag.errors import ArticlesError
from rag.reading.rule import Rule
from rag.training.confidence import SIGNS, Told, fit_confidence, threshold_for, validated


def made(count: int = 400, slope: float = 0.5, base: float = -1.0) -> list[Told]:
    """Answers whose chance to be right is the logistic of base + slope × score; the other signs tell nothing."""
    random = np.random.default_rng(7)
    told = []
    for score in random.normal(2.0, 3.0, count):
        right = random.random() < 1 / (1 + math.exp(-(base + slope * score)))
        signs = {name: float(random.random() < 0.5) for name in SIGNS} | {"score": float(score)}
        told.append(Told(signs, bool(right), fault=False))
    return told


def test_the_score_is_scaled_to_what_it_means() -> None:
    rule = Rule(bias=-4.0, weights={"margin": 0.4, "retrieval": 3.0})
    fitted = fit_confidence(made(4000), rule)
    assert fitted.weights["margin"] == pytest.approx(0.2, abs=0.03)
    assert fitted.weights["retrieval"] == pytest.approx(1.5, abs=0.2)
    assert fitted.bias == pytest.approx(-1.0 + 0.5 * -4.0, abs=0.3)


def test_questions_at_fault_are_counted_and_not_fitted() -> None:
    told = made()
    faulty = [Told(dict.fromkeys(SIGNS, 5.0), right=False, fault=True)] * 18
    with_them, without = fit_confidence([*told, *faulty], Rule()), fit_confidence(told, Rule())
    assert (with_them.weights, with_them.bias) == (without.weights, without.bias)
    assert (with_them.fault, without.fault) == (0.05, 0.5)


def test_what_is_withheld_is_fitted_but_moves_no_threshold() -> None:
    told = made()
    wrong = [Told(dict.fromkeys(SIGNS, 6.0), right=False, fault=False, withheld=withheld) for withheld in (True, False)]
    held_back, said = (fit_confidence([*told, *[one] * 60], Rule()) for one in wrong)
    assert held_back.weights == said.weights
    assert held_back.threshold < said.threshold
    assert fit_confidence([Told(one.signs, one.right, False, withheld=True) for one in told], Rule()).threshold == 1.0


def test_the_threshold_is_the_least_from_which_enough_is_right() -> None:
    confidence = np.array([0.2, 0.4, 0.6, 0.8, 0.9])
    rights = np.array([False, False, True, True, True])
    assert threshold_for(confidence, rights, 0.75) == pytest.approx(0.21)
    assert threshold_for(confidence, rights, 1.0) == pytest.approx(0.41)
    assert threshold_for(confidence, ~rights & False, 0.5) == 1.0


def test_what_is_told_of_each_fold_was_fitted_on_the_others() -> None:
    good, noise = validated(made(), ("score",)), validated(made(), ("two sources",))
    assert good["questions"] == 400
    assert good["auroc"] > 0.7 > 0.6 > noise["auroc"]
    assert good["brier"] < noise["brier"]
    assert good["expected_calibration_error"] < 0.1


def test_answers_all_right_cannot_be_fitted() -> None:
    with pytest.raises(ArticlesError, match="all right or all wrong"):
        fit_confidence([Told(dict.fromkeys(SIGNS, 1.0), right=True, fault=False)] * 5, Rule())
