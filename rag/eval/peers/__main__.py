"""Run ours, Haystack and txtai over the same passages and questions, some rounds, and print one table."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from rich.console import Console

from rag.config import Config, load_config
from rag.engine import Precision, resolve_model
from rag.errors import ConfigError, RagError
from rag.eval.commands import check_folders, write_json
from rag.eval.peers.corpus import Corpus, answerable_here, places_of, read_corpus, write_questions
from rag.eval.peers.job import Job, Outcome
from rag.eval.peers.table import Column, Labels, columns_of, medians, ratios, show
from rag.eval.peers.venvs import OURS, PEERS, install, run
from rag.eval.questions import QuestionRow, read_questions
from rag.eval.run import SAMPLE, shown
from rag.exits import exit_status
from rag.wiring import make_embedder, reader_folder


@dataclass(slots=True)
class Found:
    """What all rounds came to. failed: why a peer could not be installed or run, by name; it is not tried again."""

    rounds: list[dict[str, Column]] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and return the exit status."""
    parser = argparse.ArgumentParser("python -m rag.eval.peers", description=__doc__)
    parser.add_argument("--articles", nargs="+", metavar="DIR", help="folders or files (default: the configured)")
    parser.add_argument("--questions", default=str(SAMPLE), metavar="FILE", help="default: the sample newsroom's")
    parser.add_argument("--work", metavar="DIR", help="keep the peers' environments there (default: thrown away)")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N questions about these articles")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="run each N times (default: 1)")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS), help="default: all")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--precision", choices=get_args(Precision), help="ours (default: the configured)")
    parser.add_argument("--peer-precision", default="fp32", choices=("fp32", "bf16"), help="theirs (default: fp32)")
    parser.add_argument("--torch-index", metavar="URL", help="where pip finds the CPU build of torch, if not by itself")
    parser.add_argument("--json", metavar="FILE", help="write all figures and every answer there")
    given = list(sys.argv[1:] if arguments is None else arguments)
    return exit_status("rag.eval.peers", lambda: _compare(parser.parse_args(given)))


def _compare(parsed: argparse.Namespace) -> None:
    settings = load_config(parsed.config)
    for name in ("limit", "rounds"):
        wanted = getattr(parsed, name)
        if wanted is not None and wanted < 1:
            raise ConfigError(f"--{name} must be at least 1, found {wanted}.")
    check_folders(parsed.json)
    rows = read_questions(parsed.questions)
    busy = os.getloadavg()[0]
    corpus = _corpus(parsed, settings)
    rows, left_out = answerable_here(rows, corpus.texts, parsed.questions)
    rows = rows[: parsed.limit]
    by_id = {passage.passage_id: passage for passage in corpus.passages}
    labels = Labels(rows, places_of(rows, corpus.texts), by_id)
    with _folder(parsed.work) as work:
        corpus.write(work / "passages.jsonl")
        write_questions(rows, work / "questions.jsonl")
        found = _rounds(parsed, settings, labels, work)
    notes = _notes(parsed, corpus, rows, left_out, found, busy)
    Console().print(show(found.rounds, OURS, notes))
    if parsed.json:
        write_json(parsed.json, _as_json(notes, found))


def _corpus(parsed: argparse.Namespace, settings: Config) -> Corpus:
    folders = parsed.articles or [str(settings.resolve(folder)) for folder in settings.articles]
    return read_corpus(folders, settings, make_embedder(settings))


@contextmanager
def _folder(named: str | None) -> Iterator[Path]:
    """Give the folder to work in: the one named, or one that is thrown away."""
    if named is None:
        with tempfile.TemporaryDirectory(prefix="rag-peers-") as place:
            yield Path(place)
        return
    work = Path(named).resolve()
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--work {named} cannot be made ({error.strerror}); name another folder.") from error
    yield work


def _rounds(parsed: argparse.Namespace, settings: Config, labels: Labels, work: Path) -> Found:
    """Install the peers and run all, in a round one after the other, each round beginning with another one."""
    aside = Console(stderr=True)
    found = Found()
    pythons = {OURS: Path(sys.executable)}
    for name in parsed.peers:
        try:
            aside.print(f"installing {name}, unless it is there", highlight=False)
            pythons[name] = install(name, work, parsed.torch_index)
        except RagError as error:
            found.failed[name] = str(error)
    for number in range(parsed.rounds):
        names = list(pythons)
        first = number % len(names)
        done: dict[str, Column] = {}
        for name in (*names[first:], *names[:first]):
            if name in found.failed:
                continue
            aside.print(f"round {number + 1} of {parsed.rounds}: {name}", highlight=False)
            try:
                outcome = run(name, pythons[name], _job(name, parsed, settings, work), work)
            except RagError as error:
                if name == OURS:
                    raise
                found.failed[name] = str(error)
                continue
            found.outcomes[name] = outcome
            done |= columns_of(name, outcome, labels)
        found.rounds.append({name: done[name] for name in sorted(done, key=lambda each: each != OURS)})
    return found


def _job(name: str, parsed: argparse.Namespace, settings: Config, work: Path) -> Job:
    ours = parsed.precision or settings.engine.precision
    return Job(
        passages=str(work / "passages.jsonl"),
        questions=str(work / "questions.jsonl"),
        embedder=resolve_model(settings.model_path(settings.embedding.model)),
        reader=str(reader_folder(settings)),
        precision=ours if name == OURS else parsed.peer_precision,
        read=settings.reading.passages,
        depth=settings.retrieval.depth,
        result=str(work / f"{name}.result.json"),
        config=parsed.config,
    )


def _notes(
    parsed: argparse.Namespace,
    corpus: Corpus,
    rows: Sequence[QuestionRow],
    left_out: int,
    found: Found,
    busy: float,
) -> list[str]:
    notes = [f"{name}: {why}" for name, why in found.failed.items()]
    if left_out:
        notes.append(f"{left_out:,} questions are about articles that are not here, and are left out.")
    for name, outcome in found.outcomes.items():
        told = ", ".join(f"{package} {version}" for package, version in outcome.versions.items())
        notes.append(f"{name}: {told}")
        notes += _errors(name, outcome)
    notes.append(
        "Times ours: the median of the rounds' ratios. Points above ours: with the 95% interval over questions."
    )
    notes.append(
        f"{shown(parsed.questions)}, {len(rows):,} questions · {len(corpus.texts):,} articles, "
        f"{len(corpus.passages):,} passages · {datetime.datetime.now(datetime.UTC).date().isoformat()} · "
        f"{os.cpu_count()} × {platform.machine()}, load {busy:.1f} before this began"
    )
    return notes


def _errors(name: str, outcome: Outcome) -> list[str]:
    """Return the first error that each way to ask met, in one line."""
    lines = []
    for way, asked in outcome.ways.items():
        errors = [one.told.error for one in asked if one.told.error]
        if errors:
            lines.append(f"{f'{name}, {way}' if way else name}: {len(errors)} of {len(asked)} raised {errors[0]}")
    return lines


def _as_json(notes: Sequence[str], found: Found) -> dict[str, Any]:
    names = list(dict.fromkeys(name for each in found.rounds for name in each))
    figures: Mapping[str, Any] = {
        name: {
            "median": medians(found.rounds, name),
            "beside_ours": ratios(found.rounds, name, OURS),
            "rounds": [dict(each[name].timed) for each in found.rounds if name in each],
            "judged": {key: [None if v != v else float(v) for v in values] for key, values in _last(found, name)},
        }
        for name in names
    }
    told = {
        name: {way: [{"id": o.row_id, "seconds": o.seconds, "retrieved": list(o.told.retrieved),
                      "answer": o.told.answer, "error": o.told.error} for o in asked]
               for way, asked in outcome.ways.items()}
        for name, outcome in found.outcomes.items()
    }  # fmt: skip
    return {"notes": list(notes), "failed": dict(found.failed), "figures": figures, "asked": told}


def _last(found: Found, name: str) -> list[tuple[str, Any]]:
    return list(next(each[name] for each in reversed(found.rounds) if name in each).judged.items())


if __name__ == "__main__":
    sys.exit(main())
