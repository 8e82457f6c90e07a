"""Retrieval alone, stage by stage: bm25, dense, fused in two ways, reranked by the reader; by passage and by article.

Relevant is what holds a question's evidence or, where whole articles were graded by others (BEIR), what has a grade. An
article ranks where its best passage does. What this module does not know: whether an answer can be read out of what was
found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.config import Config
from rag.eval.assess import CUTS, ranked
from rag.eval.beir import Grades
from rag.eval.gold import gold_places, held
from rag.eval.questions import QuestionRow
from rag.eval.ranking import first_of_each, graded_ndcg, hit_at, reciprocal_rank
from rag.eval.statistics import Comparison, Interval, Values, compare, mean_interval
from rag.types import Hit, Passage, Query
from rag.wiring import Parts, make_retriever

DEPTH = 100  # hits of each stage
STAGES: Mapping[str, Mapping[str, str]] = {
    "bm25": {"mode": "lexical"},
    "dense": {"mode": "dense"},
    "fused": {"mode": "fused", "fusion": "average"},
    "fused-rrf": {"mode": "fused", "fusion": "rrf"},
    "reranked": {"mode": "reranked", "fusion": "average"},
}
SINGLE = ("bm25", "dense")
COMPARED = ("article_hit@1", "article_hit@5", "article_rr@10", "article_ndcg@10")  # with the best single stage
FIGURES = (
    *(f"article_{name}" for name in ("hit@1", "hit@5", "hit@10", "rr@10", "ndcg@10")),
    *(f"passage_{name}" for name in ("hit@1", "hit@5", "hit@10", "rr@10", "ndcg@10")),
    "evidence_recall@10",
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one stage ranked for one question, and its scores by name (see FIGURES). error: why it ranked nothing."""

    row: QuestionRow
    hits: tuple[Hit, ...]
    scores: Mapping[str, float]
    error: str = ""


def rank_all(
    rows: Sequence[QuestionRow],
    settings: Config,
    parts: Parts,
    texts: Mapping[str, str],
    passages: Mapping[str, Sequence[Passage]],
    *,
    stages: Sequence[str] = tuple(STAGES),
    grades: Grades | None = None,
    on_done: Callable[[], object] = lambda: None,
) -> dict[str, list[Ranking]]:
    """Return each stage's ranking of every question with evidence. A question that fails has no hits, and counts.

    texts, passages: of the articles with evidence, by id. grades: those of every question, instead of its evidence.
    """
    found: dict[str, list[Ranking]] = {}
    for stage in stages:
        how = replace(settings.retrieval, **STAGES[stage])  # type: ignore[arg-type]
        retriever = make_retriever(replace(settings, retrieval=how), parts)
        found[stage] = []
        for row in rows:
            places = gold_places(row, texts)
            if not places and not grades:
                continue
            error = ""
            try:
                hits = tuple(retriever.retrieve(Query(row.question), DEPTH))
            except Exception as failure:  # whatever it is, nothing was found (law 8), and it is told
                hits, error = (), f"{type(failure).__name__}: {failure}"
            if grades:
                hits = without_itself(hits, row.row_id, grades[row.row_id])
                scores = graded(hits, grades[row.row_id])
            else:
                scores = ranked(hits, places, len(held(places, passages)))
            found[stage].append(Ranking(row, hits, scores, error))
            on_done()
    return found


def graded(hits: Sequence[Hit], grades: Mapping[str, int]) -> dict[str, float]:
    """Return the figures of whole articles. grades: of the relevant ones by id, all above 0, found or not."""
    names = [hit.passage.source.article_id for hit in hits]
    found = [grades.get(names[place], 0) for place in first_of_each(names)]
    flags = [grade > 0 for grade in found]
    scores = {f"article_hit@{k}": hit_at(flags, k) for k in CUTS}
    best = list(grades.values())
    return {**scores, "article_rr@10": reciprocal_rank(flags, 10), "article_ndcg@10": graded_ndcg(found, best, 10)}


def without_itself(hits: Sequence[Hit], row_id: str, grades: Mapping[str, int]) -> tuple[Hit, ...]:
    """Return hits but those of the article that has the question's own id, unless it is judged relevant.

    In some sets (ArguAna, Quora) the questions are documents of the corpus; BEIR's evaluation leaves these out, too.
    """
    return tuple(hit for hit in hits if hit.passage.source.article_id != row_id or row_id in grades)


def intervals(rankings: Sequence[Ranking]) -> dict[str, Interval]:
    """Return the mean and interval of every figure that has a question."""
    found = {name: mean_interval(_values(rankings, name)) for name in FIGURES}
    return {name: one for name, one in found.items() if one.count}


def beside_best_single(found: Mapping[str, Sequence[Ranking]], stage: str, name: str) -> tuple[str, Comparison] | None:
    """Return the single stage that is best by a figure, and how another stage compares with it; None without either."""
    singles = [single for single in SINGLE if found.get(single)]
    if not singles or not found.get(stage):
        return None
    best = max(singles, key=lambda single: float(np.nanmean(_values(found[single], name))))
    return best, compare(_values(found[stage], name), _values(found[best], name))


def trec_run(rankings: Sequence[Ranking], stage: str, *, articles: bool) -> str:
    """Return a run as trec_eval reads it: query, Q0, document, rank, score, tag; of articles or of passages."""
    lines = []
    for ranking in rankings:
        query = _token(ranking.row.row_id)
        names = [h.passage.source.article_id if articles else h.passage.passage_id for h in ranking.hits]
        places = first_of_each(names)
        scores = _falling([ranking.hits[place].score for place in places])
        for rank, (place, score) in enumerate(zip(places, scores, strict=True), start=1):
            lines.append(f"{query} Q0 {_token(names[place])} {rank} {score!r} {stage}\n")
    return "".join(lines)


def trec_grades(grades: Grades) -> str:
    """Return grades of whole articles as trec_eval reads them."""
    lines = [(query, name, grade) for query, each in grades.items() for name, grade in each.items()]
    return "".join(f"{_token(query)} 0 {_token(name)} {grade}\n" for query, name, grade in lines)


def trec_qrels(
    rows: Sequence[QuestionRow], texts: Mapping[str, str], passages: Mapping[str, Sequence[Passage]]
) -> tuple[str, str]:
    """Return relevance judgements as trec_eval reads them, of articles and of passages."""
    by_article: list[str] = []
    by_passage: list[str] = []
    for row in rows:
        places = gold_places(row, texts)
        query = _token(row.row_id)
        by_article += [f"{query} 0 {_token(name)} 1\n" for name in dict.fromkeys(p.article_id for p in places)]
        quoted = [place for place in places if place.quoted]
        by_passage += [f"{query} 0 {_token(p.passage_id)} 1\n" for p in held(quoted, passages)]
    return "".join(by_article), "".join(by_passage)


def write_trec(
    folder: Path,
    found: Mapping[str, Sequence[Ranking]],
    rows: Sequence[QuestionRow],
    texts: Mapping[str, str],
    passages: Mapping[str, Sequence[Passage]],
    grades: Grades | None = None,
) -> None:
    """Write qrels and one run a stage into a folder: of articles and, where no grades are given, of passages."""
    folder.mkdir(parents=True, exist_ok=True)
    judged = (trec_grades(grades),) if grades else trec_qrels(rows, texts, passages)
    levels = ("articles", "passages")[: len(judged)]
    for name, text in zip(levels, judged, strict=True):
        (folder / f"{name}.qrels").write_text(text, "utf-8")
    for stage, rankings in found.items():
        for name in levels:
            run = trec_run(rankings, stage, articles=name == "articles")
            (folder / f"{name}.{stage}.run").write_text(run, "utf-8")


def _values(rankings: Sequence[Ranking], name: str) -> Values:
    return np.array([ranking.scores.get(name, np.nan) for ranking in rankings], dtype=np.float64)


def _token(name: str) -> str:
    """Return a name without white space, which trec_eval takes for the end of a column."""
    return "_".join(name.split())


def _falling(scores: Sequence[float]) -> list[float]:
    """Return scores, best first, of which none is like the one before it, even in single precision.

    Outside tools order by score alone and break ties in their own way; ours are broken already, by passage_id. A tie
    is set the least step lower, -inf (a passage without a span) one below what comes before it.
    """
    found: list[float] = []
    for score in scores:
        before = found[-1] if found else math.inf
        if not math.isfinite(score):
            found.append(before - 1 if found else 0.0)
        else:
            found.append(score if np.float32(score) < np.float32(before) else _step_below(before))
    return found


def _step_below(score: float) -> float:
    return float(np.nextafter(np.float32(score), np.float32(-np.inf)))
