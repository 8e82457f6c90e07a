"""Fits how sure an answer is said to be, by asking tuning questions end to end.

The rule of a reader is fitted on what the reader alone finds (decision.py); what is told in the end was also weighed
against other articles, made of clauses or lists, or withheld since the question is at fault. So the score is fitted
once more (Platt 1999) on answers that the whole assistant prefers. Other signs beside the score are tried in nested
cross-validation and printed; they are for whoever wants to see why they are not taken. An answer is told from a
confidence of one half: where it is likelier right than wrong. No other threshold is chosen, so none suits the questions
asked here better than others.
What this module does not know: how an answer is judged (rag.eval.judging).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.config import Config
from rag.errors import ArticlesError
from rag.eval.assess import Record
from rag.eval.confidence import auroc, calibration_error
from rag.eval.doors import opened
from rag.eval.harness import SHALLOW
from rag.eval.labels import texts_of
from rag.eval.questions import QuestionRow
from rag.eval.run import ask
from rag.reading.rule import Measured, Rule
from rag.types import LIKELIHOOD, Answer, Difference, Reason

FOLDS, REPEATS = 10, 10
TOLD = 0.5  # confidence from which an answer is told
FAULTS = (Reason.UNKNOWN_NAME, Reason.OUTSIDE_DATES, Reason.PREMISE)
SIGNS = ("score", "two sources", "three sources", "agreed", "update", "conflict", "items")
TRIED = (("score",), ("score", "two sources", "three sources"), ("score", "agreed", "update", "conflict"), SIGNS)


@dataclass(frozen=True, slots=True)
class Told:
    """The signs of the answer that was preferred, whether it is right, and whether the question is at fault."""

    signs: dict[str, float]
    right: bool
    fault: bool


def ask_unsure(
    rows: Sequence[QuestionRow],
    settings: Config,
    rule: Rule,
    articles: Sequence[str],
    *,
    on_done: Callable[[], object] = lambda: None,
) -> list[Told]:
    """Ask questions of an index of the articles, telling whatever is preferred unless the question is at fault."""
    with opened(settings, rows, "the questions", articles=articles, index=None) as parts:
        asked = replace(parts, rule=replace(rule, threshold=0.0))
        texts = texts_of(parts.snapshot)
        records = ask(rows, frozenset(), settings, asked, texts, ceilings=False, depth=SHALLOW, on_done=on_done)
    return [one for record in records if (one := told_of(record)) is not None]


def told_of(record: Record) -> Told | None:
    """Return what is learned from one question; None where asking failed or nothing was found."""
    answer = record.answer
    if answer is None or not 0 < answer.confidence < 1:
        return None
    right = record.scores["right_if_never_silent"] if record.row.answerable else 0.0
    fault = answer.silence is not None and answer.silence.reason in FAULTS
    return Told(_signs(answer), right == 1, fault)


def _signs(answer: Answer) -> dict[str, float]:
    difference = answer.agreement.difference if answer.agreement else None
    return {
        "score": math.log(answer.confidence / (1 - answer.confidence)),
        "two sources": float(len(answer.sources) >= 2),
        "three sources": float(len(answer.sources) >= 3),
        "agreed": float(difference in (Difference.AGREE, Difference.WORDING)),
        "update": float(difference is Difference.UPDATE),
        "conflict": float(difference is Difference.CONFLICT),
        "items": float(len(answer.items) > 0),
    }


def fit_confidence(told: Sequence[Told], rule: Rule) -> Rule:
    """Return the rule with its score fitted to these answers, and the share right of those whose question is at fault.

    told: as asked with that rule. Raises ArticlesError when all are right or all wrong.
    """
    sound = [one for one in told if not one.fault]
    slope, base = _platt(_table(sound, ("score",)), _rights(sound))
    if slope[0] <= 0:
        raise ArticlesError("No confidence can be fitted: surer answers are not oftener right; give more questions.")
    weights = {name: round(float(slope[0]) * weight, 4) for name, weight in rule.weights.items()}
    bias = round(base + float(slope[0]) * rule.bias, 4)
    faulty = [one.right for one in told if one.fault]
    fault = round((sum(faulty) + 1) / (len(faulty) + 2), 3)  # Laplace's rule of succession
    return replace(rule, bias=bias, weights=weights, threshold=TOLD, fault=fault)


def validated(told: Sequence[Told], names: Sequence[str]) -> dict[str, float]:
    """Return AUROC, Brier score and ECE of confidences fitted on the other folds, the mean of REPEATS foldings."""
    confidence, rights = _held_back(told, names)
    return {
        "questions": float(len(rights)),
        "auroc": auroc(confidence, rights),
        "brier": float(np.square(confidence - rights).mean()),
        "expected_calibration_error": calibration_error(confidence, rights.astype(np.float64)),
    }


def measure(told: Sequence[Told]) -> dict[str, Measured]:
    """Return how often the answers called by each word were right, by confidences fitted on the other folds."""
    confidence, rights = _held_back(told, ("score",))
    words = np.array([next(word for least, word in LIKELIHOOD if one >= least) for one in confidence])
    return {
        word: Measured(int((words == word).sum()), round(float(rights[words == word].mean()), 3))
        for _, word in LIKELIHOOD
        if (words == word).any()
    }


def _held_back(told: Sequence[Told], names: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return (sound answers,) twice: the confidence by a fit to other folds, the mean of foldings; and who is right."""
    sound = [one for one in told if not one.fault]
    table, rights = _table(sound, names), _rights(sound)
    confidence = np.zeros(len(rights))
    for repeat in range(REPEATS):
        fold = np.random.default_rng(repeat).permutation(len(rights)) % FOLDS
        for number in range(FOLDS):
            others = fold != number
            slope, base = _platt(table[others], rights[others])
            confidence[~others] += 1 / (1 + np.exp(-(table[~others] @ slope + base))) / REPEATS
    return confidence, rights


def _table(told: Sequence[Told], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[one.signs[name] for name in names] for one in told], dtype=np.float64).reshape(-1, len(names))


def _rights(told: Sequence[Told]) -> NDArray[np.bool_]:
    return np.array([one.right for one in told], dtype=bool)


def _platt(table: NDArray[np.float64], rights: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Return (slopes, base) of the logistic regression."""
    from sklearn.linear_model import LogisticRegression

    if rights.all() or not rights.any():
        raise ArticlesError("No confidence can be fitted: the answers are all right or all wrong; give more questions.")
    model = LogisticRegression(C=10.0, max_iter=1000).fit(table, rights)
    return model.coef_[0], float(model.intercept_[0])
