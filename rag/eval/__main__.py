"""Measure answers end to end over a file of questions; or one part alone, by a command of its own."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from rag.config import Config, load_config
from rag.engine import set_threads
from rag.errors import ConfigError
from rag.eval.ablation import FAMILIES, ablate
from rag.eval.commands import add_retrieval, add_speed, check_folders, measure_speed, retrieval, write_json
from rag.eval.compare import check_baseline, compact, compare_reports, read_report, splits_in
from rag.eval.conversations import add_conversations, conversations
from rag.eval.feedback import add_feedback, feedback
from rag.eval.followups import add_followups, followups
from rag.eval.html import page
from rag.eval.labels import check, read_texts
from rag.eval.questions import Asked, read_asked, read_questions
from rag.eval.reader import Prediction, predict
from rag.eval.reader import evaluate as evaluate_reader
from rag.eval.report import show, show_ablation, show_comparison, to_json, wrong
from rag.eval.rows import Row, read_rows, with_history
from rag.eval.run import SAMPLE, evaluate
from rag.eval.scale import add_scale, scale
from rag.eval.splits import apart, within
from rag.exits import DONE, FAILED, exit_status
from rag.wiring import make_reader

ANSWERS = "answers"
# What is shown of the reader alone, in this order, and how: share of 100, or a plain number.
SHOWN = {
    "rows": ("rows", "{:,.0f}"),
    "em": ("EM", "{:.1f}"),
    "f1": ("F1", "{:.1f}"),
    "best_f1": ("F1, best threshold", "{:.1f}"),
    "fair_f1": ("F1, threshold from the other half", "{:.1f}"),
    "has_em": ("answerable EM", "{:.1f}"),
    "has_f1": ("answerable F1", "{:.1f}"),
    "no_em": ("unanswerable met with silence", "{:.1f}"),
    "auroc": ("AUROC of the margin", "{:.3f}"),
    "ece": ("ECE", "{:.3f}"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 3 when a gate lets a run not through."""
    parser = argparse.ArgumentParser("python -m rag.eval", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_answers(commands.add_parser(ANSWERS, help="answers end to end (the default command)"))
    _add_check(commands.add_parser("check", help="prove the labels of a file of questions"))
    _add_compare(commands.add_parser("compare", help="two saved runs: differences, p-values, questions that turned"))
    _add_retrieval(commands.add_parser("retrieval", help="retrieval alone, by stage: Hit@k, RR@10, nDCG@10"))
    _add_speed(commands.add_parser("speed", help="seconds by stage, passages a second, memory, a fresh process"))
    _add_reader(commands.add_parser("reader", help="the reader alone: official EM and F1, what its margin is worth"))
    _add_feedback(commands.add_parser("feedback", help="readers' verdicts kept by the page, as question rows"))
    _add_followups(
        commands.add_parser("followups", help="turns of dialogues: searched and read with and without history")
    )
    _add_conversations(commands.add_parser("conversations", help="whole conversations, judged turn by turn"))
    _add_scale(commands.add_parser("scale", help="what an archive costs as it grows to a million passages"))
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in commands.choices and given[0] not in ("-h", "--help")):
        given = [ANSWERS, *given]
    parsed = parser.parse_args(given)
    return exit_status("rag.eval", lambda: FAILED if parsed.run(parsed) is False else DONE)


def _add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--questions", default=str(SAMPLE), metavar="FILE", help="default: the sample newsroom's")
    parser.add_argument("--articles", nargs="+", metavar="DIR", help="index these (default: the configured)")
    parser.add_argument("--index", metavar="DIR", help="keep their index there")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--json", metavar="FILE", help="write figures and every question there")
    parser.add_argument("--baseline", metavar="FILE", help="write what --gate and compare need there, and no more")
    parser.add_argument("--html", metavar="FILE", help="write one page with everything to look at")
    parser.add_argument("--gate", metavar="FILE", help="a saved run; exit 3 when a headline is significantly worse")
    parser.add_argument("--wrong", action="store_true", help="list every wrong answer and where it was lost")
    parser.add_argument("--split", help="gate, list, vary only this: tune, test or all (default: test if there is one)")
    parser.add_argument("--ablate", choices=FAMILIES, help="ask for every variation of one choice, or of all")
    parser.set_defaults(run=_answers)


def _answers(parsed: argparse.Namespace) -> bool:
    settings = load_config(parsed.config)
    asked = read_asked(parsed.questions, parsed.split)
    _check_outputs(parsed)
    baseline = read_report(parsed.gate) if parsed.gate else None  # before anything slow starts
    if baseline is not None:
        check_baseline(baseline, asked, parsed.gate)
    if parsed.ablate:
        _ablate(parsed, settings, asked)
        return True
    with _asking() as on_done:
        run = evaluate(settings, parsed.questions, articles=parsed.articles, index=parsed.index, on_done=on_done)
    console = Console()
    console.print(show(run))
    if parsed.wrong:
        for line in wrong([r for r in run.records if within(asked.split, r.split)]):
            console.print(line, markup=False, highlight=False)
    report = to_json(run)
    if parsed.json:
        write_json(parsed.json, report)
    if parsed.baseline:
        Path(parsed.baseline).write_text(compact(report), "utf-8")
    if parsed.html:
        Path(parsed.html).write_text(page(run), "utf-8")
    return baseline is None or _gate(console, baseline, report, asked)


def _check_outputs(parsed: argparse.Namespace) -> None:
    """Raise ConfigError for a file that cannot be written, or that would take the place of what it is held against."""
    check_folders(parsed.json, parsed.baseline, parsed.html)
    for out in filter(None, (parsed.json, parsed.baseline, parsed.html)):
        if parsed.gate and Path(out).resolve() == Path(parsed.gate).resolve():
            raise ConfigError(f"{out} is what --gate holds the run against; name another file to write.")
    if parsed.ablate and (parsed.gate or parsed.baseline or parsed.html or parsed.wrong):
        raise ConfigError("--ablate makes one table of many runs; leave out --gate, --baseline, --html and --wrong.")


def _ablate(parsed: argparse.Namespace, settings: Config, asked: Asked) -> None:
    with _asking() as on_done:
        found = ablate(
            settings,
            asked.of(asked.split),
            parsed.ablate,
            articles=parsed.articles,
            index=parsed.index,
            place=parsed.questions,
            on_done=on_done,
        )
    Console().print(show_ablation(found.outcomes, asked.split))
    if parsed.json:
        write_json(parsed.json, {"split": asked.split, **found.to_json()})


def _gate(console: Console, baseline: Mapping[str, Any], report: Mapping[str, Any], asked: Asked) -> bool:
    """Show a run beside its baseline; whether it is let through."""
    compared = compare_reports(baseline, report, asked.split)
    console.print(show_comparison(compared, [compare_reports(baseline, report, split) for split in asked.apart]))
    for objection in compared.objections:
        console.print(f"Gate closed: {objection}", style="bold", markup=False, highlight=False)
    return not compared.objections


@contextmanager
def _asking() -> Iterator[Callable[[int], None]]:
    """Give a call that moves a bar by one question of so many; it appears with the first, so an error stands alone."""
    bars: list[tqdm[Any]] = []

    def on_done(total: int) -> None:
        if not bars:
            bars.append(tqdm(total=total, unit="question", desc="asking", leave=False))
        bars[0].update(1)

    try:
        yield on_done
    finally:
        for bar in bars:
            bar.close()


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--questions", default=str(SAMPLE), metavar="FILE", help="default: the sample newsroom's")
    parser.add_argument("--articles", nargs="+", metavar="DIR", help="default: the configured")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.set_defaults(run=_check)


def _check(parsed: argparse.Namespace) -> None:
    settings = load_config(parsed.config)
    rows = read_questions(parsed.questions)
    folders = parsed.articles or [str(settings.resolve(folder)) for folder in settings.articles]
    check(rows, read_texts(folders), parsed.questions, strict=True)
    kinds = Counter(row.kind for row in rows)
    print(f"{parsed.questions}: {len(rows)} questions, every label proven by the articles.")
    print(", ".join(f"{kind or '(no kind)'} {count}" for kind, count in kinds.most_common()))


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reports", nargs=2, metavar="FILE", help="A and B, each written by --json or --baseline")
    parser.add_argument("--split", help="only this: tune, test or all (default: test if there is one, tune apart)")
    parser.set_defaults(run=_compare)


def _compare(parsed: argparse.Namespace) -> None:
    one, other = (read_report(path) for path in parsed.reports)
    others = [compare_reports(one, other, name) for name in apart(parsed.split, splits_in(one, other))]
    Console().print(show_comparison(compare_reports(one, other, parsed.split), others))


def _add_retrieval(parser: argparse.ArgumentParser) -> None:
    add_retrieval(parser)
    parser.set_defaults(run=lambda parsed: retrieval(parsed, Console()))


def _add_speed(parser: argparse.ArgumentParser) -> None:
    add_speed(parser)
    parser.set_defaults(run=lambda parsed: measure_speed(parsed, Console()))


def _add_conversations(parser: argparse.ArgumentParser) -> None:
    add_conversations(parser)
    parser.set_defaults(run=lambda parsed: conversations(parsed, Console()))


def _add_followups(parser: argparse.ArgumentParser) -> None:
    add_followups(parser)
    parser.set_defaults(run=lambda parsed: followups(parsed, Console()))


def _add_scale(parser: argparse.ArgumentParser) -> None:
    add_scale(parser)
    parser.set_defaults(run=lambda parsed: scale(parsed, Console()))


def _add_feedback(parser: argparse.ArgumentParser) -> None:
    add_feedback(parser)
    parser.set_defaults(run=lambda parsed: feedback(parsed, Console()))


def _add_reader(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", required=True, metavar="FILE", help=".jsonl, .jsonl.gz or SQuAD's .json")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--model", nargs="+", metavar="MODEL", help="readers to compare (default: the configured one)")
    parser.add_argument("--history", type=int, default=0, metavar="N", help="put a row's last N turns before it")
    parser.add_argument("--json", metavar="FILE", help="write figures and every prediction there")
    parser.set_defaults(run=_reader)


def _reader(parsed: argparse.Namespace) -> None:
    settings = load_config(parsed.config)
    set_threads(settings.engine.threads)
    if parsed.json and not Path(parsed.json).parent.is_dir():  # told before the long work, not after
        raise ConfigError(f"There is no folder {Path(parsed.json).parent} to write --json into.")
    files = {path: [asked(row, parsed.history) for row in read_rows([path])] for path in parsed.data}
    report = []
    for model in parsed.model or [settings.reading.model]:
        reader, _ = make_reader(replace(settings, reading=replace(settings.reading, model=model)))
        for path, rows in files.items():
            bar = tqdm(predict(rows, reader), total=len(rows), desc=Path(path).name, unit="row", leave=False)
            predictions = list(bar)
            report.append((model, path, evaluate_reader(predictions), predictions))
    Console().print(_table([(model, path, figures) for model, path, figures, _ in report]))
    if parsed.json:
        Path(parsed.json).write_text(json.dumps([_as_json(*one) for one in report], indent=1), "utf-8")


def asked(row: Row, turns: int) -> Row:
    """Return the row as it is asked after so many earlier turns."""
    return replace(row, question=with_history(row, turns))


def _table(columns: list[tuple[str, str, dict[str, float]]]) -> Table:
    table = Table(title="The reader alone")
    table.add_column("")
    for model, path, _ in columns:
        table.add_column(f"{model}\n{Path(path).name.split('.')[0]}", justify="right", overflow="fold")
    for name, (shown, form) in SHOWN.items():
        table.add_row(shown, *(form.format(found[name]) if name in found else "–" for _, _, found in columns))
    return table


def _as_json(model: str, path: str, figures: Mapping[str, float], found: list[Prediction]) -> dict[str, object]:
    return {
        "model": model,
        "data": path,
        "figures": _finite(figures),
        "predictions": [_finite(asdict(p)) for p in found],
    }


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with None for infinity, which JSON does not know: silence, as a margin or as a threshold."""
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}


if __name__ == "__main__":
    sys.exit(main())
