"""Large archives made of a few real passages, because nobody has a million to hand.

A made passage takes every other sentence of a real one and the rest from others; its vector is the real one's, by the
configured embedder, with Gaussian noise so that the cosine between the two is about 0.8. So words and vectors belong
together, but the words grow no rarer with the archive, as they would in life, which makes BM25's work harder; and the
questions are real ones, so how near they lie to passages is real. What this module does not know: what is measured.
"""

from __future__ import annotations

import datetime
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.config import load_config
from rag.errors import ArticlesError
from rag.eval.questions import read_questions
from rag.store import IndexedArticle
from rag.types import Article, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.protocols import Vectors

REAL = 1_000  # real passages that are embedded
A_STORY = 12  # made passages of one made article
NOISE = 0.75  # length of the noise beside a unit vector: their sum is at a cosine of 0.8 to it
BLOCK = 50_000  # vectors made at a time
SEED = 20_250_204
FIRST, DAYS = datetime.date(2020, 1, 1), 1_000  # a made article is of one of so many days, from that one on
SEEDS, VECTORS, QUESTIONS = "seeds.json", "seeds.npy", "questions.npy"


def prepare(folder: Path, articles: Sequence[str] | None, questions: str, config: str | None) -> dict[str, Any]:
    """Embed real passages and questions once and keep them in a folder; return what they are.

    Raises ArticlesError where there is nothing to read, QuestionError for questions that cannot be used.
    """
    from rag.chunking import PassageChunker
    from rag.embedding import embedded_text, passage_tokens
    from rag.eval.labels import read_texts
    from rag.text import sentence_spans
    from rag.wiring import make_embedder

    settings = load_config(config)
    asked = [row.question for row in read_questions(questions)]
    named = articles or [str(settings.resolve(one)) for one in settings.articles]
    texts = read_texts(named)
    embedder = make_embedder(settings)
    chunker = PassageChunker(passage_tokens(settings.chunking.tokens, embedder.max_tokens), embedder.count_tokens)
    names = sorted(texts)
    random.Random(SEED).shuffle(names)  # noqa: S311 - a choice that repeats
    passages = []
    for name in names:
        source = Source(name, name.replace("-", " "), None, None, name)
        passages += chunker.chunk(Article(source, texts[name]))
        if len(passages) >= REAL:
            break
    if not passages:
        raise ArticlesError(f"There is no article in {', '.join(named)}; name a folder with --articles.")
    del passages[REAL:]
    sentences = [[one.text[a:b] for a, b in sentence_spans(one.text)] for one in passages]
    vectors = [embedder.embed_passages([embedded_text(p, embedder.count_tokens) for p in passages[first : first + 64]])
               for first in range(0, len(passages), 64)]  # fmt: skip
    began = time.perf_counter()
    asked_vectors = np.stack([embedder.embed_query(question) for question in asked])
    took = time.perf_counter() - began
    (folder / SEEDS).write_text(json.dumps({"sentences": sentences, "questions": asked}), "utf-8")
    np.save(folder / VECTORS, np.concatenate(vectors), allow_pickle=False)
    np.save(folder / QUESTIONS, asked_vectors, allow_pickle=False)
    return {"real": len(passages), "questions": len(asked), "embed_ms": 1000 * took / len(asked)}


def made_articles(sentences: Sequence[Sequence[str]], size: int) -> Iterator[IndexedArticle]:
    """Yield articles of A_STORY passages, so many passages in all, out of the sentences of real passages.

    Passage r takes every other sentence of real passage `real_rows`[r]; those between come from anywhere.
    """
    chance = random.Random(SEED)  # noqa: S311 - a choice that repeats
    every = [sentence for one in sentences for sentence in one]
    rows = real_rows(len(sentences), size).tolist()
    for number, first in enumerate(range(0, size, A_STORY)):
        spans, parts, end = [], [], 0
        for row in rows[first : first + A_STORY]:
            told = [one if i % 2 == 0 else chance.choice(every) for i, one in enumerate(sentences[row])]
            text = " ".join(told)
            spans.append((end, end + len(text)))
            parts.append(text)
            end += len(text) + 2
        name, day = f"made-{number:07d}", day_of(number)
        source = Source(name, parts[0][:60], "Made up", day, f"{name}.txt")
        yield IndexedArticle(Article(source, "\n\n".join(parts)), f"{number:064x}", tuple(spans), ())


def real_rows(real: int, size: int) -> NDArray[np.int64]:
    """Return of which real passage each made one is, (size,)."""
    return np.random.default_rng(SEED).integers(real, size=size)


def day_of(number: int) -> str:
    """Return the day of a made article, as in 2020-01-31."""
    return (FIRST + datetime.timedelta(days=number % DAYS)).isoformat()


def fill_vectors(room: Vectors, real: Vectors) -> None:
    """Write (size, dim) float32 unit rows: the real vectors of `real_rows`, with noise."""
    chance = np.random.default_rng(SEED + 1)
    rows = real_rows(len(real), len(room))
    for first in range(0, len(room), BLOCK):
        part = real[rows[first : first + BLOCK]]
        part = part + NOISE / np.sqrt(real.shape[1]) * chance.standard_normal(part.shape, dtype=np.float32)
        room[first : first + BLOCK] = part / np.linalg.norm(part, axis=1, keepdims=True)


class Known:
    """An embedder of questions whose vectors are known. Implements the Embedder promise."""

    def __init__(self, vectors: Mapping[str, Vectors]) -> None:
        self._vectors = vectors
        self.name, self.dim, self.max_tokens = "known", len(next(iter(vectors.values()))), 0

    def embed_query(self, text: str) -> Vectors:
        """Return (dim,)."""
        return self._vectors[text]

    def count_tokens(self, text: str) -> int:
        """Return the number of words."""
        return len(text.split())

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim)."""
        return np.stack([self._vectors[text] for text in texts])
