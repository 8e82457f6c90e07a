"""txtai over the passages of a job: its hybrid index with content, and its extractive question answering in two ways.

Run by the Python that txtai is installed for: `run_txtai.py JOB.json`. The first way is its own, the RAG pipeline with
an extractive model and its default context: the best three passages joined, read as one. More would not be read, for
its Questions cuts at what the model takes. The second reads as many passages as we do, each alone, by Questions, and
takes the answer of the best ranked that has one. What is not a default: the number format, which transformers 5 would
take from the reader's file (bf16, slow without hardware for it).

Questions (txtai 9.14.0) raises TypeError where the model prefers "no answer", the first token, which stands for no
word: such a question, or passage, is counted as one without an answer.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import torch
from txtai import RAG, Embeddings  # type: ignore[import-not-found]
from txtai.pipeline import Questions  # type: ignore[import-not-found]

from rag.errors import in_a_line
from rag.eval.peers.job import TOP, Job, Outcome, Told, ask_each, peak_bytes, rows, say, versions

NUMBERS = {"fp32": torch.float32, "bf16": torch.bfloat16}
PACKAGES = ("txtai", "transformers", "faiss-cpu", "torch")


class Answering:
    """The two ways to ask an index."""

    def __init__(self, job: Job, embeddings: Any) -> None:
        self._embeddings, self._read = embeddings, job.read
        self._rag = RAG(self._search, job.reader, gpu=False, output="flatten", dtype=NUMBERS[job.precision])
        self._questions = Questions(job.reader, gpu=False, dtype=NUMBERS[job.precision])
        self._found: list[Any] = []

    def _search(self, queries: list[str], limit: int) -> list[Any]:
        found = self._embeddings.batchsearch(queries, max(limit, self._read))
        self._found = found[0]
        return [each[:limit] for each in found]

    def joined(self, question: str) -> Told:
        """Read the best passages as one text."""
        self._found = []
        try:
            answer, error = self._rag(question), ""
        except TypeError as failure:
            answer, error = None, in_a_line(failure)
        return Told(self._ids(), answer or None, error)

    def each(self, question: str) -> Told:
        """Read each of the passages alone."""
        self._search([question], self._read)
        answers = [self._answer(question, hit["text"]) for hit in self._found]
        return Told(self._ids(), next(filter(None, answers), None))

    def _answer(self, question: str, text: str) -> str | None:
        try:
            found = self._questions([question], [text])[0]
        except TypeError:  # see above
            return None
        return str(found) if found else None

    def _ids(self) -> tuple[str, ...]:
        return tuple(hit["id"] for hit in self._found[:TOP])


def measure(job: Job) -> Outcome:
    """Index, then ask."""
    numbers = {"dtype": NUMBERS[job.precision]}
    embeddings = Embeddings(path=job.embedder, hybrid=True, content=True, gpu=False, vectors=numbers)
    answering = Answering(job, embeddings)
    passages = list(rows(job.passages))
    say(f"indexing {len(passages):,} passages")
    began = time.perf_counter()
    embeddings.index((row["id"], row["text"], None) for row in passages)
    indexing = time.perf_counter() - began
    questions = list(rows(job.questions))
    say(f"indexed in {indexing:.1f} s; asking {len(questions):,} questions in two ways")
    ways = {
        "three joined": ask_each(questions, answering.joined),
        f"each of {job.read}": ask_each(questions, answering.each),
    }
    return Outcome(versions(*PACKAGES), len(passages), indexing, peak_bytes(), ways)


if __name__ == "__main__":
    with torch.inference_mode():
        task = Job.load(sys.argv[1])
        measure(task).save(task.result)
