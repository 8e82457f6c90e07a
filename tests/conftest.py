"""What tests share: toy articles and the packaged models, loaded once. No network, ever."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
from pytest_socket import disable_socket

from rag.embedding import SentenceEmbedder
from rag.reading.extractive import ExtractiveReader
from rag.types import Article, Passage, Source


@pytest.fixture(autouse=True)
def _no_network() -> None:
    disable_socket()


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    """The packaged MiniLM."""
    return SentenceEmbedder()


@pytest.fixture(scope="session")
def reader() -> ExtractiveReader:
    """The packaged reader."""
    return ExtractiveReader()


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """One thread for torch: tiny steps take longer to share out than to make, most of all on a busy machine."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def make_article(text: str, article_id: str = "story", **about: str) -> Article:
    """An article with as little about it as can be."""
    known = {"title": "A headline", "publisher": None, "published": None, "path_or_url": f"{article_id}.txt", **about}
    return Article(Source(article_id, **known), text)


def make_passage(text: str, article_id: str = "story", start: int = 0, **about: str) -> Passage:
    """A passage that begins at a place of its article."""
    source = make_article("", article_id, **about).source
    return Passage(f"{article_id}#{start}", source, text, start, start + len(text))
