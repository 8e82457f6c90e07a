"""Law 1 over the real articles that lie beside some checkouts; never needed, and skipped where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.articles import parse, scan
from rag.chunking import PassageChunker
from rag.embedding import SentenceEmbedder, embedded_text, passage_tokens
from tests.commands import ROOT

NEWS = ROOT.parent / "shared" / "news"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["articles.jsonl.gz", "wikinews.jsonl.gz"])
def test_passages_tile_every_real_article(name: str, embedder: SentenceEmbedder) -> None:
    path: Path = NEWS / name
    if not path.is_file():
        pytest.skip(f"the real articles ({path.name}) are not beside this checkout")
    chunker = PassageChunker(passage_tokens(160, embedder.max_tokens), embedder.count_tokens)
    passages = longest = 0
    for record in scan([path], lambda skipped: pytest.fail(str(skipped))):
        article = parse(record).article
        seen = 0
        for passage in chunker.chunk(article):
            assert article.text[passage.start : passage.end] == passage.text
            seen += len("".join(passage.text.split()))
            passages += 1
            if passages % 10 == 0:
                longest = max(longest, embedder.count_tokens(embedded_text(passage, embedder.count_tokens)) + 2)
        assert seen == len("".join(article.text.split()))  # no character is in no passage
    print(f"{name}: {passages:,} passages, longest embedded text {longest} tokens of {embedder.max_tokens}")
    assert longest <= embedder.max_tokens
