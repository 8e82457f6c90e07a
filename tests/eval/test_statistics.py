"""Intervals and comparisons, against hand-worked cases and what theory says of simple ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.eval.statistics import compare, interval, mean_interval


def test_a_mean_leaves_out_what_it_is_not_about() -> None:
    found = mean_interval(np.array([1.0, np.nan, 0.0, 1.0, 1.0]))
    assert (found.value, found.count) == (0.75, 4)
    assert found.low < 0.75 < found.high == 1.0
    assert all(map(math.isnan, (mean_interval(np.array([np.nan])).value, mean_interval(np.array([])).low)))


def test_values_without_spread_have_an_interval_without_width() -> None:
    found = mean_interval(np.full(30, 0.4))
    assert (found.low, found.value, found.high) == pytest.approx((0.4, 0.4, 0.4))


def test_the_interval_of_a_share_is_about_that_of_the_normal_approximation() -> None:
    values = np.array([1.0] * 150 + [0.0] * 50)
    half = 1.96 * math.sqrt(0.75 * 0.25 / 200)  # 0.060
    found = mean_interval(values)
    assert found.low == pytest.approx(0.75 - half, abs=0.01)
    assert found.high == pytest.approx(0.75 + half, abs=0.01)


def test_a_mean_given_as_a_function_has_the_same_interval() -> None:
    values = np.random.default_rng(3).random(80)
    one, other = mean_interval(values), interval(lambda rows: float(values[rows].mean()), 80)
    assert (one.value, one.low, one.high, one.count) == pytest.approx((other.value, other.low, other.high, other.count))


def test_draws_without_a_figure_are_left_out() -> None:
    flags = np.array([1.0, 0.0])

    def share_of_ones(rows: np.ndarray) -> float:  # nan where a draw holds no 1
        return float(flags[rows].mean()) if flags[rows].any() else float("nan")

    found = interval(share_of_ones, 2)
    assert (found.value, found.low, found.high) == (0.5, 0.5, 1.0)
    assert math.isnan(interval(lambda rows: float("nan"), 2).low)
    assert interval(share_of_ones, 0).count == 0


def test_equal_runs_differ_by_nothing() -> None:
    same = np.array([1.0, 0.0, 1.0])
    found = compare(same, same)
    assert (found.gain, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_p_is_that_of_the_sign_test_where_each_question_says_the_same() -> None:
    one, other = np.ones(6), np.zeros(6)
    found = compare(one, other)
    # of the 2^6 ways to swap, only the two extreme ones differ as much: 2 / 64
    assert found.p == pytest.approx(2 / 64, abs=0.012)
    assert (found.gain, found.low, found.high) == (1.0, 1.0, 1.0)
    assert compare(other, one).gain == -1.0


def test_under_no_difference_small_p_are_rare() -> None:
    rng = np.random.default_rng(5)
    small = sum(compare(rng.random(40), rng.random(40), draws=200, seed=n).p <= 0.05 for n in range(200))
    assert 2 <= small <= 22  # 10 expected


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_an_interval_holds_its_mean_and_stays_among_its_values(values: list[float]) -> None:
    found = mean_interval(np.array(values), draws=200)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found == mean_interval(np.array(values), draws=200)


def test_comparing_tells_a_real_gain_from_chance() -> None:
    other = np.array([0.0, 1.0] * 100)
    gained = other.copy()
    gained[::4] = 1.0  # 50 of 200 gained, none lost
    found = compare(gained, other)
    assert found.gain == 0.25
    assert 0.18 < found.low < 0.25 < found.high < 0.32  # binomial: 0.25 ± 1.96 * sqrt(0.25 * 0.75 / 200) = ± 0.06
    assert found.p < 0.01
    swapped = np.array([1.0, 0.0] * 100)  # as many lost as gained
    assert compare(swapped, other).gain == 0
    assert compare(swapped, other).p > 0.5
