from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.reading.decide import Candidate, cite_span
from rag.store import Snapshot
from rag.types import Agreement, Article, Difference, Hit, Reading, Span, Value
from tests.conftest import make_passage
from tests.ui.page import SOURCE, make_answer
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


def read(text: str, article_id: str, words: str, margin: float) -> tuple[Hit, Span]:
    hit = Hit(make_passage(text, article_id), 1.0, 1, "fused")
    start = text.index(words)
    return hit, Span(hit, start, start + len(words), margin, 0.0)


def test_every_fate_of_a_passage_has_its_words() -> None:
    first = read("Engineers found 17 cracks in it.", SOURCE.article_id, "17", 9.0)
    others = [
        read("There were 17 cracks.", "same", "17", 5.0),
        read("Some say 17 cracks.", "unsure", "17", 1.0),
        read("He counted them.", "pointing", "He", 4.0),
        read("Others counted 16.", "less", "16", 3.0),
        read("It rained for 3 days.", "doubtful", "3", -1.0),
    ]
    unread = Hit(make_passage("Nothing here.", "unread"), 1.0, 1, "fused")
    spans = {hit.passage.source.article_id: span for hit, span in (first, *others)}
    reading = Reading("How many?", (*(hit for hit, _ in (first, *others)), unread), tuple(spans.values()), 0.0)
    candidates = [
        Candidate((spans["bridge"], spans["same"]), {}, 0.93),
        Candidate((spans["less"],), {}, 0.4),
        Candidate((spans["doubtful"],), {}, 0.1),
    ]
    cited = make_answer(citations=(replace(make_answer().citations[0], start=0, end=32),))
    told = {one.article_id: one for one in passages_seen(reading, candidates, cited, 0.5)}
    assert {article_id: one.why for article_id, one in told.items()} == {
        "bridge": "cited as [1]",
        "same": "says the same as the answer",
        "unsure": "says the same as a likelier passage, but too unsurely to support it",
        "pointing": "its best words only point at an answer",
        "less": "its words are trusted less (40%) than the first (93%)",
        "doubtful": "no answer is likelier here than its best words",
        "unread": "the reader found no words here that could be an answer",
    }
    assert (told["less"].text, told["less"].margin, told["less"].confidence) == ("16", 3.0, 0.4)
    assert (told["unsure"].text, told["unsure"].margin, told["unsure"].confidence) == ("17", 1.0, None)
    assert (told["unread"].text, told["unread"].margin, told["unread"].confidence) == ("", None, None)


def test_a_passage_of_the_table_tells_which_value() -> None:
    hits = [read(text, name, text, 3.0)[0] for name, text in (("one", "Two men."), ("two", "Three men."))]
    spans = [Span(hit, 0, 3, 3.0, 0.0) for hit in hits]
    reading = Reading("How many?", tuple(hits), tuple(spans), 0.0)
    candidates = [Candidate((spans[0],), {}, 0.8), Candidate((spans[1],), {}, 0.7)]
    [two, three] = (cite_span(number, span) for number, span in enumerate(spans, 1))

    def fates(difference: Difference, old: tuple[bool, bool] = (False, False), **changes: object) -> list[str]:
        values = (Value("Two", (two,), 1, old[0]), Value("Three", (three,), 1, old[1]))
        answer = make_answer(citations=(two,), agreement=Agreement(difference, values), **changes)
        return [one.why for one in passages_seen(reading, candidates, answer, 0.5)]

    assert fates(Difference.CONFLICT) == ["cited as [1]", "tells another value: Three"]
    assert fates(Difference.UPDATE, (False, True)) == ["cited as [1]", "tells an earlier value: Three"]
    assert fates(Difference.UPDATE, (True, False)) == ["cited as [1]", "tells a later value: Three"]
    assert fates(Difference.WORDING)[1] == "its words are trusted less (70%) than the first (80%)"
    silent = {"abstained": True, "reason": "they differ"}
    assert fates(Difference.CONFLICT, **silent) == ["tells one of the values: Two", "tells one of the values: Three"]
    assert fates(Difference.WORDING, **silent)[0] == "its words come first, but they differ"
