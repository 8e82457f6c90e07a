"""A whole build as one value, for the tests of the store; the product writes it piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.store import IndexedArticle, Recipe, drafting
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.store.manifest import Manifest
from rag.types import Skipped


@dataclass(frozen=True, slots=True)
class Build:
    """All that one index is made of."""

    recipe: Recipe
    articles: Sequence[IndexedArticle]
    vectors: FaissIndex
    words: Bm25Index
    folders: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    version: str


def publish(folder: Path, build: Build) -> Manifest:
    """Write the build and make it live."""
    with drafting(folder) as draft:
        for entry in build.articles:
            draft.add(entry)
        return draft.publish(
            build.recipe,
            build.vectors,
            build.words,
            folders=build.folders,
            skipped=build.skipped,
            version=build.version,
        )
