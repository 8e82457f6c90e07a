"""Fits the decision rule of a reader: which candidate answer is to be trusted, and when none.

Three steps, the kinds of trial weighing the same in each: (1) a logistic regression over pairs of a right and a wrong
candidate of one question tells how much each of their features counts (Bradley and Terry 1952); (2) Platt scaling of
that sum, on the candidates that it puts first, gives the confidence (Platt 1999), and features of the question itself
take part here; (3) the threshold has the best mean of two shares: answerable questions answered rightly, and
unanswerable ones refused. Trials fall into two halves; figures are for the half not fitted.
What this module does not know: how the reader was trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ArticlesError
from rag.eval.confidence import auroc, calibration_error
from rag.reading.evidence import scaled
from rag.reading.rule import OF_QUESTIONS, Rule, logistic
from rag.training.trials import Trial
from rag.types import Reading

SLACK = 1.0  # logits between the surest readings met and what is taken to be possible
STEEPEST = 20.0  # logits that a ceiling may rise from the worst passage found to the best
COMPARED = 10  # candidates of a question that step 1 looks at


def fit_rule(kinds: Sequence[Sequence[Trial]], features: Sequence[str]) -> Rule:
    """Fit weights of these features, bias and threshold on trials of one kind or several."""
    asked = [name for name in features if name in OF_QUESTIONS]
    ordering = _ordering(kinds, [name for name in features if name not in OF_QUESTIONS])
    scores, labels, shares = [], [], []
    for trials in kinds:
        for trial in trials:
            if trial.candidates:
                score, right = _first(trial, ordering)
                scores.append([score, *(trial.candidates[0][0][name] for name in asked)])
                labels.append(right)
                shares.append(1000 / len(trials))
    platt = _regression(np.array(scores), np.array(labels), np.array(shares))
    slope = float(platt.coef_[0][0])
    weights = {name: round(slope * weight, 4) for name, weight in ordering.weights.items()}
    weights |= {name: round(float(weight), 4) for name, weight in zip(asked, platt.coef_[0][1:], strict=True)}
    rule = Rule(round(float(platt.intercept_[0]), 4), weights)
    return replace(rule, threshold=best_threshold(kinds, rule))


def ceiling_of(readings: Sequence[Reading]) -> tuple[float, float]:
    """Return (a, b): no margin of a passage was above a + b × retrieval, by SLACK, in any of these whole readings.

    Of all lines above them the one with the least mean over retrieval 0..1. Raises ArticlesError where nothing was
    read.
    """
    met = [
        (retrieval[span.hit.passage.passage_id], span.margin)
        for reading in readings
        for retrieval in [scaled(reading.hits)]
        for span in reading.spans
    ]
    if not met:
        raise ArticlesError("No ceiling can be measured: nothing was read; give more rows.")
    near, margins = np.array(met).T
    slopes = np.arange(0.0, STEEPEST, 0.1)
    bases = np.array([(margins - slope * near).max() for slope in slopes])
    best = int(np.argmin(bases + slopes / 2))
    return round(float(bases[best]) + SLACK, 2), round(float(slopes[best]), 2)


def _ordering(kinds: Sequence[Sequence[Trial]], features: Sequence[str]) -> Rule:
    """Return how much each feature tells a right candidate from a wrong one of the same question."""
    if len(features) == 1:
        return Rule(weights={features[0]: 1.0})
    table, shares = [], []
    for trials in kinds:
        for trial in trials:
            pairs = _pairs(trial, features)
            table += pairs
            shares += [1000 / len(trials) / max(1, len(pairs))] * len(pairs)
    differences = np.array(table)
    scale = np.sqrt(np.square(differences).mean(axis=0)) if table else np.ones(len(features))
    scale[scale == 0] = 1.0
    both = np.concatenate([differences, -differences]) / scale if table else np.empty((0, len(features)))
    labels = np.arange(len(both)) < len(table)
    model = _regression(both, labels, np.array(shares * 2), fit_intercept=False)
    return Rule(weights=dict(zip(features, (model.coef_[0] / scale).tolist(), strict=True)))


def _pairs(trial: Trial, features: Sequence[str]) -> list[list[float]]:
    """Return the features of every right candidate less those of every wrong one."""
    seen = trial.candidates[:COMPARED]
    right, wrong = ([found for found, told in seen if told is wanted] for wanted in (True, False))
    return [[one[name] - other[name] for name in features] for one in right for other in wrong]


def _regression(
    values: NDArray[np.float64], labels: NDArray[np.bool_], shares: NDArray[np.float64], *, fit_intercept: bool = True
) -> Any:
    from sklearn.linear_model import LogisticRegression

    if len(set(labels.tolist())) < 2:
        raise ArticlesError("No rule can be fitted: the candidates are all right or all wrong; give more rows.")
    return LogisticRegression(C=1.0, max_iter=1000, fit_intercept=fit_intercept).fit(values, labels, shares)


def _first(trial: Trial, rule: Rule) -> tuple[float, bool]:
    """Return the score and rightness of the candidate that the rule prefers; ties go to the better margin."""
    return max(((rule.score(found), right) for found, right in trial.candidates), key=lambda one: one[0])


def best_threshold(kinds: Sequence[Sequence[Trial]], rule: Rule) -> float:
    """Return the threshold, in hundredths, with the best mean of rightly answered and rightly refused shares."""
    tables = [outcomes(trials, rule) for trials in kinds]
    thresholds = np.round(np.arange(0.02, 0.96, 0.01), 2)
    scores = [sum(_balanced(table, threshold) for table in tables) for threshold in thresholds]
    return float(thresholds[int(np.argmax(scores))])


def outcomes(trials: Sequence[Trial], rule: Rule) -> NDArray[np.float64]:
    """Return (trials, 3): the first candidate's confidence, whether it is right, and whether it could be."""
    table = []
    for trial in trials:
        score, right = _first(trial, rule) if trial.candidates else (-np.inf, False)
        table.append((logistic(score), right, trial.answerable))
    return np.array(table, dtype=np.float64).reshape(-1, 3)


def report(trials: Sequence[Trial], rule: Rule) -> dict[str, float]:
    """Return how the rule does: shares in 0..1, AUROC of the confidence for answerable against unanswerable."""
    outcome = outcomes(trials, rule)
    answerable, answered = outcome[:, 2] == 1, outcome[:, 0] >= rule.threshold
    right = outcome[:, 1] == 1
    return {
        "questions": float(len(outcome)),
        "answerable": float(answerable.mean()),
        "right_if_never_silent": _share(right[answerable]),
        "answered_rightly": _share((right & answered)[answerable]),
        "answerable_refused": _share((~answered)[answerable]),
        "unanswerable_refused": _share((~answered)[~answerable]),
        "auroc": auroc(outcome[:, 0].tolist(), answerable.tolist()),
        "expected_calibration_error": calibration_error(outcome[:, 0], outcome[:, 1]),
        "threshold": rule.threshold,
    }


def decided_rightly(trials: Sequence[Trial], rule: Rule) -> NDArray[np.float64]:
    """Return (texts,): for each text asked about, in order of its name, the share of its trials decided rightly.

    That is an answerable question answered rightly, an unanswerable one refused. By texts, since trials about one are
    no independent draws.
    """
    outcome = outcomes(trials, rule)
    answered = outcome[:, 0] >= rule.threshold
    rightly = np.where(outcome[:, 2] == 1, answered & (outcome[:, 1] == 1), ~answered)
    shares: dict[str, list[bool]] = {}
    for trial, found in zip(trials, rightly.tolist(), strict=True):
        shares.setdefault(trial.about, []).append(found)
    return np.array([np.mean(shares[about]) for about in sorted(shares)])


def _balanced(outcome: NDArray[np.float64], threshold: float) -> float:
    answerable, answered = outcome[:, 2] == 1, outcome[:, 0] >= threshold
    right = (outcome[:, 1] == 1) & answered
    shares = [share for share in (_share(right[answerable]), _share(~answered[~answerable])) if share == share]
    return sum(shares) / len(shares) if shares else 0.0


def _share(values: NDArray[np.bool_]) -> float:
    """Return the share of true ones; nan where there is none to judge."""
    return float(values.mean()) if len(values) else float("nan")
