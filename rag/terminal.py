"""An Answer, a report, a finding as a person likes to read it in a terminal; progress bars. No text is taken as markup.

What this module does not know: how an answer came about. It prints only to the console it is given.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rag.text import find_span
from rag.types import LIKELIHOOD, Answer, Citation, IndexReport

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


def render_answer(answer: Answer) -> RenderableType:
    """Return the short answer, its sentence with the span marked, then numbered sources; or the closest passage."""
    if answer.abstained:
        return _render_abstention(answer)
    word = next(name for least, name in LIKELIHOOD if answer.confidence >= least)
    parts: list[RenderableType] = [
        Text.assemble((answer.text, "bold green"), (f"   {word} ({answer.confidence:.0%})", "dim")),
        *(() if answer.text == answer.sentence else (Text(), _indent(_marked(answer.sentence, answer.text)))),
        Text(),
        Text("Source" if len(answer.citations) == 1 else _counted(answer), style="bold"),
    ]
    for citation in answer.citations:
        parts.append(_source_line(citation))
        parts.append(_indent(_marked(f"“{citation.quote}”", answer.text), 6))
    if answer.alternatives:
        parts += [Text(), Text("Other answers found", style="bold")]
        for other in answer.alternatives:
            parts.append(_indent(Text.assemble((other.text, "yellow"), (f"   {other.confidence:.0%}", "dim")), 2))
            if other.text != other.sentence:
                parts.append(_indent(Text(f"“{other.sentence}”", style="dim"), 6))
    parts += [Text(), Text(f"{answer.seconds.get('total', 0):.2f} s", style="dim")]
    return Group(*parts)


def _counted(answer: Answer) -> str:
    """Return how many articles say so, and how many of them are independent of each other and why not more."""
    told = f"{len(answer.citations)} articles"
    if not 0 < len(answer.sources) < len(answer.citations):
        return told
    why = "; ".join(str(source) for source in answer.sources if source.tie)
    return f"{told}, {len(answer.sources)} independent: {why}"


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


def _render_abstention(answer: Answer) -> RenderableType:
    parts: list[RenderableType] = [
        Text.assemble((answer.text, "bold yellow"), (f"   {answer.reason}", "dim")),
    ]
    if answer.citations:
        parts += [Text(), Text("Closest passage, not an answer", style="bold"), _source_line(answer.citations[0])]
        parts.append(_indent(Text(f"“{answer.sentence}”", style="dim"), 6))
    return Group(*parts)


def _source_line(citation: Citation) -> Text:
    source = citation.source
    day = (source.published or "").replace("T", " ")
    title = textwrap.shorten(source.title, 120, placeholder=" …")
    described = " · ".join(part for part in (source.publisher, title, day, source.path_or_url) if part)
    return Text.assemble((f"  [{citation.number}] ", "bold"), described)


def _marked(sentence: str, span: str) -> Text:
    text = Text(sentence)
    start, end = find_span(sentence, span)
    if start < end:
        text.stylize("bold underline", start, end)
    return text


def _indent(text: Text, left: int = 2) -> Padding:
    return Padding(text, (0, 0, 0, left), expand=False)
