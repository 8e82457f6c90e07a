"""Fits the decision rule of a reader: which candidate answer is to be trusted, and when none.

Two kinds of trial. Rows with a context: every context becomes an article, every question is asked of all of them, and
once more of all but its own, which makes it unanswerable on topic. Hand-written questions about real articles: asked
of their index. A candidate is right when its token F1 with a gold answer is at least a half. Three steps, the kinds
weighing the same in each: (1) how much the retrieval score counts beside the margin: the least of a few weights that
puts a right candidate first about as often as the best of them; (2) Platt scaling of that sum, on the candidates put
first, gives the confidence; (3) the threshold has the best mean of two shares: answerable questions answered rightly,
and unanswerable ones refused. Trials fall into two halves; the reported figures are on the half not fitted. What this
module does not know: how the reader was trained.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.chunking import PassageChunker
from rag.embedding import embedded_text, passage_tokens
from rag.eval.metrics import token_f1
from rag.eval.questions import QuestionRow
from rag.protocols import Embedder, Reader
from rag.reading.decide import Candidate, rate
from rag.reading.rule import Rule
from rag.retrieval.dense import Dense
from rag.retrieval.fusion import Fused
from rag.retrieval.lexical import Lexical
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.text import answer_key
from rag.training.rows import Row
from rag.types import Article, Hit, Passage, Query, Reading, Source

RIGHT = 0.5  # token F1 from which a candidate counts as right
RETRIEVAL_WEIGHTS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)  # in logits of margin, for a score of 0 to 1
TOLERANCE = 0.005  # a share of right answers that is noise


@dataclass(frozen=True, slots=True)
class Trial:
    """One question as asked: what was read, the gold answers (none: unanswerable), and its half (0 or 1)."""

    reading: Reading
    answers: tuple[str, ...]
    half: int


def make_trials(
    rows: Sequence[Row],
    embedder: Embedder,
    reader: Reader,
    *,
    tokens: int,
    passages: int,
    on_done: Callable[[int], object],
) -> list[Trial]:
    """Ask every row's question twice: of all contexts, and of all but its own."""
    library = _Library(rows, embedder, tokens)
    trials = []
    for done, row in enumerate(rows, start=1):
        half = int(hashlib.sha256(row.context.encode()).hexdigest(), 16) % 2
        hits = library.fused.retrieve(Query(row.question), passages)
        trials.append(Trial(reader.read(row.question, hits), row.answers, half))
        if row.answers:
            own = library.article_ids[row.context]
            others = library.fused.retrieve(Query(row.question), passages + 5)
            kept = [hit for hit in others if hit.passage.source.article_id != own and not _says(hit, row.answers)]
            trials.append(Trial(reader.read(row.question, kept[:passages]), (), half))
        on_done(done)
    return trials


def question_trials(rows: Sequence[QuestionRow], read: Callable[[str], Reading]) -> list[Trial]:
    """Ask hand-written questions of the index that they are about; halves alternate."""
    return [Trial(read(row.question), row.accepted, number % 2) for number, row in enumerate(rows)]


class _Library:
    """All contexts as one small index in memory. Implements the PassageStore promise."""

    def __init__(self, rows: Sequence[Row], embedder: Embedder, tokens: int) -> None:
        contexts = list(dict.fromkeys(row.context for row in rows))
        self.article_ids = {context: f"context-{i}" for i, context in enumerate(contexts)}
        chunker = PassageChunker(passage_tokens(tokens, embedder.max_tokens), embedder.count_tokens)
        self._passages: list[Passage] = []
        for context, name in self.article_ids.items():
            self._passages += chunker.chunk(Article(Source(name, "", None, None, name), context))
        texts = [embedded_text(passage, embedder.count_tokens) for passage in self._passages]
        index = FaissIndex.build(embedder.embed_passages(texts))
        self.fused = Fused((Dense(embedder, index, self), Lexical(Bm25Index.build(texts), self)))

    def passage(self, row: int) -> Passage:
        return self._passages[row]

    def allowed(self, query: Query) -> None:
        del query  # nothing is ever ruled out


def _says(hit: Hit, answers: Sequence[str]) -> bool:
    key = f" {answer_key(hit.passage.text)} "
    return any(f" {answer_key(answer)} " in key for answer in answers)


def fit_rule(kinds: Sequence[Sequence[Trial]], retrieval_weights: Sequence[float] = RETRIEVAL_WEIGHTS) -> Rule:
    """Fit weights, bias and threshold on trials of one kind or several."""
    from sklearn.linear_model import LogisticRegression

    ordering = _best_ordering(kinds, retrieval_weights)
    scores, labels, shares = [], [], []
    for trials in kinds:
        for trial in trials:
            for first in rate(trial.reading, ordering)[:1]:
                scores.append([sum(weight * first.features[name] for name, weight in ordering.weights.items())])
                labels.append(_is_right(first, trial))
                shares.append(1000 / len(trials))
    model: Any = LogisticRegression(C=1.0, max_iter=1000).fit(np.array(scores), np.array(labels), np.array(shares))
    slope = float(model.coef_[0][0])
    weights = {name: round(slope * weight, 4) for name, weight in ordering.weights.items()}
    rule = Rule(round(float(model.intercept_[0]), 4), weights)
    return replace(rule, threshold=best_threshold(kinds, rule))


def _best_ordering(kinds: Sequence[Sequence[Trial]], retrieval_weights: Sequence[float]) -> Rule:
    """Return the rule with the least retrieval weight that is within TOLERANCE of the best share of right firsts."""
    rules = [Rule(weights={"margin": 1.0, "retrieval": weight}) for weight in retrieval_weights]
    shares = [sum(_first_right(trials, rule) for trials in kinds) / len(kinds) for rule in rules]
    return next(rule for rule, share in zip(rules, shares, strict=True) if share >= max(shares) - TOLERANCE)


def _first_right(trials: Sequence[Trial], rule: Rule) -> float:
    answerable = [trial for trial in trials if trial.answers]
    firsts = [rate(trial.reading, rule)[:1] for trial in answerable]
    return sum(_is_right(first[0], t) for first, t in zip(firsts, answerable, strict=True) if first) / len(answerable)


def _is_right(candidate: Candidate, trial: Trial) -> bool:
    return bool(trial.answers) and token_f1(candidate.best.text, trial.answers) >= RIGHT


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
        first: Candidate | None = next(iter(rate(trial.reading, rule)), None)
        confidence = first.confidence if first else 0.0
        table.append((confidence, first is not None and _is_right(first, trial), bool(trial.answers)))
    return np.array(table, dtype=np.float64).reshape(-1, 3)


def report(trials: Sequence[Trial], rule: Rule) -> dict[str, float]:
    """Return how the rule does: shares in 0..1, AUROC of the confidence for answerable against unanswerable."""
    from sklearn.metrics import roc_auc_score

    outcome = outcomes(trials, rule)
    answerable, answered = outcome[:, 2] == 1, outcome[:, 0] >= rule.threshold
    right = outcome[:, 1] == 1
    return {
        "questions": float(len(outcome)),
        "answerable": float(answerable.mean()),
        "right_if_never_silent": float(right[answerable].mean()),
        "answered_rightly": float((right & answered)[answerable].mean()),
        "answerable_refused": float((~answered)[answerable].mean()),
        "unanswerable_refused": float((~answered)[~answerable].mean()),
        "auroc": float(roc_auc_score(answerable, outcome[:, 0])),
        "expected_calibration_error": _calibration_error(outcome[:, 0], right),
        "threshold": rule.threshold,
    }


def _balanced(outcome: NDArray[np.float64], threshold: float) -> float:
    answerable, answered = outcome[:, 2] == 1, outcome[:, 0] >= threshold
    right = (outcome[:, 1] == 1) & answered
    return float((right[answerable].mean() + (~answered)[~answerable].mean()) / 2)


def _calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten equal bins (Guo et al. 2017)."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))
