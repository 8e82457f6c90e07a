"""Fits the decision rule of a reader: which candidate answer is to be trusted, and when none.

Every context of the rows becomes an article, every question is asked of all of them, and once more of all but its own,
which makes it unanswerable on topic. Candidates are right or wrong by token F1 with the gold answers; a logistic
regression over the features of `rag.reading.decide` learns to tell them apart. The threshold maximises the mean of two
shares: answerable questions answered rightly, and unanswerable ones (those of the rows, and the held-out ones)
refused. Questions fall into two halves by their context; the reported figures are on the half not fitted.
What this module does not know: how the reader was trained.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.chunking import PassageChunker
from rag.embedding import embedded_text, passage_tokens
from rag.protocols import Embedder, Reader
from rag.reading.decide import Candidate, rate
from rag.reading.rule import FEATURES, Rule
from rag.retrieval.dense import Dense
from rag.retrieval.fusion import Fused
from rag.retrieval.lexical import Lexical
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.text import answer_key
from rag.training.rows import Row
from rag.types import Article, Hit, Passage, Query, Reading, Source

RIGHT = 0.5  # token F1 from which a candidate counts as right
PER_QUESTION = 5  # candidates a question contributes to the regression


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


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """Return the best token F1, 0..1, of an answer with any gold answer."""
    got = answer_key(answer).split()
    best = 0.0
    for gold in golds:
        wanted = answer_key(gold).split()
        common = sum((Counter(got) & Counter(wanted)).values())
        if common:
            best = max(best, 2 * common / (len(got) + len(wanted)))
    return best


def fit_rule(trials: Sequence[Trial], features: Sequence[str] = FEATURES) -> Rule:
    """Fit weights, bias and threshold on the trials given."""
    from sklearn.linear_model import LogisticRegression

    rows, labels = [], []
    for trial in trials:
        for candidate in rate(trial.reading, Rule())[:PER_QUESTION]:
            rows.append([candidate.features[name] for name in features])
            labels.append(token_f1(candidate.best.text, trial.answers) >= RIGHT)
    model: Any = LogisticRegression(C=1.0, max_iter=1000).fit(np.array(rows), np.array(labels))
    weights = {name: round(float(w), 4) for name, w in zip(features, model.coef_[0], strict=True)}
    rule = Rule(round(float(model.intercept_[0]), 4), weights, 0.5)
    return Rule(rule.bias, rule.weights, best_threshold(trials, rule))


def best_threshold(trials: Sequence[Trial], rule: Rule) -> float:
    """Return the threshold, in hundredths, with the best mean of rightly answered and rightly refused shares."""
    outcome = outcomes(trials, rule)
    thresholds = np.round(np.arange(0.02, 0.96, 0.01), 2)
    scores = [_balanced(outcome, threshold) for threshold in thresholds]
    return float(thresholds[int(np.argmax(scores))])


def outcomes(trials: Sequence[Trial], rule: Rule) -> NDArray[np.float64]:
    """Return (trials, 3): the first candidate's confidence, its token F1, and whether the question is answerable."""
    table = []
    for trial in trials:
        first: Candidate | None = next(iter(rate(trial.reading, rule)), None)
        confidence = first.confidence if first else 0.0
        table.append((confidence, token_f1(first.best.text, trial.answers) if first else 0.0, bool(trial.answers)))
    return np.array(table, dtype=np.float64).reshape(-1, 3)


def report(trials: Sequence[Trial], rule: Rule) -> dict[str, float]:
    """Return how the rule does: shares in 0..1, AUROC of the confidence for answerable against unanswerable."""
    from sklearn.metrics import roc_auc_score

    outcome = outcomes(trials, rule)
    answerable, answered = outcome[:, 2] == 1, outcome[:, 0] >= rule.threshold
    right = outcome[:, 1] >= RIGHT
    return {
        "questions": float(len(outcome)),
        "answerable": float(answerable.mean()),
        "right_if_never_silent": float(right[answerable].mean()),
        "answered_rightly": float((right & answered)[answerable].mean()),
        "answerable_refused": float((~answered)[answerable].mean()),
        "unanswerable_refused": float((~answered)[~answerable].mean()),
        "auroc": float(roc_auc_score(answerable, outcome[:, 0])),
        "expected_calibration_error": _calibration_error(outcome[:, 0], right & answerable),
        "threshold": rule.threshold,
    }


def _balanced(outcome: NDArray[np.float64], threshold: float) -> float:
    answerable, answered = outcome[:, 2] == 1, outcome[:, 0] >= threshold
    right = (outcome[:, 1] >= RIGHT) & answered
    return float((right[answerable].mean() + (~answered)[~answerable].mean()) / 2)


def _calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten equal bins (Guo et al. 2017)."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))
