"""Our embedder beside `SentenceTransformer.encode` as it comes: `python -m tests.embed_speed --articles DIR`.

A measurement, not a test. The same passages of real articles, drawn at random, go through both in turns: ours as
`rag index` embeds them, longest first. `--precision fp32` with ATEN_CPU_CAPABILITY=avx2, ONEDNN_MAX_CPU_ISA=AVX2 and
MKL_ENABLE_INSTRUCTIONS=AVX2 in the environment shows an older CPU.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import get_args

from rag.articles import Unreadable, parse, scan
from rag.chunking import PassageChunker
from rag.config import load_config
from rag.embedding import SentenceEmbedder, embedded_text, passage_tokens
from rag.engine import Precision, prepare, resolve_model
from rag.ingest import EMBED_AT_ONCE
from rag.wiring import make_embedder


def texts(folders: Sequence[str], tokens: int, embedder: SentenceEmbedder) -> Iterator[str]:
    """Yield what is embedded for each passage of some folders."""
    chunker = PassageChunker(passage_tokens(tokens, embedder.max_tokens), embedder.count_tokens)
    for record in scan(folders, lambda _: None):
        try:
            article = parse(record).article
        except Unreadable:
            continue
        yield from (embedded_text(passage, embedder.count_tokens) for passage in chunker.chunk(article))


def seconds(embed: Callable[[list[str]], object], passages: list[str]) -> float:
    """Return how long it takes to embed some passages."""
    began = time.perf_counter()
    embed(passages)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m tests.embed_speed", description=__doc__)
    parser.add_argument("--articles", nargs="+", required=True, metavar="DIR")
    parser.add_argument("--passages", type=int, default=350, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=get_args(Precision), default="auto")
    given = parser.parse_args()
    settings = load_config()
    settings = replace(settings, engine=replace(settings.engine, precision=given.precision))
    embedder = make_embedder(settings)
    prepare()
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(resolve_model(settings.embedding.model), device="cpu")

    def ours(passages: list[str]) -> None:
        ordered = sorted(passages, key=len, reverse=True)
        for first in range(0, len(ordered), EMBED_AT_ONCE):
            embedder.embed_passages(ordered[first : first + EMBED_AT_ONCE])

    found = list(texts(given.articles, settings.chunking.tokens, embedder))
    random.Random(1).shuffle(found)
    for embed in (ours, plain.encode):
        embed(found[:64])
    ratios = []
    for number in range(given.rounds):
        passages = found[number * given.passages : (number + 1) * given.passages]
        one, other = seconds(ours, passages), seconds(plain.encode, passages)
        ratios.append(other / one)
        say = f"ours {len(passages) / one:.1f}, plain {len(passages) / other:.1f} passages/s, ratio {ratios[-1]:.2f}"
        sys.stdout.write(say + "\n")
    sys.stdout.write(f"ratio: median {median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}\n")


if __name__ == "__main__":
    main()
