from __future__ import annotations

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.store import Snapshot
from rag.types import Article
from ui.evidence import AROUND, contexts_of, passages_seen

CRACKS = "How many cracks did engineers find?"


@pytest.fixture(scope="module")
def articles(newsroom_index: Path) -> dict[str, Article]:
    snapshot = Snapshot.open(newsroom_index)
    return {source.article_id: snapshot.article(n) for n, source in enumerate(snapshot.sources)}


def test_a_quote_stands_in_its_paragraph(assistant: Assistant, articles: dict[str, Article]) -> None:
    answer = assistant.answer(CRACKS)
    for citation, context in zip(answer.citations, contexts_of(answer, articles.get), strict=True):
        text = articles[citation.source.article_id].text
        assert context.before + citation.quote + context.after in text
        assert "\n\n" not in context.before + context.after
        assert max(len(context.before), len(context.after)) <= AROUND
    by_id = {
        c.source.article_id: around
        for c, around in zip(answer.citations, contexts_of(answer, articles.get), strict=True)
    }
    assert by_id["bridge-again"].before == "Seventeen lorries were turned back. "


def test_an_article_that_is_gone_or_has_changed_has_no_context(
    assistant: Assistant, articles: dict[str, Article]
) -> None:
    answer = assistant.answer(CRACKS)
    assert {context.before for context in contexts_of(answer, lambda _: None)} == {""}
    changed = {name: Article(one.source, "x" + one.text) for name, one in articles.items()}
    assert {context.before for context in contexts_of(answer, changed.get)} == {""}


def test_each_passage_read_has_its_scores_and_what_became_of_it(assistant: Assistant) -> None:
    answer, reading = assistant.examine(CRACKS)
    seen = passages_seen(reading, assistant.rate(reading), answer, 0.5)
    assert [one.article_id for one in seen] == [hit.passage.source.article_id for hit in reading.hits]
    whys = {one.article_id: one.why for one in seen}
    cited = {citation.source.article_id: citation.number for citation in answer.citations}
    assert {name: why for name, why in whys.items() if name in cited} == {
        n: f"cited as [{k}]" for n, k in cited.items()
    }
    assert all(why and not why.startswith("cited") for name, why in whys.items() if name not in cited)
    for one, hit in zip(seen, reading.hits, strict=True):
        assert one.scores[-1] == ("fused", hit.score, hit.rank)
        assert {name for name, _, _ in one.scores[:-1]} <= {"dense", "lexical"}


def test_silence_says_how_much_was_missing(assistant: Assistant) -> None:
    answer, reading = assistant.examine("What is the capital of Australia?")
    assert answer.abstained
    seen = passages_seen(reading, assistant.rate(reading), answer, 0.62)
    assert any("is less than the 62% an answer needs" in one.why for one in seen)
    assert not any(one.why.startswith("cited") for one in seen)
