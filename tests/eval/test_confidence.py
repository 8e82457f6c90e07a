"""What a score of trust is worth, by hand. (AUROC is compared with brute force in test_reader.py.)"""

from __future__ import annotations

import math

import numpy as np
import pytest

from rag.eval.confidence import auroc, calibration_error, error_by_chance, reliability, risk_coverage


def test_auroc_by_hand() -> None:
    # pairs: (3, 1) right, (3, 2) right, (2, 1) right, (2, 2) half
    assert auroc([3.0, 2.0, 1.0, 2.0], [True, True, False, False]) == 3.5 / 4
    assert auroc([1.0, -math.inf], [1.0, 0.0]) == 1.0
    assert math.isnan(auroc([1.0, 2.0], [True, True]))
    assert math.isnan(auroc([], []))


def test_the_calibration_error_by_hand() -> None:
    confidence = np.array([0.05, 0.15, 0.11, 0.95, 1.0, 0.95, 0.92])
    right = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    gaps = [1 * abs(0.05 - 0), 2 * abs(0.13 - 1 / 2), 4 * abs((0.95 + 1.0 + 0.95 + 0.92) / 4 - 3 / 4)]
    assert calibration_error(confidence, right) == pytest.approx(sum(gaps) / 7)
    assert calibration_error(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0
    assert calibration_error(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1


def test_the_error_by_chance_is_what_true_confidences_show() -> None:
    draw = np.random.default_rng(3)
    confidence = draw.uniform(0, 1, 150)
    shown = [calibration_error(confidence, (draw.random(150) < confidence).astype(float)) for _ in range(500)]
    assert error_by_chance(confidence) == pytest.approx(np.mean(shown), abs=0.005)
    assert error_by_chance(confidence) > 0.06
    assert error_by_chance(np.full(50, 0.9)) > 2 * error_by_chance(np.full(500, 0.9))
    assert error_by_chance(np.array([0.0, 1.0])) == 0
    assert math.isnan(error_by_chance(np.array([])))


def test_reliability_is_means_by_tenths() -> None:
    confidence, right = np.array([0.15, 0.11, 0.95, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    assert reliability(confidence, right) == [(2, pytest.approx(0.13), 0.5), (2, pytest.approx(0.975), 0.5)]


def test_risk_rises_as_less_sure_answers_are_let_through() -> None:
    coverage, risk = risk_coverage(np.array([0.2, 0.9, 0.5, 0.7]), np.array([0.0, 1.0, 0.0, 1.0]))
    np.testing.assert_allclose(coverage, [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(risk, [0.0, 0.0, 1 / 3, 1 / 2])
