"""One evaluation from question file to records, and what it was an evaluation of.

What this module does not know: what the records are worth (figures.py), or how they are shown.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.config import PROJECT, Config
from rag.eval.assess import Record, assess
from rag.eval.doors import opened
from rag.eval.gold import gold_places, held
from rag.eval.harness import DEPTH, Ceiling, ask_all, ceiling
from rag.eval.labels import passages_of, texts_of
from rag.eval.questions import QuestionRow, read_questions, read_tune_ids
from rag.eval.splits import in_order, split_of
from rag.types import Passage
from rag.wiring import Parts, make_assistant

THROWN_AWAY = "thrown away"  # what a report calls an index that was built for it alone
SAMPLE = PROJECT / "eval" / "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Run:
    """The records of an evaluation, in the order of its questions, and what was evaluated."""

    records: tuple[Record, ...]
    about: dict[str, Any]

    def split(self, name: str) -> list[Record]:
        """Return the records of one split."""
        return [record for record in self.records if record.split == name]

    @property
    def splits(self) -> list[str]:
        """The names of the splits, the one to report last."""
        return in_order(record.split for record in self.records)


def evaluate(
    settings: Config,
    questions: str | Path,
    *,
    articles: Sequence[str] | None = None,
    index: str | None = None,
    ceilings: bool = True,
    on_done: Callable[[int], object] | None = None,
) -> Run:
    """Ask all questions of an index of the articles and judge the answers.

    articles: indexed anew, into `index` or a folder that is thrown away; None: the configured articles and index,
    refreshed. Raises QuestionError for rows that cannot be used or labels that are not proven, before an index is
    built; ConfigError, ArticlesError, StoreError and ModelError as building and opening an index do. on_done: told how
    many questions there are, after each.
    """
    rows, tune = read_questions(questions), read_tune_ids(questions)
    with opened(settings, rows, str(questions), articles=articles, index=index) as parts:
        texts = texts_of(parts.snapshot)
        began = time.perf_counter()
        told = (lambda: on_done(len(rows))) if on_done else (lambda: None)
        records = ask(rows, tune, settings, parts, texts, ceilings=ceilings, on_done=told)
        place = index or (THROWN_AWAY if articles else None)
        return Run(tuple(records), about(settings, parts, questions, time.perf_counter() - began, index=place))


def ask(
    rows: Sequence[QuestionRow],
    tune: frozenset[str],
    settings: Config,
    parts: Parts,
    texts: dict[str, str],
    *,
    ceilings: bool = True,
    depth: int = DEPTH,
    on_done: Callable[[], object] = lambda: None,
) -> list[Record]:
    """Ask questions of an opened index and judge the answers. tune, texts, depth: see splits.py, assess, ask_all."""
    assistant = make_assistant(settings, parts)
    passages = passages_of(parts.snapshot)
    records = []
    for trace in ask_all(rows, assistant, on_done, depth=depth):
        evidence = held(gold_places(trace.row, texts), passages)
        best = None
        if ceilings and trace.row.answerable:
            best = _ceiling(trace.row, evidence, assistant, parts)
        split = split_of(trace.row.row_id, tune)
        records.append(assess(trace, texts, split=split, held=len(evidence), best=best))
    return records


def _ceiling(row: QuestionRow, evidence: Sequence[Passage], assistant: Assistant, parts: Parts) -> Ceiling:
    try:
        return ceiling(row, evidence, assistant, parts.reader, parts.rule)
    except Exception:  # a run is not lost for a bound on it; nothing reached counts as nothing
        return Ceiling(None, ())


def shown(path: str | Path) -> str:
    """Return a path as a report may tell it, so that it names no machine.

    From the project or the working folder; as it was given where it goes down from there; else the bare name. An
    address stays.
    """
    if "://" in str(path):
        return str(path)
    place, full = Path(path), Path(path).resolve()
    for home in (PROJECT, Path.cwd()):
        if home != Path(home.anchor) and full.is_relative_to(home):
            return full.relative_to(home).as_posix()
    return place.name if place.is_absolute() or ".." in place.parts else place.as_posix()


def _model(name: str, settings: Config) -> str:
    """Return a model's name; of a folder what may be told of it."""
    place = settings.model_path(name)
    return name if place == name and not Path(name).is_absolute() else shown(place)


def about(
    settings: Config, parts: Parts, questions: str | Path, seconds: float, *, index: str | None = None
) -> dict[str, Any]:
    """Return what was measured, on what machine and when, without a path that names the machine.

    index: the one that was asked, where it is not the configured one. The articles are those that it was built from.
    """
    config = {key: value for key, value in asdict(settings).items() if key != "folder"}
    config |= {
        "index": shown(settings.resolve(settings.index) if index is None else index),
        "articles": [shown(Path(folder).resolve()) for folder in parts.snapshot.manifest.folders],
    }
    for part in ("embedding", "reading"):
        config[part]["model"] = _model(config[part]["model"], settings)
    return {
        "questions": shown(questions),
        "articles": len(parts.snapshot.sources),
        "embedder": _model(parts.snapshot.manifest.recipe.embedder, settings),
        "reader": config["reading"]["model"],
        "rule": {"weights": dict(parts.rule.weights), "bias": parts.rule.bias, "threshold": parts.rule.threshold},
        "config": config,
        "commit": _commit(),
        "machine": f"{os.cpu_count()} × {platform.machine()}, {platform.system()}",
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
        "seconds": round(seconds, 1),
    }


def _commit() -> str:
    """Return the commit of the project's checkout, with + when it was changed since; empty outside of one."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"],  # noqa: S607
            cwd=PROJECT, capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()
