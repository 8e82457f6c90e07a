"""How sure whole answers are said to be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rag.errors import ArticlesError
from rag.reading.rule import Rule
from rag.training.confidence import SIGNS, Told, fit_confidence, measure, validated


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


def test_an_answer_is_told_where_it_is_likelier_right_than_wrong() -> None:
    rule = fit_confidence(made(), Rule(threshold=0.9))
    assert rule.passes({"margin": -rule.bias / rule.weights["margin"] + 0.01})
    assert not rule.passes({"margin": -rule.bias / rule.weights["margin"] - 0.01})


def test_what_is_told_of_each_fold_was_fitted_on_the_others() -> None:
    good, noise = validated(made(), ("score",)), validated(made(), ("two sources",))
    assert good["questions"] == 400
    assert good["auroc"] > 0.7 > 0.6 > noise["auroc"]
    assert good["brier"] < noise["brier"]
    assert good["expected_calibration_error"] < 0.1


def test_answers_all_right_cannot_be_fitted() -> None:
    with pytest.raises(ArticlesError, match="all right or all wrong"):
        fit_confidence([Told(dict.fromkeys(SIGNS, 1.0), right=True, fault=False)] * 5, Rule())


def test_each_word_is_measured_on_what_was_not_fitted() -> None:
    told = made(2000)
    found = measure([*told, Told(dict.fromkeys(SIGNS, 9.0), right=False, fault=True)])
    assert list(found) == ["very likely", "likely", "uncertain"]
    assert sum(one.answers for one in found.values()) == 2000  # none at fault
    assert found["very likely"].right > 0.8 > found["likely"].right > 0.5 > found["uncertain"].right
