"""What speaks for a stretch: each feature, computed by hand, and the order that comes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.reading.decide import rate
from rag.reading.rule import Rule
from rag.reading.worth import BEFORE, BIAS, NEAR, READER, WEIGHTS, Find, ranked, rated
from rag.types import Hit, Reading, Span
from tests.conftest import make_passage

PASSAGE = make_passage("The pier shook. It fell at noon. Gulls cried.", "pier", 10)


def span(text: str, score: float, *, hit_score: float = 0.5) -> Span:
    start = PASSAGE.start + PASSAGE.text.index(text)
    return Span(Hit(PASSAGE, hit_score, 1, "fused"), start, start + len(text), score, 1.0)


def read(*spans: Span) -> Reading:
    return Reading("When did the pier fall?", (spans[0].hit,), spans, 1.0)


def find(*texts: str) -> Find:
    def found(text: str, read: Sequence[tuple[int, int]]) -> list[tuple[int, int, float]]:
        del read
        return [(text.index(each), text.index(each) + len(each), 0.75) for each in texts]

    return found


def features(about: str, text: str, *spans: Span) -> dict[str, float]:
    ((stretch, found),) = rated(about, read(*spans), find(text))
    assert stretch.text == text
    return found


def test_a_stretch_has_the_best_margin_of_the_spans_in_it() -> None:
    found = features("fall", "at noon", span("noon", 5.0), span("at noon", 4.0), span("Gulls", 9.0))
    assert found["margin"] == 5.0 - 1.0
    assert found["cue"] == 0.75


def test_what_no_span_lies_in_is_below_them_all() -> None:
    assert features("fall", "cried", span("noon", 5.0), span("The pier", -2.0))["margin"] == -2.0 - 1.0 - 4.0


def test_how_much_the_reader_expects_of_a_stretch() -> None:
    found = features("fall", "at noon", span("noon", 3.0), span("Gulls", 2.0))
    probable = math.exp(0) / (math.exp(0) + math.exp(-1))
    assert found["agreed"] == pytest.approx(probable * (2 * 4 / (7 + 4)))


def test_what_stands_around_counts_less_in_the_sentence_before() -> None:
    here = features("noon", "fell at", span("noon", 1.0))["around"]
    before = features("pier", "fell at", span("noon", 1.0))["around"]
    assert here == pytest.approx(1.0)
    assert before == pytest.approx(BEFORE)
    assert features("gulls", "fell at", span("noon", 1.0))["around"] == 0.0


def test_an_echo_of_the_question() -> None:
    assert features("pier", "pier shook", span("noon", 1.0))["echo"] == 1 / 2


@pytest.mark.parametrize("rule", [Rule(), Rule(-2.0, {"margin": 0.3, "retrieval": 1.7, "polar": 0.2})])
def test_the_worth_is_the_sum_of_its_parts_and_what_the_rule_will_say(rule: Rule) -> None:
    whole = span("at noon", 4.0)
    (best,) = ranked("fall", read(whole), find("at noon"), 5, rule)
    ((_, found),) = rated("fall", read(whole), find("at noon"))
    worth = BIAS + READER * (3.0 + NEAR * 1.0) + sum(WEIGHTS[name] * found[name] for name in WEIGHTS)
    assert rule.score({"margin": best.margin, "retrieval": 1.0, "polar": 0.0}) == pytest.approx(worth)


def test_best_first_and_no_more_than_asked_for() -> None:
    found = ranked(
        "fall", read(span("at noon", 6.0), span("Gulls", -6.0)), find("Gulls cried", "at noon", "The pier"), 2, Rule()
    )
    assert found[0].text == "at noon"
    assert len(found) == 2


def test_nothing_read_gives_nothing() -> None:
    assert ranked("fall", Reading("?", (), (), math.inf), find("x"), 5, Rule()) == ()


def test_two_passages_that_say_the_same_are_one_candidate_of_the_confidence_meant() -> None:
    rule = Rule(-2.2, {"margin": 0.39, "retrieval": 2.2, "polar": 0.2})
    near, far = (make_passage("The pier fell at noon.", name) for name in ("near", "far"))
    spans = [
        Span(Hit(passage, score, rank, "fused"), 14, 21, 2.0, 0.0)
        for rank, (passage, score) in enumerate(((near, 1.0), (far, 0.0)), start=1)
    ]
    reading = Reading("When did the pier fall?", tuple(span.hit for span in spans), tuple(spans), 0.0)
    found = [one for one in ranked("fall", reading, find("at noon"), 5, rule) if one.text == "at noon"]
    first = rate(replace(reading, spans=tuple(found)), rule)[0]
    assert len(first.spans) == 2  # neither is lost for its retrieval
    ((_, features),) = [one for one in rated("fall", reading, find("at noon")) if one[0].hit.passage is near]
    worth = BIAS + READER * (2.0 + NEAR) + sum(WEIGHTS[name] * features[name] for name in WEIGHTS)
    assert first.confidence == pytest.approx(1 / (1 + math.exp(-worth)))
