"""Haystack over the passages of a job: BM25 and vectors in its InMemoryDocumentStore, joined by reciprocal ranks, read.

Run by the Python that Haystack is installed for: `run_haystack.py JOB.json`. After its guides to hybrid retrieval and
to extractive question answering. What is not their default: the number format, which transformers 5 would take from the
reader's file (bf16, slow without hardware for it); as many passages fetched and read as we do.

Its reader tells the model not which tokens are the question (token_type_ids), and its "no answer" has a probability
computed from those of its answers, not from the model's own logits for it.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from haystack import Document, Pipeline  # type: ignore[import-not-found]
from haystack.components.joiners import DocumentJoiner  # type: ignore[import-not-found]
from haystack.components.retrievers.in_memory import (  # type: ignore[import-not-found]
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore  # type: ignore[import-not-found]
from haystack_integrations.components.embedders.sentence_transformers import (  # type: ignore[import-not-found]
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import (  # type: ignore[import-not-found]
    TransformersExtractiveReader,
)

from rag.eval.peers.job import TOP, Job, Outcome, Told, ask_each, peak_bytes, rows, say, versions

NUMBERS = {"fp32": "float32", "bf16": "bfloat16"}
PACKAGES = (
    "haystack-ai", "transformers-haystack", "sentence-transformers-haystack",
    "sentence-transformers", "transformers", "torch",
)  # fmt: skip


def measure(job: Job) -> Outcome:
    """Index, then ask."""
    numbers = {"dtype": NUMBERS[job.precision]}
    store = InMemoryDocumentStore()
    embedder = SentenceTransformersDocumentEmbedder(model=job.embedder, model_kwargs=numbers, progress_bar=False)
    embedder.warm_up()
    pipeline = asking(job, store, numbers)
    passages = list(rows(job.passages))
    say(f"indexing {len(passages):,} passages")
    began = time.perf_counter()
    documents = [Document(id=row["id"], content=row["text"]) for row in passages]
    store.write_documents(embedder.run(documents)["documents"])
    indexing = time.perf_counter() - began
    questions = list(rows(job.questions))
    say(f"indexed in {indexing:.1f} s; asking {len(questions):,} questions")

    def ask(question: str) -> Told:
        given = {
            "text_embedder": {"text": question},
            "bm25": {"query": question},
            "reader": {"query": question},
        }
        found = pipeline.run(given, include_outputs_from={"joiner"})
        best = found["reader"]["answers"][:1]
        ids = tuple(document.id for document in found["joiner"]["documents"][:TOP])
        return Told(ids, best[0].data if best else None)

    ways = {"": ask_each(questions, ask)}
    return Outcome(versions(*PACKAGES), len(passages), indexing, peak_bytes(), ways)


def asking(job: Job, store: Any, numbers: dict[str, str]) -> Any:
    """Return the pipeline from question to answers, its models loaded."""
    pipeline = Pipeline()
    pipeline.add_component(
        "text_embedder",
        SentenceTransformersTextEmbedder(model=job.embedder, model_kwargs=numbers, progress_bar=False),
    )
    pipeline.add_component("bm25", InMemoryBM25Retriever(store, top_k=job.depth))
    pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=job.depth))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=job.read))
    pipeline.add_component(
        "reader", TransformersExtractiveReader(model=job.reader, no_answer=True, model_kwargs=dict(numbers))
    )
    pipeline.connect("text_embedder.embedding", "vectors.query_embedding")
    pipeline.connect("bm25", "joiner")
    pipeline.connect("vectors", "joiner")
    pipeline.connect("joiner.documents", "reader.documents")
    pipeline.warm_up()
    return pipeline


if __name__ == "__main__":
    task = Job.load(sys.argv[1])
    measure(task).save(task.result)
