"""A report of a build and the findings of a check as a person likes to read them; progress bars.

What this module does not know: what was built or checked. It prints only to the console it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rag.types import IndexReport

if TYPE_CHECKING:
    from rag.ingest import Progress as Report

MAX_LISTED = 20
STATES = {"fine": "green", "warning": "yellow", "fault": "bold red"}
STAGES = {
    "read": "reading articles",
    "embed": "embedding passages",
    "words": "counting words",
    "copies": "finding agency copies",
}


def render_report(report: IndexReport) -> RenderableType:
    """Return what a build holds, kept, skipped and dropped."""
    lines = [
        Text.assemble(
            (f"{report.articles:,} articles, {report.passages:,} passages", "bold green"),
            f" in {report.index} ({report.reused:,} articles unchanged, {report.removed:,} removed, "
            f"{report.seconds:,.1f} s)",
        )
    ]
    if report.dropped:
        dropped = ", ".join(f"{count:,} × {reason}" for reason, count in report.dropped)
        lines.append(Text(f"Lines left out: {dropped}"))
    if report.skipped:
        lines.append(Text(f"{len(report.skipped):,} skipped:", style="yellow"))
        lines += [Text(f"  {item.path}: {item.reason}") for item in report.skipped[:MAX_LISTED]]
        if len(report.skipped) > MAX_LISTED:
            lines.append(Text(f"  … and {len(report.skipped) - MAX_LISTED:,} more (--json lists all)"))
    return Group(*lines)


def render_finding(state: str, about: str, found: str, remedy: str) -> RenderableType:
    """Return what a check found under its state, a word of `STATES`, and below it what to do about it."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for width in (7, 13, None):
        grid.add_column(width=width, overflow="fold")
    grid.add_row(Text(state, style=STATES[state]), Text(about, style="bold"), Text(found))
    if remedy:
        grid.add_row("", "", Text(f"→ {remedy}", style=STATES[state]))
    return grid


@contextmanager
def progress_bars(console: Console) -> Iterator[Report]:
    """Give a progress callback that draws bars with passages a second and time left; quiet when piped."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=None, rate="")
            speed = bars.tasks[tasks[stage]].speed
            bars.update(tasks[stage], completed=done, total=total or None, rate=f"{speed:.0f}/s" if speed else "")

        yield report
