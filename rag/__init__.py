"""Ask a folder of news articles a question; get an answer, the sentence it stands in, and exact citations.

    import rag
    rag.build_index(articles="folder", index="index/mine")
    rag.answer("How many migrants were on the flight?", index="index/mine").text

Importing this package loads no model, opens no file and no socket.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from rag.assistant import Assistant
from rag.errors import RagError
from rag.types import Alternative, Answer, Article, Citation, Hit, IndexReport, Passage, Source

__all__ = [
    "Alternative",
    "Answer",
    "Article",
    "Assistant",
    "Citation",
    "Hit",
    "IndexReport",
    "Passage",
    "RagError",
    "Source",
    "answer",
    "build_index",
]


def answer(question: str, *, index: str | Path | None = None) -> Answer:
    """Answer one question from the index that config.yaml names (or another); opened and loaded once.

    Raises RagError (see rag.errors) when there is no index, it is damaged, or the question is blank.
    """
    return _opened(None if index is None else str(index)).answer(question)


def build_index(articles: str | Path | Sequence[str | Path], index: str | Path) -> IndexReport:
    """Build or refresh an index from one folder of articles or several; unchanged articles are not embedded again.

    Raises RagError when there is nothing to read or the index cannot be written; an index that was there stays whole.
    """
    from rag.wiring import make_index

    folders = [articles] if isinstance(articles, (str, Path)) else list(articles)
    report = make_index(articles=folders, index=index)
    _opened.cache_clear()
    return report


@lru_cache(maxsize=4)
def _opened(index: str | None) -> Assistant:
    return Assistant.open(index=index)
