"""A run as tables for people, and as JSON for programs. What this module does not know: how figures come about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from rag.eval import retrieval
from rag.eval.assess import Record
from rag.eval.compare import Compared
from rag.eval.figures import FIGURES, by_kind, figures, lost, reliability, seconds
from rag.eval.retrieval import Ranking
from rag.eval.run import Run
from rag.eval.statistics import Interval

PLAIN = {"ece", "brier", "auroc", "aurc"}  # shown as numbers, not as shares of 100


def show(run: Run) -> RenderableType:
    """Return the tables of a run, one column a split."""
    parts: list[RenderableType] = [_figures(run), _kinds(run), _lost(run), _seconds(run), _reliability(run)]
    about = run.about
    parts.append(
        f"{about['questions']} · {about['articles']} articles · reader {about['reader']} · {about['date']} · "
        f"commit {about['commit'] or 'unknown'} · {about['machine']} · {about['seconds']:.0f} s"
    )
    return Group(*parts)


def to_json(run: Run) -> dict[str, Any]:
    """Return everything: about, figures of each split with intervals, and every question."""
    splits = {}
    for name in run.splits:
        records = run.split(name)
        splits[name] = {
            "figures": {key: asdict(one) for key, one in figures(records).items()},
            "kinds": {kind: asdict(one) for kind, one in by_kind(records).items()},
            "lost": lost(records),
            "seconds": {stage: {"p50": p50, "p95": p95} for stage, (p50, p95) in seconds(records).items()},
            "reliability": reliability(records),
        }
    return {"about": run.about, "splits": splits, "questions": [record.to_json() for record in run.records]}


def share(one: Interval, name: str) -> str:
    """Return a figure with its interval, as people read it."""
    if name in PLAIN:
        return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
    return f"{100 * one.value:.1f} ({100 * one.low:.1f} to {100 * one.high:.1f})"


def show_comparison(compared: Compared) -> RenderableType:
    """Return the differences of two runs, and the questions whose answer turned right or wrong."""
    table = Table(title="B beyond A, on the same questions")
    for column in ("", "A", "B", "difference", "95% interval", "p"):
        table.add_column(column, justify="left" if not column else "right")
    for each in compared.figures:
        gain = each.comparison
        table.add_row(
            each.label,
            f"{100 * each.one:.1f}",
            f"{100 * each.other:.1f}",
            f"{100 * gain.gain:+.1f}",
            f"{100 * gain.low:.1f} to {100 * gain.high:.1f}",
            f"{gain.p:.3f}",
        )
    flips = Table(title=f"{len(compared.flips)} questions turned")
    for column in ("id", "question", "A", "B", "now"):
        flips.add_column(column)
    for flip in compared.flips:
        flips.add_row(
            *map(escape, (flip.row_id, flip.question, flip.one, flip.other)), "right" if flip.now_right else "wrong"
        )
    return Group(table, flips)


def show_retrieval(found: Mapping[str, Sequence[Ranking]]) -> RenderableType:
    """Return the figures of each stage, and how the last stages compare with the better single one."""
    columns = {stage: retrieval.intervals(rankings) for stage, rankings in found.items()}
    table = Table(title="Retrieval by stage, with 95% intervals")
    table.add_column("")
    for stage in columns:
        table.add_column(stage, justify="right")
    for name in retrieval.FIGURES:
        if any(name in each for each in columns.values()):
            table.add_row(name, *(share(each[name], name) if name in each else "–" for each in columns.values()))
    lines = []
    for stage in columns:
        beside = retrieval.beside_best_single(found, stage, "article_rr@10")
        if stage not in retrieval.SINGLE and beside:
            best, one = beside
            lines.append(
                f"{stage} beyond {best}, article rr@10: {100 * one.gain:+.1f} "
                f"({100 * one.low:+.1f} to {100 * one.high:+.1f}), p {one.p:.3f}"
            )
    return Group(table, *lines)


def _figures(run: Run) -> Table:
    columns = {name: figures(run.split(name)) for name in run.splits}
    table = _table("Figures, with 95% intervals", run)
    for each in FIGURES:
        if any(each.name in found for found in columns.values()):
            table.add_row(each.label, *(share(found[each.name], each.name) if each.name in found else "–"
                                        for found in columns.values()))  # fmt: skip
    return table


def _kinds(run: Run) -> Table:
    columns = {name: by_kind(run.split(name)) for name in run.splits}
    table = _table("Accuracy by kind of question", run)
    for kind in dict.fromkeys(kind for found in columns.values() for kind in found):
        cells = [
            f"{share(found[kind], '')} of {found[kind].count}" if kind in found else "–" for found in columns.values()
        ]
        table.add_row(escape(kind) or "(no kind)", *cells)
    return table


def _lost(run: Run) -> Table:
    columns = {name: lost(run.split(name)) for name in run.splits}
    table = _table("Where wrong answers were lost", run)
    for stage in next(iter(columns.values())):
        table.add_row(stage, *(str(found[stage]) for found in columns.values()))
    return table


def _seconds(run: Run) -> Table:
    table = Table(title="Milliseconds a question")
    for column in ("stage", "p50", "p95"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for stage, (p50, p95) in seconds(run.records).items():
        table.add_row(stage, f"{1000 * p50:.0f}", f"{1000 * p95:.0f}")
    return table


def _reliability(run: Run) -> Table:
    name = run.splits[-1]
    table = Table(title=f"Confidence and truth ({name})")
    for column in ("questions", "confidence", "right", ""):
        table.add_column(column, justify="right" if column else "left")
    for count, confidence, right in reliability(run.split(name)):
        table.add_row(str(count), f"{confidence:.0%}", f"{right:.0%}", "█" * round(20 * right))
    return table


def _table(title: str, run: Run) -> Table:
    table = Table(title=title)
    table.add_column("")
    for name in run.splits:
        table.add_column(f"{name} ({len(run.split(name))})", justify="right")
    return table


def wrong(records: Sequence[Record]) -> list[str]:
    """Return one line for each wrong answer: where it was lost, what was asked, said and accepted."""
    lines = []
    for record in records:
        if record.lost:
            said = record.answer.text if record.answer else record.error
            accepted = record.row.accepted[0] if record.row.answerable else "(silence)"
            lines.append(
                f"{record.row.row_id} {record.lost}: {record.row.question} – said {said!r}, wanted {accepted!r}"
            )
    return lines
