"""What an archive costs as it grows: seconds to build and open, bytes, milliseconds to retrieve, and what is missed.

Every archive (made ones, see rag.eval.archives) is written, opened and searched by the product's own code, each step in
a process of its own: `python -m rag.eval.scale STEP FOLDER SIZE`. What this module does not know: whether an answer is
right.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from rag.errors import ConfigError, RagError
from rag.eval.archives import (
    DAYS,
    NOISE,
    QUESTIONS,
    SEEDS,
    VECTORS,
    Known,
    day_of,
    fill_vectors,
    made_articles,
    prepare,
)
from rag.eval.commands import check_folders, write_json
from rag.eval.run import SAMPLE
from rag.eval.speed import WARM_UP, own_bytes, peak_bytes
from rag.exits import exit_status
from rag.store import Draft, Recipe, Snapshot, drafting, writer_lock
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import EQUAL, FaissIndex
from rag.store.manifest import check_files
from rag.types import Query

SIZES = (1_000, 10_000, 100_000, 1_000_000)
DEPTH = 10  # recall is of so many best passages
FETCHED = 50  # passages fetched from vectors and from words alone, as the configured fusion does
TENTH = DAYS // 10
# What is shown: key, name, form, and what it is divided by.
SHOWN = (
    ("articles", "articles", "{:,.0f}", 1),
    ("write_s", "build: articles, s", "{:,.1f}", 1),
    ("vectors_s", "build: vectors, s", "{:,.1f}", 1),
    ("words_s", "build: words, s", "{:,.1f}", 1),
    ("publish_s", "build: published, s", "{:,.1f}", 1),
    ("build_peak_bytes", "build: peak memory, MB", "{:,.0f}", 1e6),
    ("bytes", "on disk, MB", "{:,.1f}", 1e6),
    ("open_s", "open, s", "{:.2f}", 1),
    ("check_s", "of which checksums, s", "{:.2f}", 1),
    ("open_cold_s", "open, not in the system's memory, s", "{:.2f}", 1),
    ("retrieve_p50_ms", "retrieve p50, ms", "{:.1f}", 1),
    ("retrieve_p95_ms", "retrieve p95, ms", "{:.1f}", 1),
    ("filtered_p95_ms", "of a tenth of the days p95, ms", "{:.1f}", 1),
    ("vectors_p50_ms", "vectors p50, ms", "{:.1f}", 1),
    ("vectors_p95_ms", "vectors p95, ms", "{:.1f}", 1),
    ("words_p50_ms", "words p50, ms", "{:.1f}", 1),
    ("words_p95_ms", "words p95, ms", "{:.1f}", 1),
    ("every_row_p50_ms", "vectors, every row, p50, ms", "{:.1f}", 1),
    ("recall", "recall@10 of exact search", "{:.4f}", 1),
    ("recall_built", "the same, as told when built", "{:.4f}", 1),
    ("own_bytes", "open and asked: memory of its own, MB", "{:,.0f}", 1e6),
    ("open_peak_bytes", "with pages of files, at most, MB", "{:,.0f}", 1e6),
)
CURVES = (
    ("retrieve_p95_ms", "retrieve p95, ms", 1),
    ("open_s", "open, s", 1),
    ("bytes", "on disk, MB", 1e6),
    ("open_peak_bytes", "memory when open, MB", 1e6),
)


def add_scale(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `scale`."""
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES), metavar="N", help="passages")
    parser.add_argument("--articles", nargs="+", metavar="DIR", help="real articles (default: the configured)")
    parser.add_argument("--questions", default=str(SAMPLE), metavar="FILE", help="default: the sample newsroom's")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--keep", metavar="DIR", help="keep the archives there; a million passages are about 3 GB")
    parser.add_argument("--json", metavar="FILE", help="write every figure there")
    parser.add_argument("--plot", metavar="FILE", help="draw the costs there (.png, .svg); needs matplotlib")


def scale(parsed: argparse.Namespace, console: Console) -> None:
    """Make, open and search an archive of each size, and show what it cost."""
    check_folders(parsed.json, parsed.plot)
    if min(parsed.sizes) < 1:
        raise ConfigError(f"--sizes must be at least 1, found {min(parsed.sizes)}.")
    draw = _drawing() if parsed.plot else None  # before hours of work
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = Path(parsed.keep or thrown_away)
        folder.mkdir(parents=True, exist_ok=True)
        told = prepare(folder, parsed.articles, parsed.questions, parsed.config)
        found = []
        for size in sorted(parsed.sizes):
            steps = [_apart(step, folder, size) for step in ("build", "cold", "ask")]
            found.append({"passages": size, **steps[0], **steps[1], **steps[2]})
            console.print(f"{size:,} passages done", style="dim", highlight=False)
    machine = f"{os.cpu_count()} × {platform.machine()}, {platform.system()}"
    day = datetime.date.today().isoformat()
    report = {"about": {**told, "date": day, "machine": machine, "load": busy}, "sizes": found}
    console.print(show(report))
    console.print(
        f"made of {told['real']:,} real passages and vectors (noise {NOISE}); {told['questions']} real questions, "
        f"embedded apart in {told['embed_ms']:.0f} ms each · {machine}, load {busy:.1f} before this began",
        markup=False, highlight=False,
    )  # fmt: skip
    if parsed.json:
        write_json(parsed.json, report)
    if draw:
        draw(report, parsed.plot)


def show(report: Mapping[str, Any]) -> Table:
    """Return a report as a table, a column a size."""
    table = Table(title="What an archive costs as it grows")
    table.add_column("passages")
    for one in report["sizes"]:
        table.add_column(f"{one['passages']:,}", justify="right")
    for key, name, form, unit in SHOWN:
        table.add_row(name, *("–" if one.get(key) is None else form.format(one[key] / unit) for one in report["sizes"]))
    table.add_row("searched", *("every row" if one["exact"] else "lists" for one in report["sizes"]))
    return table


def _drawing() -> Callable[[Mapping[str, Any], str], None]:
    """Return what draws a report. Raises ConfigError without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ConfigError(
            "--plot needs matplotlib, which is not installed; 'pip install matplotlib' brings it."
        ) from None

    def draw(report: Mapping[str, Any], path: str) -> None:
        figure = Figure(figsize=(9, 7), layout="constrained")
        sizes = [one["passages"] for one in report["sizes"]]
        for axes, (key, name, unit) in zip(figure.subplots(2, 2).flat, CURVES, strict=True):
            costs = [one[key] / unit for one in report["sizes"]]
            axes.loglog(sizes, costs, marker="o")
            for size, cost in zip(sizes, costs, strict=True):
                shown = f"{cost:,.0f}" if cost >= 100 else f"{cost:.2g}"
                axes.annotate(shown, (size, cost), xytext=(-4, 6), textcoords="offset points", ha="right")
            axes.margins(0.15)
            axes.yaxis.set_minor_formatter(lambda *_: "")
            axes.set(title=name, xlabel="passages")
            axes.grid(visible=True, which="both", alpha=0.3)
        figure.savefig(path, dpi=90)

    return draw


def _apart(step: str, folder: Path, size: int) -> dict[str, Any]:
    """Run a step in a process of its own and return what it found. Raises RagError with what it complained of."""
    command = [sys.executable, "-m", "rag.eval.scale", step, str(folder), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RagError(f"An archive of {size:,} passages: {' '.join(done.stderr.split())[-300:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def build(folder: Path, size: int) -> dict[str, Any]:
    """Write and publish an archive of so many passages under folder/size; return seconds, bytes and peak memory."""
    real = np.load(folder / VECTORS)
    sentences = json.loads((folder / SEEDS).read_text("utf-8"))["sentences"]
    times: dict[str, float] = {}

    def texts(draft: Draft) -> Iterator[str]:
        for number in range(len(draft.sources)):
            yield from (passage.text for passage in draft.passages(number))

    index = folder / f"{size}"
    with writer_lock(index), drafting(index) as draft:
        with _timed(times, "write_s"):
            for entry in made_articles(sentences, size):
                draft.add(entry)
        with _timed(times, "words_s"):
            words = Bm25Index.build(texts(draft))
        with _timed(times, "vectors_s"):
            vectors = FaissIndex.filled(size, real.shape[1], lambda room: fill_vectors(room, real))
        recipe = Recipe("made up", real.shape[1], 0, "{text}")
        with _timed(times, "publish_s"):
            draft.publish(recipe, vectors, words, folders=(), skipped=(), version="scale")
        articles = len(draft.sources)
    held = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    return {**times, "articles": articles, "bytes": held, "build_peak_bytes": peak_bytes()}


def open_cold(folder: Path, size: int) -> dict[str, Any]:
    """Open an archive whose files the system was told to forget; return seconds, None where it cannot be told."""
    if not hasattr(os, "posix_fadvise"):
        return {"open_cold_s": None}
    for path in (folder / f"{size}").rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    times: dict[str, float] = {}
    with _timed(times, "open_cold_s"):
        Snapshot.open(folder / f"{size}")
    return times


def ask(folder: Path, size: int) -> dict[str, Any]:
    """Open an archive and ask it everything; return seconds, milliseconds, recall and peak memory."""
    from rag.retrieval.dense import Dense
    from rag.retrieval.fusion import Fused
    from rag.retrieval.lexical import Lexical

    asked = json.loads((folder / SEEDS).read_text("utf-8"))["questions"]
    known = Known(dict(zip(asked, np.load(folder / QUESTIONS), strict=True)))
    times: dict[str, float] = {}
    with _timed(times, "open_s"):
        snapshot = Snapshot.open(folder / f"{size}")
    with _timed(times, "check_s"):
        check_files(snapshot.folder, snapshot.manifest.files)
    vectors, words = snapshot.vectors, snapshot.words
    fused = Fused((Dense(known, vectors, snapshot), Lexical(words, snapshot)))
    first, last = day_of(0), day_of(TENTH - 1)
    for question in asked[:WARM_UP]:
        fused.retrieve(Query(question), DEPTH)
    searches: dict[str, Callable[[str], object]] = {
        "retrieve": lambda question: fused.retrieve(Query(question), DEPTH),
        "filtered": lambda question: fused.retrieve(Query(question, published_from=first, published_to=last), DEPTH),
        "vectors": lambda question: vectors.search(known.embed_query(question)[None, :], FETCHED),
        "words": lambda question: words.search(question, FETCHED),
    }
    figures: dict[str, Any] = {}
    for name, search in searches.items():
        figures |= _percentiles(name, asked, search)
    figures |= {"open_peak_bytes": peak_bytes(), "own_bytes": own_bytes()}  # before every vector is read
    figures |= _percentiles(
        "every_row", asked, lambda question: vectors.search_every_row(known.embed_query(question)[None, :], FETCHED)
    )
    queries = np.stack([known.embed_query(question) for question in asked])
    edge = vectors.search_every_row(queries, DEPTH)[0][:, -1:]
    recall = float((vectors.search(queries, DEPTH)[0] >= edge - EQUAL).mean())
    return {**times, **figures, "recall": recall, "recall_built": vectors.recall, "exact": vectors.exact}


def _percentiles(name: str, asked: Sequence[str], search: Callable[[str], object]) -> dict[str, float]:
    took = []
    for question in asked:
        began = time.perf_counter()
        search(question)
        took.append(1000 * (time.perf_counter() - began))
    return {f"{name}_p{percent}_ms": float(np.percentile(took, percent)) for percent in (50, 95)}


@contextmanager
def _timed(times: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    times[name] = time.perf_counter() - began


def main(arguments: Sequence[str]) -> int:
    """Take one step, tell what was found as a line of JSON, and return the exit status."""

    def tell() -> None:
        step, folder, size = arguments
        found = {"build": build, "cold": open_cold, "ask": ask}[step](Path(folder), int(size))
        sys.stdout.write(json.dumps(found) + "\n")

    return exit_status("rag.eval", tell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
