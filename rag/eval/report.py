"""A run as tables for people, and as JSON for programs. What this module does not know: how figures come about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from statistics import median
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from rag.eval import ablation, retrieval, speed
from rag.eval.ablation import Outcome
from rag.eval.assess import Record
from rag.eval.compare import Compared
from rag.eval.figures import FIGURES, by_kind, figures, lost, reliability, seconds
from rag.eval.retrieval import Ranking, beside_best_single
from rag.eval.run import Run, shown
from rag.eval.speed import Speed
from rag.eval.statistics import Comparison, Interval

PLAIN = {"ece", "ece_by_chance", "brier", "auroc", "aurc"}  # shown as numbers, not as shares of 100


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
    return {"about": run.about, "splits": splits, "questions": [_question(record) for record in run.records]}


def _question(record: Record) -> dict[str, Any]:
    """Return everything about a question, with paths that name no machine."""
    told = record.to_json()
    _hide_places(told["answer"])
    return told


def _hide_places(part: Any) -> None:
    """Shorten the path of every citation in an answer's JSON."""
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _hide_places(one)
    if isinstance(part, dict) and "path_or_url" in part:
        part["path_or_url"] = shown(part["path_or_url"])


def share(one: Interval, name: str) -> str:
    """Return a figure with its interval, as people read it."""
    if name in PLAIN:
        return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
    return f"{100 * one.value:.1f} ({100 * one.low:.1f} to {100 * one.high:.1f})"


def show_comparison(compared: Compared, apart: Sequence[Compared] = ()) -> RenderableType:
    """Return the differences of two runs, and the questions whose answer turned right or wrong.

    apart: of other splits, of which only the differences are shown, and first.
    """
    flips = Table(title=f"{len(compared.flips)} questions turned ({compared.split})")
    for column in ("id", "question", "A", "B", "now"):
        flips.add_column(column)
    for flip in compared.flips:
        flips.add_row(
            *map(escape, (flip.row_id, flip.question, flip.one, flip.other)), "right" if flip.now_right else "wrong"
        )
    return Group(*(_differences(each) for each in (*apart, compared)), flips)


def _differences(compared: Compared) -> Table:
    table = Table(title=f"B beyond A, on the same questions ({compared.split})")
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
    return table


def show_ablation(outcomes: Sequence[Outcome], split: str) -> RenderableType:
    """Return one line a variation, with 95% intervals below the figures."""
    count = max((one.count for each in outcomes for one in each.figures.values()), default=0)
    table = Table(title=f"One thing changed at a time ({split}, {count} questions)")
    labels = {figure.name: figure.label for figure in FIGURES}
    for name in ("variation", *(labels[name] for name in ablation.SHOWN), "p50 ms", "right beyond configured", "p"):
        table.add_column(name, justify="left" if name == "variation" else "right")
    for _, alike in groupby(outcomes, key=lambda one: one.variation.family):
        for each in alike:
            gain = each.beside
            table.add_row(
                each.variation.name,
                *(_below(each.figures[name]) if name in each.figures else "–" for name in ablation.SHOWN),
                f"{1000 * each.p50:.0f}" if each.p50 == each.p50 else "–",
                f"{100 * gain.gain:+.1f}\n{100 * gain.low:+.1f} to {100 * gain.high:+.1f}" if gain else "configured",
                f"{gain.p:.3f}" if gain else "",
            )
        table.add_section()
    return table


def _below(one: Interval) -> str:
    return f"{100 * one.value:.1f}\n{100 * one.low:.1f} to {100 * one.high:.1f}"


def show_retrieval(found: Mapping[str, Sequence[Ranking]], split: str) -> RenderableType:
    """Return the figures of each stage, and how the last stages compare with the better single one."""
    columns = {stage: retrieval.intervals(rankings) for stage, rankings in found.items()}
    table = Table(title=f"Retrieval by stage, with 95% intervals ({split})")
    table.add_column("", no_wrap=True)
    for stage in columns:
        table.add_column(stage, justify="right")
    for name in retrieval.FIGURES:
        if any(name in each for each in columns.values()):
            cells = (share(each[name], name) if name in each else "–" for each in columns.values())
            table.add_row(name.replace("_", " "), *cells)
    lines = [
        f"{stage} beyond {best}, {name.replace('_', ' ')}: {100 * one.gain:+.1f} "
        f"({100 * one.low:+.1f} to {100 * one.high:+.1f}), p {one.p:.3f}"
        for stage, each in _beyond(found).items()
        for name, (best, one) in each.items()
    ]
    for stage, rankings in found.items():
        if failed := [ranking for ranking in rankings if ranking.error]:
            lines.append(f"{stage} failed at {len(failed)} of {len(rankings)} questions, first: {failed[0].error}")
    return Group(table, *map(Text, lines))


def _beyond(found: Mapping[str, Sequence[Ranking]]) -> dict[str, dict[str, tuple[str, Comparison]]]:
    """Return, by stage and figure, the best single stage and what a stage made of several gains over it."""
    several = [stage for stage in found if stage not in retrieval.SINGLE]
    pairs = [(stage, name, beside_best_single(found, stage, name)) for stage in several for name in retrieval.COMPARED]
    told: dict[str, dict[str, tuple[str, Comparison]]] = {}
    for stage, name, beside in pairs:
        if beside:
            told.setdefault(stage, {})[name] = beside
    return told


def retrieval_json(found: Mapping[str, Mapping[str, Sequence[Ranking]]], split: str) -> dict[str, Any]:
    """Return the figures of each stage, its gain over the best single one, and every question's scores.

    found: by split, of which one counts; the others stand apart.
    """
    told = {name: _stages_json(each) for name, each in found.items()}
    return {"split": split, **told.pop(split), "apart": told}


def _stages_json(found: Mapping[str, Sequence[Ranking]]) -> dict[str, Any]:
    beyond = {
        stage: {name: {"best_single": best, **asdict(one)} for name, (best, one) in each.items()}
        for stage, each in _beyond(found).items()
    }
    return {
        "questions": len(next(iter(found.values()))),
        "stages": {
            stage: {name: asdict(one) for name, one in retrieval.intervals(each).items()}
            for stage, each in found.items()
        },
        "beyond_best_single": beyond,
        "scores": {stage: {each.row.row_id: dict(each.scores) for each in ranked} for stage, ranked in found.items()},
        "failed": {
            stage: {each.row.row_id: each.error for each in ranked if each.error} for stage, ranked in found.items()
        },
    }


def show_speed(measured: Speed, saved: Sequence[tuple[str, Mapping[str, Any]]] = ()) -> RenderableType:
    """Return a measurement, with earlier ones (their name, and what to_json gave) in columns before it."""
    now = measured.to_json()
    columns = [*saved, ("now", now)]
    asked = len(measured.timings) - len(measured.failed)
    repeats = max((len(timing.seconds["total"]) for timing in measured.timings if not timing.error), default=0)
    table = Table(title=f"Speed, warm, {asked} questions × {repeats}, with 95% intervals")
    table.add_column("", no_wrap=True)
    for name, _ in columns:
        table.add_column(escape(name), justify="right", overflow="fold")
    for name in now["figures"]:
        stage, _, percent = name.rpartition("_p")
        timed = percent.isdigit()
        label = f"{stage} p{percent}, ms" if timed else name.replace("_per_", " a ")
        table.add_row(label, *(_of_time(each["figures"].get(name), 1000 if timed else 1) for _, each in columns))
    table.add_row("opening index and models, s", *(f"{each['opening']:.1f}" for _, each in columns))
    table.add_row("fresh process to first answer, s", *(_cold(each["cold"]) for _, each in columns))
    table.add_row("peak resident memory, MB", *(f"{each['peak_bytes'] / 1e6:,.0f}" for _, each in columns))
    lines = []
    for name, each in saved:
        beside = speed.beside(each, now)
        if beside:
            times, one = beside
            lines.append(
                f"now beside {name}: {times:.2f} times as fast, {1000 * one.gain:+.1f} ms a question "
                f"({1000 * one.low:+.1f} to {1000 * one.high:+.1f}), p {one.p:.3f}"
            )
    lines += [f"failed: {timing.row_id}: {timing.error}" for timing in measured.failed]
    about = measured.about
    lines.append(
        f"{about['questions']} · {about['articles']} articles · reader {about['reader']} · {about['number_format']}, "
        f"{about['threads']} threads · {about['date']} · commit {about['commit'] or 'unknown'} · {about['machine']}, "
        f"load {about['load']:.1f} before this began"
    )
    return Group(table, *map(escape, lines))


def _of_time(one: Mapping[str, Any] | None, scale: float) -> str:
    if one is None:
        return "–"
    return f"{scale * one['value']:.1f} ({scale * one['low']:.1f} to {scale * one['high']:.1f})"


def _cold(seconds: Sequence[float]) -> str:
    """Return the median of fresh processes, and how many there were."""
    return f"{median(seconds):.1f} (of {len(seconds)})" if seconds else "–"


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
