"""Ours over the passages of a job: embedded and indexed as `rag.ingest` does it, asked as an Assistant is.

Run by our own Python: `run_ours.py JOB.json`. Nothing is written to disk, since neither peer does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from rag.config import Config, load_config
from rag.embedding import SentenceEmbedder
from rag.engine import Precision, set_threads
from rag.eval.peers.job import TOP, Job, Outcome, Told, ask_each, peak_bytes, rows, say, versions
from rag.ingest import EMBED_AT_ONCE
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.types import Passage, Query, SharedCopy, Source
from rag.wiring import Parts, make_assistant, make_embedder, make_reader

if TYPE_CHECKING:
    from rag.store import Snapshot

PACKAGES = ("sentence-transformers", "transformers", "faiss-cpu", "bm25s", "torch")


@dataclass(frozen=True, slots=True)
class Shelf:
    """An index that is only in memory: what of a Snapshot is needed to ask it."""

    passages: Sequence[Passage]
    vectors: FaissIndex
    words: Bm25Index
    sources: Sequence[Source] = ()
    copies: tuple[SharedCopy, ...] = ()

    def passage(self, row: int) -> Passage:
        """Return the passage of one row."""
        return self.passages[row]

    def allowed(self, query: Query) -> None:
        """Admit every row."""


def measure(job: Job) -> Outcome:
    """Index, then ask."""
    settings = configured(job)
    set_threads(settings.engine.threads)
    embedder = make_embedder(settings)
    reader, rule = make_reader(settings)
    found = list(rows(job.passages))
    passages = [_passage(row["passage"]) for row in found]
    texts = [row["text"] for row in found]
    say(f"indexing {len(texts):,} passages")
    began = time.perf_counter()
    shelf = index(passages, texts, embedder)
    indexing = time.perf_counter() - began
    questions = list(rows(job.questions))
    say(f"indexed in {indexing:.1f} s; asking {len(questions):,} questions")
    assistant = make_assistant(settings, Parts(cast("Snapshot", shelf), embedder, reader, rule))

    def ask(question: str) -> Told:
        answer, reading = assistant.examine(question)
        ids = tuple(hit.passage.passage_id for hit in reading.hits[:TOP])
        return Told(ids, None if answer.abstained else answer.text)

    ways = {"": ask_each(questions, ask)}
    return Outcome(versions(*PACKAGES), len(texts), indexing, peak_bytes(), ways)


def configured(job: Job) -> Config:
    """Return the configuration with the weights, number format and depths of the job."""
    settings = load_config(job.config)
    return replace(
        settings,
        embedding=replace(settings.embedding, model=job.embedder),
        engine=replace(settings.engine, precision=cast("Precision", job.precision)),
        reading=replace(settings.reading, model=job.reader, passages=job.read),
        retrieval=replace(settings.retrieval, depth=job.depth),
    )


def index(passages: Sequence[Passage], texts: Sequence[str], embedder: SentenceEmbedder) -> Shelf:
    """Embed, longest first and as many at once as `rag.ingest` does; then both indexes."""
    vectors = np.zeros((len(texts), embedder.dim), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
    for first in range(0, len(order), EMBED_AT_ONCE):
        batch = order[first : first + EMBED_AT_ONCE]
        vectors[batch] = embedder.embed_passages([texts[i] for i in batch])
    return Shelf(passages, FaissIndex.build(vectors), Bm25Index.build(texts))


def _passage(raw: dict[str, object]) -> Passage:
    source = Source(**cast("dict[str, str]", raw["source"]))
    return Passage(str(raw["passage_id"]), source, str(raw["text"]), cast("int", raw["start"]), cast("int", raw["end"]))


if __name__ == "__main__":
    task = Job.load(sys.argv[1])
    measure(task).save(task.result)
