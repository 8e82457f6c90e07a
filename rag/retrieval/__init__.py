"""Retrievers: each takes a Query and returns Hits, so they nest. `compose` makes one by name."""

from rag.retrieval.compose import MODES, compose

__all__ = ["MODES", "compose"]
