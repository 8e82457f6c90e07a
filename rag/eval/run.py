"""One evaluation from question file to records, and what it was an evaluation of."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.articles import Unreadable, parse, scan
from rag.assistant import Assistant
from rag.config import PROJECT, Config
from rag.errors import QuestionError
from rag.eval.assess import Record, assess
from rag.eval.gold import gold_places, held
from rag.eval.harness import Ceiling, ask_all, ceiling
from rag.eval.questions import QuestionRow, problems, read_questions, read_tune_ids
from rag.store import Snapshot
from rag.types import Passage, Skipped
from rag.wiring import Parts, make_assistant, make_index, open_parts

SAMPLE = PROJECT / "eval" / "questions.jsonl"
SHOWN_PROBLEMS = 5


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
        return sorted({record.split for record in self.records}, key=["all", "tune", "test"].index)


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
    refreshed. Raises QuestionError for rows that cannot be used or labels that are not proven, before any question is
    asked; ConfigError, ArticlesError, StoreError and ModelError as building and opening an index do. on_done: told how
    many questions there are, after each.
    """
    rows, tune = read_questions(questions), read_tune_ids(questions)
    with opened(settings, articles, index) as parts:
        texts = texts_of(parts.snapshot)
        check(rows, texts, str(questions))
        began = time.perf_counter()
        told = (lambda: on_done(len(rows))) if on_done else (lambda: None)
        records = _records(rows, tune, settings, parts, texts, ceilings=ceilings, on_done=told)
        about = _about(settings, parts, _shown(questions), time.perf_counter() - began)
    return Run(tuple(records), about)


@contextmanager
def opened(settings: Config, articles: Sequence[str] | None, index: str | None) -> Iterator[Parts]:
    """Index articles and open the index with its models; see `evaluate` for where it lies."""
    with ExitStack() as stack:
        place = index
        if articles and index is None:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="rag-eval-"))
        if articles or index is None:  # somebody's index without articles is only opened
            make_index(settings, articles=articles, index=place)
        yield open_parts(settings, index=place)


def texts_of(snapshot: Snapshot) -> dict[str, str]:
    """Return the text of every article of an index, by id."""
    return {source.article_id: snapshot.article(i).text for i, source in enumerate(snapshot.sources)}


def read_texts(folders: Sequence[str]) -> dict[str, str]:
    """Return the text of every article that can be read in some folders, by id, without indexing them."""
    texts: dict[str, str] = {}
    skipped: list[Skipped] = []
    for record in scan(folders, skipped.append):
        try:
            article = parse(record).article
        except Unreadable:
            continue
        texts[article.source.article_id] = article.text
    return texts


def check(rows: Sequence[QuestionRow], texts: dict[str, str], place: str, *, strict: bool = False) -> None:
    """Raise QuestionError that names the first labels that are not proven by the articles; see `problems`."""
    found = problems(rows, texts, strict=strict)
    if found:
        more = f" … and {len(found) - SHOWN_PROBLEMS} more" if len(found) > SHOWN_PROBLEMS else ""
        raise QuestionError(f"{place} does not fit the articles: {' '.join(found[:SHOWN_PROBLEMS])}{more}")


def _records(
    rows: Sequence[QuestionRow],
    tune: frozenset[str],
    settings: Config,
    parts: Parts,
    texts: dict[str, str],
    *,
    ceilings: bool,
    on_done: Callable[[], object],
) -> list[Record]:
    assistant = make_assistant(settings, parts)
    passages = passages_of(parts.snapshot)
    records = []
    for trace in ask_all(rows, assistant, parts.rule, on_done):
        evidence = held(gold_places(trace.row, texts), passages)
        best = None
        if ceilings and trace.row.answerable:
            best = _ceiling(trace.row, evidence, assistant, parts)
        split = ("tune" if trace.row.row_id in tune else "test") if tune else "all"
        records.append(assess(trace, texts, split=split, held=len(evidence), best=best))
    return records


def _ceiling(row: QuestionRow, evidence: Sequence[Passage], assistant: Assistant, parts: Parts) -> Ceiling:
    try:
        return ceiling(row, evidence, assistant, parts.reader, parts.rule)
    except Exception:  # a run is not lost for a bound on it; nothing reached counts as nothing
        return Ceiling(None, ())


def passages_of(snapshot: Snapshot) -> dict[str, list[Passage]]:
    """Return every article's passages, by its id."""
    found = {}
    for i, source in enumerate(snapshot.sources):
        start, end = snapshot.rows(i)
        found[source.article_id] = [snapshot.passage(row) for row in range(start, end)]
    return found


def _model(name: str) -> str:
    return _shown(name) if Path(name).is_dir() else name


def _shown(path: str | Path) -> str:
    """Return a path as a report may tell it: from the working folder, or the bare name of what lies elsewhere."""
    place = Path(path).resolve()
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else place.name


def _about(settings: Config, parts: Parts, questions: str, seconds: float) -> dict[str, Any]:
    recipe = parts.snapshot.manifest.recipe
    return {
        "questions": questions,
        "articles": len(parts.snapshot.sources),
        "embedder": _model(recipe.embedder),
        "reader": settings.reading.model
        if not Path(settings.reading.model).is_dir()
        else _shown(settings.reading.model),
        "rule": {"weights": dict(parts.rule.weights), "bias": parts.rule.bias, "threshold": parts.rule.threshold},
        "config": {key: value for key, value in asdict(settings).items() if key != "folder"},
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
