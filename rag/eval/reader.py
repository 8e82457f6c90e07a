"""The reader alone on SQuAD 2.0-style rows: its answers, and how good they are as the official script counts.

Score first, decide later: a Prediction keeps the best span and its margin over the null score, so every threshold can
be tried without running the model again. Source: rajpurkar/SQuAD-explorer, evaluate-v2.0.py.
What this module does not know: retrieval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.eval.confidence import auroc, calibration_error
from rag.eval.judging import RIGHT
from rag.eval.metrics import exact_match, token_f1
from rag.eval.rows import Row
from rag.protocols import Reader
from rag.types import Hit, Passage, Source

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best span for a row, its margin over the null score in logits, and its scores if it is given as the answer.

    half: 0 or 1, the same for all rows of a context; em, f1: 0..1 against the row's answers.
    """

    row_id: str
    answer: str
    margin: float
    answerable: bool
    em: float
    f1: float
    half: int


def predict(rows: Iterable[Row], reader: Reader) -> Iterator[Prediction]:
    """Read each row's context for its question. A reader that finds no span answers nothing, with margin -inf."""
    for row in rows:
        passage = Passage(row.row_id, Source(row.row_id, "", None, None, row.row_id), row.context, 0, len(row.context))
        reading = reader.read(row.question, [Hit(passage, 1.0, 1, "given")])
        answer, margin = (reading.spans[0].text, reading.spans[0].margin) if reading.spans else ("", float("-inf"))
        half = hashlib.sha256(row.context.encode()).digest()[0] % 2
        em, f1 = exact_match(answer, row.answers), token_f1(answer, row.answers)
        yield Prediction(row.row_id, answer, margin, bool(row.answers), em, f1, half)


def evaluate(predictions: Sequence[Prediction]) -> dict[str, float]:
    """Return the official figures (0..100) and what the margin is worth.

    em, f1: with the reader's own choice, an answer where the margin is above 0. best_*: at the threshold that is best
    on these very rows, as the official script reports it. fair_f1: each half at the threshold that is best on the
    other. has_*: over answerable rows, never silent. no_em: share of unanswerable rows met with silence at margin 0.
    auroc: answerable against unanswerable by margin. ece: of Platt's confidence in being right, fitted on the other
    half. What has no row of its kind is left out.
    """
    has = [p for p in predictions if p.answerable]
    missing = len(has) < len(predictions)
    found = {"rows": float(len(predictions)), "em": _mean(predictions, 0.0, "em"), "f1": _mean(predictions, 0.0, "f1")}
    if has:
        found |= {"has_em": _mean(has, -np.inf, "em"), "has_f1": _mean(has, -np.inf, "f1")}
    if missing:
        found["no_em"] = _mean([p for p in predictions if not p.answerable], 0.0, "em")
        best = best_threshold(predictions)
        found |= {"best_f1": _mean(predictions, best, "f1"), "best_threshold": best}
    halves = [[p for p in predictions if p.half == half] for half in (0, 1)]
    if missing and all(halves):
        fair = [_mean(one, best_threshold(other), "f1") for one, other in (halves, halves[::-1])]
        found["fair_f1"] = sum(f * len(half) for f, half in zip(fair, halves, strict=True)) / len(predictions)
    if missing and has:
        found["auroc"] = auroc([p.margin for p in predictions], [p.answerable for p in predictions])
    if all(halves) and not np.isnan(error := _cross_fitted_error(halves)):
        found["ece"] = error
    return found


def best_threshold(predictions: Sequence[Prediction]) -> float:
    """Return the margin above which answering gives the best F1 over all rows; the highest of equals."""
    ordered = sorted(predictions, key=lambda p: -p.margin)
    gains = np.cumsum([p.f1 - float(not p.answerable) for p in ordered])  # over silence everywhere
    margins = [p.margin for p in ordered]
    below = [*margins[1:], float("-inf")]
    places = [i for i in range(len(ordered)) if below[i] < margins[i]]  # bf16 margins are often equal
    last = max(places, key=lambda i: gains[i], default=0)
    if not places or gains[last] <= 0:
        return float("inf")
    return (margins[last] + below[last]) / 2 if np.isfinite(below[last]) else margins[last] - 1.0


def _mean(predictions: Sequence[Prediction], threshold: float, name: str) -> float:
    """Return the mean score, 0..100, when rows with a margin at or below the threshold are met with silence."""
    scores = [getattr(p, name) if p.margin > threshold else float(not p.answerable) for p in predictions]
    return 100 * float(np.mean(scores)) if scores else 0.0


def _cross_fitted_error(halves: Sequence[Sequence[Prediction]]) -> float:
    """Return the calibration error of margin → probability of F1 ≥ RIGHT, each half fitted on the other.

    Source: Platt 1999.
    """
    from sklearn.linear_model import LogisticRegression

    confidence, right = [], []
    for tested, fitted in (halves, halves[::-1]):
        y = _right(fitted)
        if len(set(y)) < 2:
            return float("nan")
        model = LogisticRegression(C=1e6).fit(_margins(fitted), y)
        confidence.append(model.predict_proba(_margins(tested))[:, 1])
        right.append(_right(tested))
    return calibration_error(np.concatenate(confidence), np.concatenate(right))


def _right(predictions: Sequence[Prediction]) -> NDArray[np.float64]:
    return np.array([float(p.answerable and p.f1 >= RIGHT) for p in predictions])


def _margins(predictions: Sequence[Prediction]) -> NDArray[np.float64]:
    return np.array([[max(p.margin, -1e3)] for p in predictions])
