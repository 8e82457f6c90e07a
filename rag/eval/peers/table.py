"""What runs come to: figures of one run, medians and ratios over rounds, and one table. Pure.

Ratios are taken within a round, whose runs saw the same machine, and their median is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from rag.eval.gold import Place, relevant
from rag.eval.metrics import token_f1
from rag.eval.peers.job import TOP, Asked, Outcome
from rag.eval.questions import QuestionRow
from rag.eval.ranking import hit_at
from rag.eval.statistics import Values, compare
from rag.types import Passage

# Those that are compared by ratio, with what they are multiplied by to be shown, and their form.
TIMED = {
    "passages_per_second": ("passages indexed a s", 1.0, "{:,.1f}"),
    "p50": ("asking p50, ms", 1000.0, "{:,.0f}"),
    "p95": ("asking p95, ms", 1000.0, "{:,.0f}"),
    "peak_bytes": ("peak memory, MB", 1e-6, "{:,.0f}"),
}
# Those that are judged question by question; the first ones are compared so.
JUDGED = {
    "hit": f"Hit@{TOP}, %",
    "f1": "token F1",
    "f1_answerable": "token F1, answerable",
    "silent": "silence, %",
    "failed": "errors, %",
}
COMPARED = ("hit", "f1", "f1_answerable")


@dataclass(frozen=True, slots=True)
class Column:
    """One way to ask in one round. timed: one value a figure. judged: (n,) values of n questions, nan where none."""

    timed: Mapping[str, float]
    judged: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Labels:
    """What answers and hits are held against: places by question id, passages by their id."""

    rows: Sequence[QuestionRow]
    places: Mapping[str, Sequence[Place]]
    passages: Mapping[str, Passage]


def columns_of(name: str, outcome: Outcome, labels: Labels) -> dict[str, Column]:
    """Return a column for each way to ask, by name."""
    found = {}
    for way, asked in outcome.ways.items():
        seconds = [one.seconds for one in asked]
        timed = {
            "passages_per_second": outcome.passages / outcome.indexing,
            "p50": float(np.percentile(seconds, 50)),
            "p95": float(np.percentile(seconds, 95)),
            "peak_bytes": float(outcome.peak_bytes),
        }
        found[f"{name}, {way}" if way else name] = Column(timed, judged(asked, labels))
    return found


def judged(asked: Sequence[Asked], labels: Labels) -> dict[str, Values]:
    """Return each judged figure, one value a question in the order of the labels; one not asked counts as failed."""
    by_id = {one.row_id: one.told for one in asked}
    found: dict[str, list[float]] = {figure: [] for figure in JUDGED}
    for row in labels.rows:
        told = by_id.get(row.row_id)
        said = (told.answer or "") if told else ""
        f1 = token_f1(said, row.answers or row.accepted)
        found["hit"].append(hit(told.retrieved if told else (), labels.places.get(row.row_id, ()), labels.passages))
        found["f1"].append(f1)
        found["f1_answerable"].append(f1 if row.answerable else float("nan"))
        found["silent"].append(float(not said))
        found["failed"].append(float(told is None or bool(told.error)))
    return {figure: np.array(values, dtype=np.float64) for figure, values in found.items()}


def hit(retrieved: Sequence[str], places: Sequence[Place], passages: Mapping[str, Passage]) -> float:
    """Return 1.0 if one of the first ids is of a passage that holds evidence, else 0.0; nan without evidence."""
    if not places:
        return float("nan")
    return hit_at([name in passages and relevant(passages[name], places) for name in retrieved], TOP)


def medians(rounds: Sequence[Mapping[str, Column]], column: str) -> dict[str, float]:
    """Return the median over rounds of each timed figure of a column."""
    there = [each[column].timed for each in rounds if column in each]
    return {figure: median(timed[figure] for timed in there) for figure in TIMED}


def ratios(rounds: Sequence[Mapping[str, Column]], column: str, base: str) -> dict[str, float]:
    """Return the median over rounds of each timed figure of a column over that of another in the same round."""
    both = [(each[column].timed, each[base].timed) for each in rounds if column in each and base in each]
    return {figure: median(one[figure] / other[figure] for one, other in both) for figure in TIMED} if both else {}


def show(rounds: Sequence[Mapping[str, Column]], base: str, notes: Sequence[str]) -> Group:
    """Return the table. base: the column that the others are held against. notes: lines below it."""
    names = list(dict.fromkeys(name for each in rounds for name in each))
    last = {name: next(each[name] for each in reversed(rounds) if name in each) for name in names}
    many = f"median of {len(rounds)} rounds" if len(rounds) > 1 else "one round"
    table = Table(title=f"The same passages, questions and weights; {many}")
    table.add_column("")
    for name in names:
        table.add_column(escape(name), justify="right", overflow="fold")
    values = {name: medians(rounds, name) for name in names}
    beside = {name: ratios(rounds, name, base) for name in names if name != base}
    for figure, (label, scale, form) in TIMED.items():
        table.add_row(label, *(form.format(scale * values[name][figure]) for name in names))
        if beside:
            table.add_row("  times ours", *(_times(beside.get(name, {}), figure) for name in names))
    for figure, label in JUDGED.items():
        table.add_row(label, *(_share(last[name].judged[figure]) for name in names))
        if beside and figure in COMPARED:
            table.add_row("  points above ours", *(_gain(last, name, base, figure) for name in names))
    return Group(table, *map(escape, notes))


def _times(beside: Mapping[str, float], figure: str) -> str:
    return f"{beside[figure]:.2f}" if beside else ""


def _share(values: Values) -> str:
    known = values[~np.isnan(values)]
    return f"{100 * known.mean():.1f}" if len(known) else "–"


def _gain(last: Mapping[str, Column], name: str, base: str, figure: str) -> str:
    """Return how many points a column is above the base, with the 95% interval over questions."""
    if name == base or base not in last:
        return ""
    one, other = last[name].judged[figure], last[base].judged[figure]
    known = ~np.isnan(one)
    if not known.any():
        return ""
    found = compare(one[known], other[known])
    return f"{100 * found.gain:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"
