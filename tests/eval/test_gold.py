"""Where evidence stands, and which passages and citations hold it."""

from __future__ import annotations

import math

from rag.eval.gold import (
    Place,
    citation_precision,
    citation_recall,
    gold_places,
    held,
    holds,
    relevant,
    touches,
)
from rag.eval.questions import Evidence, QuestionRow
from rag.types import Answer, Citation
from tests.conftest import make_article, make_passage

TEXTS = {"a": "Ada won. Bo lost. Ada won. Cy left.", "b": "It rained."}


def row(*evidence: Evidence) -> QuestionRow:
    return QuestionRow("1", "Who won?", "who", ("Ada",), evidence=evidence)


def cited(*places: tuple[str, int, int]) -> Answer:
    citations = tuple(
        Citation(n, make_article("", name).source, TEXTS[name][start:end], start, end)
        for n, (name, start, end) in enumerate(places, start=1)
    )
    return Answer("Who won?", "Ada", False, None, 0.9, "Ada won.", citations)


def test_a_quote_has_every_place_where_it_stands() -> None:
    asked = row(Evidence("a", "Ada won."), Evidence("b"), Evidence("gone", "Ada"), Evidence("a", "never said"))
    assert gold_places(asked, TEXTS) == (Place("a", 0, 8, True), Place("a", 18, 26, True), Place("b", 0, 10, False))


def test_a_passage_is_relevant_when_it_holds_half_of_a_quote() -> None:
    place = Place("a", 18, 26, True)  # 8 characters
    assert holds(make_passage(TEXTS["a"][9:22], "a", 9), place)  # 4 of them
    assert not holds(make_passage(TEXTS["a"][9:21], "a", 9), place)  # 3
    assert not holds(make_passage(TEXTS["a"], "b"), place)
    assert relevant(make_passage(TEXTS["a"][:8], "a"), [place, Place("a", 0, 8, True)])
    assert not relevant(make_passage(TEXTS["a"][:8], "a"), [])
    assert holds(make_passage("rained", "b", 3), Place("b", 0, 10, False))  # any passage of the article


def test_all_passages_that_hold_evidence() -> None:
    first, second = make_passage(TEXTS["a"][:8], "a"), make_passage(TEXTS["a"][9:], "a", 9)
    places = gold_places(row(Evidence("a", "Bo lost.")), TEXTS)
    assert held(places, {"a": [first, second], "b": [make_passage(TEXTS["b"], "b")]}) == [second]
    assert held(places, {}) == []


def test_citations_by_hand() -> None:
    places = gold_places(row(Evidence("a", "Bo lost."), Evidence("b", "It rained.")), TEXTS)
    answer = cited(("a", 0, 10), ("a", 0, 9), ("a", 18, 26))  # the first one shares its "B"
    assert [touches(citation, places) for citation in answer.citations] == [True, False, False]
    assert citation_precision(answer, places) == 1 / 3
    assert citation_recall(answer, places) == 1 / 2
    assert citation_recall(cited(("a", 18, 26)), places) == 0.0
    assert math.isnan(citation_precision(cited(), places))
    assert math.isnan(citation_recall(answer, ()))
