"""One retriever out of the parts, by name. `Reranked(Fused((dense, lexical), depth=50), reader)` is the whole of it."""

from __future__ import annotations

from typing import Literal

from rag.protocols import Reader, Retriever
from rag.retrieval.fusion import Fused, Fusion
from rag.retrieval.rerank import Reranked

Mode = Literal["dense", "lexical", "fused", "reranked"]
MODES: tuple[Mode, ...] = ("dense", "lexical", "fused", "reranked")


def compose(
    mode: Mode,
    dense: Retriever,
    lexical: Retriever,
    reader: Reader,
    *,
    fusion: Fusion = "average",
    lexical_weight: float = 0.5,
    depth: int = 50,
    rrf_k: int = 60,
) -> Retriever:
    """Return the retriever that a mode names."""
    if mode == "dense":
        return dense
    if mode == "lexical":
        return lexical
    weights = (1 - lexical_weight, lexical_weight)
    fused = Fused((dense, lexical), depth=depth, fusion=fusion, weights=weights, rrf_k=rrf_k)
    return fused if mode == "fused" else Reranked(fused, reader, depth=depth)
