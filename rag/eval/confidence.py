"""What a score of trust is worth: does it rank, does it mean what it says, what is gained by staying silent. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rag.eval.statistics import Values

BINS = 10  # of the reliability diagram and of the calibration error
CHANCES = 200  # draws of what would come out if every confidence were true


def auroc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Return the share of (positive, negative) pairs in which the positive scores higher; ties count half.

    scores, positive: (n,). nan where all are of one kind.
    """
    from sklearn.metrics import roc_auc_score

    flags = np.asarray(positive, dtype=bool)
    if flags.all() or not flags.any():
        return float("nan")
    return float(roc_auc_score(flags, np.maximum(np.asarray(scores, dtype=np.float64), -1e9)))


def calibration_error(confidence: Values, right: Values) -> float:
    """Return the mean distance between confidence and share right over equal bins, weighted; nan of none.

    Source: Guo et al. 2017.
    """
    if not len(confidence):
        return float("nan")
    return sum(count * abs(mean - share) for count, mean, share in reliability(confidence, right)) / len(confidence)


def error_by_chance(confidence: Values) -> float:
    """Return the calibration error that these confidences would have on average if they were all true; nan of none.

    So few questions err by chance alone: an error is to be held against this one, not against 0 (Roelofs et al. 2022).
    """
    if not len(confidence):
        return float("nan")
    drawn = np.random.default_rng(0).random((CHANCES, len(confidence))) < confidence
    bins = _bins(confidence)
    apart = np.zeros((CHANCES, BINS))
    for bin_ in set(bins.tolist()):
        apart[:, bin_] = (drawn[:, bins == bin_] - confidence[bins == bin_]).sum(axis=1)
    return float(np.abs(apart).sum(axis=1).mean() / len(confidence))


def reliability(confidence: Values, right: Values) -> list[tuple[int, float, float]]:
    """Return (count, mean confidence, share right) of each tenth of confidence that has any, lowest first."""
    bins = _bins(confidence)
    groups: Sequence[int] = sorted(set(bins.tolist()))
    return [
        (int((bins == b).sum()), float(confidence[bins == b].mean()), float(right[bins == b].mean())) for b in groups
    ]


def _bins(confidence: Values) -> NDArray[np.int64]:
    """Return the tenth, 0 to 9, of each confidence."""
    tenths: NDArray[np.int64] = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return tenths


def risk_coverage(confidence: Values, right: Values) -> tuple[Values, Values]:
    """Return (n,) coverage and (n,) risk when the surest 1, 2, … n are answered (El-Yaniv and Wiener 2010)."""
    order = np.argsort(-confidence, kind="stable")
    counted = np.arange(1, len(order) + 1)
    return counted / len(order), np.cumsum(1 - right[order]) / counted
