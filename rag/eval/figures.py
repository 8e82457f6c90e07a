"""Records → figures with intervals: what a run is worth, in all and by kind of question. Pure.

Every figure is over the questions that it is about. What this module does not know: how figures are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.eval import confidence as trust
from rag.eval.assess import Lost, Record
from rag.eval.statistics import Interval, Rows, Values, interval, mean_interval

RATIO_DRAWS = 500  # of the bootstrap of figures that are no means, which take a millisecond a draw


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure is called, and whether more of it is better."""

    name: str
    label: str
    high_is_good: bool = True


FIGURES = (
    Figure("right", "answer accuracy"),
    Figure("answered_rightly", "accuracy, answerable"),
    Figure("answerable_em", "exact match, answerable"),
    Figure("answerable_f1", "token F1, answerable"),
    Figure("refused_rightly", "unanswerable refused"),
    Figure("answerable_refused", "answerable refused", high_is_good=False),
    Figure("abstention_precision", "refusals that are right"),
    Figure("abstention_f1", "F1 of refusing"),
    Figure("right_if_never_silent", "accuracy, answerable, never silent"),
    Figure("list_recall", "list items told"),
    Figure("list_precision", "list pieces that are items"),
    Figure("verdict", "yes/no verdict right"),
    Figure("told", "differing articles told"),
    Figure("table_right", "agreement tables right"),
    Figure("difference_right", "conflict, update, wording told apart"),
    Figure("reason_right", "reason of silence right"),
    Figure("day_right", "day meant by the date told"),
    Figure("speaker_right", "speaker named"),
    Figure("citation_precision", "citations that touch evidence"),
    Figure("citation_recall", "supporting articles cited"),
    Figure("verbatim", "quotes verbatim"),
    Figure("auroc", "AUROC of confidence, answerable"),
    Figure("aurc", "area under risk–coverage", high_is_good=False),
    Figure("ece", "calibration error (ECE)", high_is_good=False),
    Figure("ece_by_chance", "the same, were every confidence true", high_is_good=False),
    Figure("brier", "Brier score", high_is_good=False),
    *(Figure(f"passage_{name}", f"passage {name}") for name in ("hit@1", "hit@5", "hit@10", "rr@10", "ndcg@10")),
    *(Figure(f"article_{name}", f"article {name}") for name in ("hit@1", "hit@5", "hit@10", "rr@10", "ndcg@10")),
    Figure("evidence_recall@10", "evidence among the first 10"),
    Figure("ceiling_right", "reader given the evidence"),
    Figure("ceiling_hit@5", "retrieval told the answer, hit@5"),
)


def figures(records: Sequence[Record], names: Collection[str] | None = None) -> dict[str, Interval]:
    """Return every figure that has a question, by name, in the order of FIGURES. names: only these (None: all)."""
    wanted = {figure.name for figure in FIGURES} if names is None else names
    columns = _columns(records)
    found = {name: mean_interval(values) for name, values in columns.items() if name in wanted}
    for name, ratio in _ratios(columns).items():
        if name in wanted:
            found[name] = interval(ratio, len(records), draws=RATIO_DRAWS)
    kept = {each.name: found[each.name] for each in FIGURES if each.name in found}
    return {name: one for name, one in kept.items() if one.count and one.value == one.value}


def column(records: Sequence[Record], name: str) -> Values:
    """Return a score of each record, nan where the question is not about it."""
    return np.array([record.scores.get(name, np.nan) for record in records], dtype=np.float64)


def by_kind(records: Sequence[Record]) -> dict[str, Interval]:
    """Return the accuracy of each kind of question, in the order in which kinds come."""
    kinds = list(dict.fromkeys(record.row.kind for record in records))
    return {kind: mean_interval(column([r for r in records if r.row.kind == kind], "right")) for kind in kinds}


def lost(records: Sequence[Record]) -> dict[str, int]:
    """Return how many wrong answers each stage lost."""
    return {str(stage): sum(record.lost == stage for record in records) for stage in Lost}


def seconds(records: Sequence[Record]) -> dict[str, tuple[float, float]]:
    """Return (p50, p95) of each stage, in seconds."""
    stages = [name for name in ("retrieve", "read", "decide", "total") if _known(records, f"seconds_{name}").size]
    return {name: tuple(np.percentile(_known(records, f"seconds_{name}"), (50, 95)).tolist()) for name in stages}


def reliability(records: Sequence[Record]) -> list[tuple[int, float, float]]:
    """Return (questions, mean confidence, share right) of each tenth of confidence that has any, lowest first.

    Right means: the preferred answer is, whether withheld or not; of an unanswerable question none is.
    """
    return trust.reliability(*_trusted(_columns(records)))


def sureness(records: Sequence[Record]) -> tuple[Values, Values]:
    """Return (n,) coverage and (n,) risk over the questions with a preferred answer, surest first."""
    return trust.risk_coverage(*_trusted(_columns(records)))


def _columns(records: Sequence[Record]) -> dict[str, Values]:
    """Return every score as (n,) values, with those that are of one sort of question only under their own names."""
    names = list(dict.fromkeys(name for record in records for name in record.scores))
    found = {name: column(records, name) for name in names}
    answerable = np.array([record.row.answerable for record in records], dtype=bool)
    empty = np.full(len(records), np.nan)

    def only(name: str, which: NDArray[np.bool_]) -> Values:
        kept: Values = np.where(which, found.get(name, empty), np.nan)
        return kept

    found |= {
        "answered_rightly": only("right", answerable),
        "answerable_em": only("em", answerable),
        "answerable_f1": only("f1", answerable),
        "answerable_refused": only("abstained", answerable),
        "refused_rightly": only("abstained", ~answerable),
        "right_if_never_silent": only("right_if_never_silent", answerable),
        "trusted_right": found.get("right_if_never_silent", empty),
        "is_answerable": answerable.astype(np.float64),
    }
    found["brier"] = (found.get("confidence", empty) - found["trusted_right"]) ** 2
    return found


def _ratios(columns: Mapping[str, Values]) -> dict[str, Callable[[Rows], float]]:
    """Return the figures that are no means, each as a function of row numbers."""
    empty = np.full(len(columns["is_answerable"]), np.nan)
    silent, answerable = columns.get("abstained", empty), columns["is_answerable"]
    confidence, right = columns.get("confidence", empty), columns["trusted_right"]

    def known(rows: Rows) -> Rows:
        return rows[~np.isnan(confidence[rows])]

    def precision(rows: Rows) -> float:
        refused = silent[rows] == 1
        return float((answerable[rows][refused] == 0).mean()) if refused.any() else float("nan")

    def f1(rows: Rows) -> float:
        refused, missing = silent[rows] == 1, answerable[rows] == 0
        both = refused.sum() + missing.sum()
        return float(2 * (refused & missing).sum() / both) if both else float("nan")

    def area(rows: Rows) -> float:
        kept = known(rows)
        return float(trust.risk_coverage(confidence[kept], right[kept])[1].mean()) if kept.size else float("nan")

    return {
        "abstention_precision": precision,
        "abstention_f1": f1,
        "auroc": lambda rows: trust.auroc(confidence[known(rows)], answerable[known(rows)]),
        "aurc": area,
        "ece": lambda rows: trust.calibration_error(confidence[known(rows)], right[known(rows)]),
        "ece_by_chance": lambda rows: trust.error_by_chance(confidence[known(rows)]),
    }


def _trusted(columns: Mapping[str, Values]) -> tuple[Values, Values]:
    confidence = columns.get("confidence", np.zeros(0))
    known = ~np.isnan(confidence)
    return confidence[known], columns["trusted_right"][: len(known)][known]


def _known(records: Sequence[Record], name: str) -> Values:
    values = column(records, name)
    return values[~np.isnan(values)]
