"""Traces → records: each question's scores, by name, and the stage that lost it. Pure.

What this module does not know: means and intervals (figures.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rag.eval.gold import Place, citation_precision, citation_recall, gold_places, relevant, touches
from rag.eval.harness import Ceiling, Trace
from rag.eval.judging import Judgement, judge
from rag.eval.questions import QuestionRow, fingerprint
from rag.eval.ranking import first_of_each, hit_at, ndcg, reciprocal_rank
from rag.eval.sense import judge_sense, missed
from rag.types import Answer, Hit, Reading

CUTS = (1, 5, 10)


class Lost(StrEnum):
    """Where a wrong answer was lost, first stage first."""

    FAILED = "asking failed"
    NOT_RETRIEVED = "not retrieved"
    RANKED_BELOW = "retrieved, but below what was read"
    WRONG_SPAN = "read, but another span preferred"
    ABSTAINED = "right span, but withheld"
    ANSWERED = "answered though unanswerable"


@dataclass(frozen=True, slots=True)
class Record:
    """One question, judged. scores: by name, only those that it is about. lost: "" where the answer is right."""

    row: QuestionRow
    split: str
    answer: Answer | None
    error: str
    lost: str
    scores: Mapping[str, float]
    hits: tuple[tuple[Hit, bool], ...] = ()
    spans: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return everything, ready for `json.dumps`."""
        return {
            "id": self.row.row_id,
            "question": self.row.question,
            "type": self.row.kind,
            "split": self.split,
            "labels": fingerprint(self.row),
            "accepted": list(self.row.accepted),
            "evidence": [{"article_id": e.article_id, "quote": e.quote} for e in self.row.evidence],
            "answer": self.answer.to_json() if self.answer else None,
            "error": self.error,
            "lost": self.lost,
            "scores": dict(self.scores),
            "passages": [self._passage(hit, holds) for hit, holds in self.hits],
        }

    def _passage(self, hit: Hit, holds: bool) -> dict[str, Any]:
        passage = hit.passage
        span, margin = self.spans.get(passage.passage_id, ("", None))
        return {
            "passage_id": passage.passage_id,
            "article_id": passage.source.article_id,
            "title": passage.source.title,
            "text": passage.text,
            "score": hit.score,
            "rank": hit.rank,
            "evidence": holds,
            "span": span,
            "margin": margin,
        }


def assess(trace: Trace, texts: Mapping[str, str], *, split: str, held: int = 1, best: Ceiling | None = None) -> Record:
    """Judge one question. texts: of all articles, by id. held: how many passages of the index hold its evidence."""
    row, answer = trace.row, trace.answer
    places = gold_places(row, texts)
    proven = answer is not None and any(touches(citation, places) for citation in answer.citations)
    verdict = judge(row, answer, proven)
    scores = _judged(verdict) | ranked(trace.retrieved, places, held)
    if answer is None:  # a crash is no good silence, and no good answer
        scores |= {"abstained": float(row.answerable), "right_if_never_silent": 0.0} | missed(row.labels)
    else:
        scores |= _decided(trace, places) | _cited(answer, row, places, texts) | judge_sense(row.labels, answer)
        scores |= {f"seconds_{stage}": value for stage, value in answer.seconds.items()}
    if best is not None and row.answerable and places:
        scores |= _ceilings(best, row, places)
    lost = "" if verdict.right else str(_lost(trace, places))
    hits = trace.reading.hits if trace.reading else ()
    flagged = tuple((hit, relevant(hit.passage, places)) for hit in hits)
    return Record(row, split, answer, trace.error, lost, scores, flagged, _best_spans(trace.reading))


def _judged(verdict: Judgement) -> dict[str, float]:
    named = {
        "right": verdict.right,
        "em": verdict.em,
        "f1": verdict.f1,
        "list_recall": verdict.list_recall,
        "list_precision": verdict.list_precision,
        "told": verdict.told,
        "verdict": verdict.verdict,
    }
    return {name: value for name, value in named.items() if value is not None}


def ranked(hits: Sequence[Hit], places: Sequence[Place], held: int) -> dict[str, float]:
    """Return the figures of retrieval, of passages and of articles; none for a question without evidence.

    held: how many passages of the index hold evidence, found or not.
    """
    if not places:
        return {}
    quoted = [place for place in places if place.quoted]
    passages = [relevant(hit.passage, places) for hit in hits]
    names = [hit.passage.source.article_id for hit in hits]
    gold = {place.article_id for place in places}
    articles = [names[place] in gold for place in first_of_each(names)]
    scores = _ranking("article", articles, len(gold))
    if quoted:
        scores |= _ranking("passage", passages, max(held, 1))
        found = [any(relevant(hit.passage, [place]) for hit in hits[:10]) for place in quoted]
        scores["evidence_recall@10"] = sum(found) / len(found)
    return scores


def _ranking(what: str, flags: Sequence[bool], total: int) -> dict[str, float]:
    named = {f"{what}_hit@{k}": hit_at(flags, k) for k in CUTS}
    return {**named, f"{what}_rr@10": reciprocal_rank(flags, 10), f"{what}_ndcg@10": ndcg(flags, total, 10)}


def _decided(trace: Trace, places: Sequence[Place]) -> dict[str, float]:
    """Return silence, confidence, and whether the preferred answer would have been right had it not been withheld."""
    assert trace.answer is not None
    free = trace.unforced if trace.unforced and trace.answer.abstained else trace.answer
    shown = any(touches(citation, places) for citation in free.citations)
    never_silent = judge(trace.row, free, shown).right if trace.row.answerable else 0.0
    return {
        "abstained": float(trace.answer.abstained),
        "confidence": trace.answer.confidence,
        "right_if_never_silent": never_silent,
    }


def _cited(answer: Answer, row: QuestionRow, places: Sequence[Place], texts: Mapping[str, str]) -> dict[str, float]:
    shown = [*answer.citations, *(citation for other in answer.alternatives for citation in other.citations)]
    scores = {}
    if shown:
        same = [texts.get(c.source.article_id, "")[c.start : c.end] == c.quote for c in shown]
        scores["verbatim"] = sum(same) / len(same)
    if not answer.abstained and row.answerable:
        scores |= {
            "citation_precision": citation_precision(answer, places),
            "citation_recall": citation_recall(answer, places),
        }
    return {name: value for name, value in scores.items() if value == value}


def _ceilings(best: Ceiling, row: QuestionRow, places: Sequence[Place]) -> dict[str, float]:
    shown = best.reading is not None and any(touches(c, places) for c in best.reading.citations)
    flags = [relevant(hit.passage, places) for hit in best.retrieved]
    return {"ceiling_right": judge(row, best.reading, shown).right, "ceiling_hit@5": hit_at(flags, 5)}


def _lost(trace: Trace, places: Sequence[Place]) -> Lost:
    """Return the first stage after which a wrong answer could no longer be right."""
    if trace.answer is None or trace.reading is None:
        return Lost.FAILED
    if not trace.row.answerable:
        return Lost.ANSWERED
    if places and not any(relevant(hit.passage, places) for hit in trace.reading.hits):
        deep = any(relevant(hit.passage, places) for hit in trace.retrieved)
        return Lost.RANKED_BELOW if deep else Lost.NOT_RETRIEVED
    free = trace.unforced
    if trace.answer.abstained and free is not None and not free.abstained:
        shown = any(touches(citation, places) for citation in free.citations)
        if judge(trace.row, free, shown).right:
            return Lost.ABSTAINED
    return Lost.WRONG_SPAN


def _best_spans(reading: Reading | None) -> dict[str, tuple[str, float]]:
    """Return each passage's best span and its margin in logits."""
    found: dict[str, tuple[str, float]] = {}
    for span in reading.spans if reading else ():  # best margin first
        found.setdefault(span.hit.passage.passage_id, (span.text, span.margin))
    return found
