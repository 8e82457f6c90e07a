"""The commands `retrieval` and `speed`: what may be said after them, and what they then do.

Everything that can be wrong with the input is looked for before an index is built or a model loaded. It prints only to
the console it is given. What this module does not know: how anything is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from rich.console import Console
from tqdm import tqdm

from rag.assistant import clean_question
from rag.config import Config, load_config
from rag.engine import number_format
from rag.errors import ConfigError, QuestionError
from rag.eval import speed
from rag.eval.doors import Door, beir_door, questions_door
from rag.eval.questions import QuestionRow, read_questions
from rag.eval.report import retrieval_json, show_retrieval, show_speed
from rag.eval.retrieval import STAGES, Ranking, rank_all, write_trec
from rag.eval.run import SAMPLE, about
from rag.terminal import progress_bars
from rag.types import IndexReport
from rag.wiring import make_assistant, open_parts

COLD_STARTS = 3
_NAMED = 3  # things named in a note


def check_folders(*files: str | None) -> None:
    """Raise ConfigError for a file to write that lies in no folder, or is one."""
    for out in filter(None, files):
        if Path(out).is_dir():
            raise ConfigError(f"{out} is a folder; name a file.")
        if not Path(out).resolve().parent.is_dir():
            raise ConfigError(f"{out} lies in no folder that exists; make the folder, or name another file.")


def write_json(path: str, told: object) -> None:
    """Write a report for programs."""
    Path(path).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def add_retrieval(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `retrieval`."""
    parser.add_argument("--questions", metavar="FILE", help="rows with evidence (default: the sample newsroom's)")
    parser.add_argument("--articles", nargs="+", metavar="DIR", help="index these (default: the configured)")
    parser.add_argument("--beir", metavar="DIR", help="instead: corpus.jsonl, queries.jsonl and qrels/*.tsv")
    parser.add_argument("--qrels", metavar="SPLIT", help="with --beir: which qrels/SPLIT.tsv (default: test)")
    parser.add_argument("--index", metavar="DIR", help="keep their index there, to be used again")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--stages", nargs="+", default=list(STAGES), choices=list(STAGES), help="default: all")
    parser.add_argument("--json", metavar="FILE", help="write the figures, and those of every question, there")
    parser.add_argument("--trec", metavar="DIR", help="write runs and qrels there, as trec_eval reads them")
    parser.add_argument("--split", help="only this: tune, test or all (default: test if there is one, tune apart)")


def retrieval(parsed: argparse.Namespace, console: Console) -> None:
    """Rank by every stage and show how good the rankings are."""
    settings = load_config(parsed.config)
    check_folders(parsed.json)
    if parsed.trec and Path(parsed.trec).exists() and not Path(parsed.trec).is_dir():
        raise ConfigError(f"--trec {parsed.trec} is a file; name a folder.")
    aside = Console(stderr=True)
    with _door(parsed, settings) as door:
        with progress_bars(aside) as progress:
            built = door.build(settings, progress)
        parts = open_parts(settings, index=door.index)
        began = time.perf_counter()
        texts, passages = door.labels(parts.snapshot)
        for note in (*door.notes, *_left_out(built), *_unindexed(door.unindexed(texts))):
            aside.print(note, markup=False, highlight=False)
        found: dict[str, dict[str, list[Ranking]]] = {}
        total = sum(map(len, door.rows.values())) * len(parsed.stages)
        with tqdm(total=total, unit="ranking", leave=False) as bar:
            for split, rows in door.rows.items():
                found[split] = rank_all(
                    rows, settings, parts, texts, passages,
                    stages=parsed.stages, grades=door.grades, on_done=lambda: bar.update(1),
                )  # fmt: skip
        if parsed.trec:
            write_trec(Path(parsed.trec), found[door.split], door.rows[door.split], texts, passages, door.grades)
        told = about(settings, parts, door.place, time.perf_counter() - began, index=door.index)
    for split, rankings in found.items():
        console.print(show_retrieval(rankings, split))
    if parsed.json:
        write_json(parsed.json, {"about": told, **retrieval_json(found, door.split)})


def _door(parsed: argparse.Namespace, settings: Config) -> AbstractContextManager[Door]:
    if parsed.beir is None:
        if parsed.qrels is not None:
            raise ConfigError("--qrels names a split of a folder; give the folder with --beir.")
        asked = parsed.questions or str(SAMPLE)
        return questions_door(settings, asked, split=parsed.split, articles=parsed.articles, index=parsed.index)
    for name in ("questions", "articles", "split"):
        if getattr(parsed, name) is not None:
            raise ConfigError(f"--beir brings its own questions, articles and splits (--qrels); leave out --{name}.")
    return beir_door(parsed.beir, split=parsed.qrels or "test", index=parsed.index)


def _left_out(built: IndexReport | None) -> list[str]:
    if built is None or not built.skipped:
        return []
    listed = "; ".join(f"{each.path}: {each.reason}" for each in built.skipped[:_NAMED])
    return [f"{len(built.skipped):,} articles could not be read ({listed}{_more(len(built.skipped))})."]


def _unindexed(names: list[str]) -> list[str]:
    if not names:
        return []
    listed = ", ".join(names[:_NAMED])
    return [f"{len(names):,} relevant articles are not in the index and count as missed: {listed}{_more(len(names))}."]


def _more(count: int) -> str:
    return f" and {count - _NAMED:,} more" if count > _NAMED else ""


def add_speed(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `speed`."""
    parser.add_argument("--questions", default=str(SAMPLE), metavar="FILE", help="default: the sample newsroom's")
    parser.add_argument("--index", metavar="DIR", help="a built index (default: the configured)")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N questions")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="ask them all N times (default: 1)")
    parser.add_argument("--cold", type=int, default=COLD_STARTS, metavar="N", help="fresh processes timed (default: 3)")
    parser.add_argument("--beside", nargs="+", default=[], metavar="FILE", help="show beside measurements saved before")
    parser.add_argument("--json", metavar="FILE", help="write the figures and every timing there")


def measure_speed(parsed: argparse.Namespace, console: Console) -> None:
    """Time every stage of every question, and fresh processes."""
    settings = load_config(parsed.config)
    for name, least in (("limit", 1), ("repeat", 1), ("cold", 0)):
        given = getattr(parsed, name)
        if given is not None and given < least:
            raise ConfigError(f"--{name} must be at least {least}, found {given}.")
    check_folders(parsed.json)
    rows = read_questions(parsed.questions)[: parsed.limit]
    _askable(rows, settings, parsed.questions)
    saved = [(Path(path).stem, speed.read_speed(path)) for path in parsed.beside]
    for path, (_, each) in zip(parsed.beside, saved, strict=True):
        speed.check_same(each, rows, path)
    busy = os.getloadavg()[0]
    began = time.perf_counter()
    parts = open_parts(settings, index=parsed.index)
    assistant = make_assistant(settings, parts)
    opening = time.perf_counter() - began
    with tqdm(total=len(rows) * parsed.repeat, unit="question", desc="asking", leave=False) as bar:
        timings = speed.time_all(rows, assistant, repeat=parsed.repeat, on_done=lambda: bar.update(1))
    peak = speed.peak_bytes()
    if all(timing.error for timing in timings):
        raise RuntimeError(f"no question could be asked, the first because: {timings[0].error}")
    answered = next(row for row, timing in zip(rows, timings, strict=True) if not timing.error)
    command = speed.ask_command(answered.question, index=parsed.index, config=parsed.config)
    cold = speed.cold_starts(command, parsed.cold)
    told = about(settings, parts, parsed.questions, time.perf_counter() - began, index=parsed.index)
    measured = speed.Speed(tuple(timings), opening, cold, peak, {**told, **_engine(settings), "load": busy})
    console.print(show_speed(measured, saved))
    if parsed.json:
        write_json(parsed.json, measured.to_json())


def _askable(rows: list[QuestionRow], settings: Config, place: str) -> None:
    """Raise QuestionError for a question that an assistant will not take."""
    for row in rows:
        try:
            clean_question(row.question, settings.asking.max_question)
        except QuestionError as error:
            raise QuestionError(f"{place}, {row.row_id}: {error}") from error


def _engine(settings: Config) -> dict[str, Any]:
    """Return what the machine came to under the configuration, where that leaves it the choice."""
    import torch

    return {"number_format": number_format(settings.engine.precision), "threads": torch.get_num_threads()}
