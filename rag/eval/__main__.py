"""Measure answers: `reader` scores the reader alone on SQuAD 2.0-style rows."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from rag.config import load_config
from rag.engine import set_threads
from rag.eval.reader import Prediction, evaluate, predict
from rag.eval.rows import Row, read_rows, with_history
from rag.exits import exit_status
from rag.wiring import make_reader

# What is shown, in this order, and how: share of 100, or a plain number.
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
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser("python -m rag.eval", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    reader = commands.add_parser("reader", help="the reader alone: official EM and F1, what its margin is worth")
    reader.add_argument("--data", nargs="+", required=True, metavar="FILE", help=".jsonl, .jsonl.gz or SQuAD's .json")
    reader.add_argument("--config", metavar="FILE", help="default: config.yaml")
    reader.add_argument("--model", nargs="+", metavar="MODEL", help="readers to compare (default: the configured one)")
    reader.add_argument("--history", type=int, default=0, metavar="N", help="put a row's last N turns before it")
    reader.add_argument("--json", metavar="FILE", help="write figures and every prediction there")
    reader.set_defaults(run=_reader)
    parsed = parser.parse_args(arguments)
    return exit_status("rag.eval", lambda: parsed.run(parsed))


def _reader(parsed: argparse.Namespace) -> None:
    settings = load_config(parsed.config)
    set_threads(settings.engine.threads)
    files = {path: [asked(row, parsed.history) for row in read_rows([path])] for path in parsed.data}
    report = []
    for model in parsed.model or [settings.reading.model]:
        reader, _ = make_reader(replace(settings, reading=replace(settings.reading, model=model)))
        for path, rows in files.items():
            bar = tqdm(predict(rows, reader), total=len(rows), desc=Path(path).name, unit="row", leave=False)
            predictions = list(bar)
            report.append((model, path, evaluate(predictions), predictions))
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
        table.add_column(f"{model}\n{Path(path).name.split('.')[0]}", justify="right")
    for name, (shown, form) in SHOWN.items():
        table.add_row(shown, *(form.format(found[name]) if name in found else "–" for _, _, found in columns))
    return table


def _as_json(model: str, path: str, figures: Mapping[str, float], found: list[Prediction]) -> dict[str, object]:
    return {"model": model, "data": path, "figures": dict(figures), "predictions": [asdict(one) for one in found]}


if __name__ == "__main__":
    sys.exit(main())
