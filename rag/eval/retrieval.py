"""Retrieval alone, stage by stage: bm25, dense, fused in two ways, reranked by the reader; by passage and by article.

What this module does not know: whether an answer can be read out of what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.config import Config
from rag.errors import RagError
from rag.eval.assess import ranked
from rag.eval.gold import gold_places, held
from rag.eval.questions import QuestionRow
from rag.eval.ranking import first_of_each
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
FIGURES = (
    *(f"article_{name}" for name in ("hit@1", "hit@5", "hit@10", "rr@10", "ndcg@10")),
    *(f"passage_{name}" for name in ("hit@1", "hit@5", "hit@10", "rr@10", "ndcg@10")),
    "evidence_recall@10",
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one stage ranked for one question, and its scores by name (see FIGURES)."""

    row: QuestionRow
    hits: tuple[Hit, ...]
    scores: Mapping[str, float]


def rank_all(
    rows: Sequence[QuestionRow],
    settings: Config,
    parts: Parts,
    texts: Mapping[str, str],
    passages: Mapping[str, Sequence[Passage]],
    *,
    stages: Sequence[str] = tuple(STAGES),
    on_done: Callable[[], object] = lambda: None,
) -> dict[str, list[Ranking]]:
    """Return each stage's ranking of every question with evidence. A question that fails has no hits, and counts."""
    found: dict[str, list[Ranking]] = {}
    for stage in stages:
        how = replace(settings.retrieval, **STAGES[stage])  # type: ignore[arg-type]
        retriever = make_retriever(replace(settings, retrieval=how), parts)
        found[stage] = []
        for row in rows:
            places = gold_places(row, texts)
            if not places:
                continue
            try:
                hits = tuple(retriever.retrieve(Query(row.question), DEPTH))
            except RagError:
                hits = ()
            found[stage].append(Ranking(row, hits, ranked(hits, places, len(held(places, passages)))))
            on_done()
    return found


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
        hits = ranking.hits
        names = [h.passage.source.article_id if articles else h.passage.passage_id for h in hits]
        for rank, place in enumerate(first_of_each(names), start=1):
            lines.append(f"{ranking.row.row_id} Q0 {_token(names[place])} {rank} {hits[place].score:.6f} {stage}\n")
    return "".join(lines)


def trec_qrels(
    rows: Sequence[QuestionRow], texts: Mapping[str, str], passages: Mapping[str, Sequence[Passage]]
) -> tuple[str, str]:
    """Return relevance judgements as trec_eval reads them, of articles and of passages."""
    by_article: list[str] = []
    by_passage: list[str] = []
    for row in rows:
        places = gold_places(row, texts)
        by_article += [f"{row.row_id} 0 {_token(name)} 1\n" for name in dict.fromkeys(p.article_id for p in places)]
        quoted = [place for place in places if place.quoted]
        by_passage += [f"{row.row_id} 0 {_token(p.passage_id)} 1\n" for p in held(quoted, passages)]
    return "".join(by_article), "".join(by_passage)


def write_trec(
    folder: Path,
    found: Mapping[str, Sequence[Ranking]],
    rows: Sequence[QuestionRow],
    texts: Mapping[str, str],
    passages: Mapping[str, Sequence[Passage]],
) -> None:
    """Write qrels and one run a stage, of articles and of passages, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip(("articles", "passages"), trec_qrels(rows, texts, passages), strict=True):
        (folder / f"{name}.qrels").write_text(text, "utf-8")
    for stage, rankings in found.items():
        for name in ("articles", "passages"):
            run = trec_run(rankings, stage, articles=name == "articles")
            (folder / f"{name}.{stage}.run").write_text(run, "utf-8")


def _values(rankings: Sequence[Ranking], name: str) -> Values:
    return np.array([ranking.scores.get(name, np.nan) for ranking in rankings], dtype=np.float64)


def _token(name: str) -> str:
    """Return a name without white space, which trec_eval takes for the end of a column."""
    return "_".join(name.split())
