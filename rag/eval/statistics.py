"""How sure a figure is: bootstrap intervals and paired permutation tests over questions. Pure.

Source: Efron and Tibshirani 1993 (percentile bootstrap); Smucker, Allan and Carterette 2007 (randomisation test for
paired system comparison). What this module does not know: what a figure means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
LOW, HIGH = 2.5, 97.5  # percentiles of a 95% interval

Values: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure over `count` questions and its 95% interval; all nan where there is no question of its kind."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run beyond another on the same questions: mean difference, 95% interval, two-sided p by permutation."""

    gain: float
    low: float
    high: float
    p: float


def mean_interval(values: Values, *, draws: int = DRAWS, seed: int = 0) -> Interval:
    """Return the mean of (n,) values; nan ones are questions that the figure is not about."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    drawn = known[_draw(len(known), draws, seed)].mean(axis=1)
    low, high = np.percentile(drawn, (LOW, HIGH))
    return Interval(float(known.mean()), float(low), float(high), len(known))


def interval(figure: Callable[[Rows], float], count: int, *, draws: int = DRAWS, seed: int = 0) -> Interval:
    """Return a figure that is no mean, given as a function of row numbers; draws that give nan are left out."""
    value = figure(np.arange(count)) if count else float("nan")
    drawn = [figure(rows) for rows in _draw(count, draws, seed)] if value == value else []
    known = [one for one in drawn if one == one]
    low, high = np.percentile(known, (LOW, HIGH)) if known else (float("nan"), float("nan"))
    return Interval(float(value), float(low), float(high), count)


def compare(one: Values, other: Values, *, draws: int = DRAWS, seed: int = 0) -> Comparison:
    """Compare two runs by their (n,) scores of the same questions, n > 0.

    The interval is a bootstrap of the differences; p is the share of random swaps of the two runs, question by
    question, that differ at least as much, the observed one counted in.
    """
    gains = one - other
    gain = float(gains.mean())
    low, high = np.percentile(gains[_draw(len(gains), draws, seed)].mean(axis=1), (LOW, HIGH))
    signs = np.random.default_rng(seed + 1).choice((-1.0, 1.0), (draws, len(gains)))
    swapped = np.abs((signs * gains).mean(axis=1))
    p = (1 + int((swapped >= abs(gain) - 1e-12).sum())) / (1 + draws)
    return Comparison(gain, float(low), float(high), p)


def _draw(count: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Return (draws, count) rows drawn with replacement."""
    return np.random.default_rng(seed).integers(0, max(count, 1), (draws, count))
