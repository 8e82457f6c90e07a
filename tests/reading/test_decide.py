"""Deciding by hand: hits, spans and features are written out; no model runs."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.reading.decide import MAX_ALTERNATIVES, Candidate, decide, group, rate, same_answer
from rag.reading.rule import FEATURES, Rule
from rag.types import SAID_NOTHING, Hit, Passage, Reading, Reason, Span
from tests.conftest import make_passage

FLIGHT = "A flight left Texas. It carried 43 migrants on Monday. The White House said so."
AGENCY = "Officials confirmed the number. There were 43 on board, they said."
OTHER = "Another report spoke of 119 deportees. It came from Panama."


def span(passage: Passage, text: str, margin: float, *, null: float = -2.0, hit_score: float = 0.5) -> Span:
    start = passage.start + passage.text.index(text)
    return Span(Hit(passage, hit_score, 1, "fused"), start, start + len(text), margin + null, null)


def reading(*spans: Span, question: str = "How many migrants were on the flight?") -> Reading:
    best_first = sorted(spans, key=lambda s: -s.margin)
    hits = tuple(dict.fromkeys(s.hit for s in best_first))
    return Reading(question, hits, tuple(best_first), min((s.null_score for s in spans), default=float("inf")))


A = make_passage(FLIGHT, "a", 100, title="Deportation flight")
B = make_passage(AGENCY, "b", 0, title="Agency")
C = make_passage(OTHER, "c", 0, title="Other")


def test_the_best_candidate_is_the_answer_with_its_whole_sentence() -> None:
    answer = decide(reading(span(A, "43 migrants", 4.0), span(C, "119", 1.0)), Rule())
    assert (answer.text, answer.sentence) == ("43 migrants", "It carried 43 migrants on Monday.")
    assert (answer.abstained, answer.reason) == (False, None)
    assert answer.confidence == pytest.approx(1 / (1 + math.exp(-4.0)))
    [citation] = answer.citations
    start = 100 + FLIGHT.index("It carried")
    assert (citation.number, citation.source, citation.quote) == (1, A.source, answer.sentence)
    assert (citation.start, citation.end) == (start, start + len("It carried 43 migrants on Monday."))


def test_equal_answers_of_several_articles_are_one_and_each_article_is_cited_once() -> None:
    later = make_passage("So there were 43 of them. Bye.", "a", 500)
    spans = [span(A, "43 migrants", 4.0), span(B, "43", 3.0), span(later, "43", 2.0), span(A, "43", 3.5)]
    answer = decide(reading(*spans), Rule())
    assert answer.text == "43 migrants"
    assert [(c.number, c.source.article_id, c.quote) for c in answer.citations] == [
        (1, "a", "It carried 43 migrants on Monday."),
        (2, "b", "There were 43 on board, they said."),
    ]
    assert answer.alternatives == ()


def test_a_source_that_is_far_less_sure_is_not_cited() -> None:
    for margin, cited in ((4.0 - 5.9, 2), (4.0 - 6.1, 1)):
        answer = decide(reading(span(A, "43 migrants", 4.0), span(B, "43", margin)), Rule())
        assert len(answer.citations) == cited


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("43", "43 migrants", True),
        ("rubio", "marco rubio", True),
        ("marco rubio", "marco rubio", True),
        ("rubio", "secretary of state marco rubio", False),
        ("rubio", "state marco rubio", False),
        ("marco rubio", "state marco rubio said", True),
        ("43 2", "43", False),
        ("43 migrants", "44 migrants", False),
        ("migrants", "43 migrants", False),
        ("monday morning", "morning monday", False),
        ("rubio", "trump", False),
        ("marco x rubio", "marco rubio", False),
        ("", "rubio", False),
        ("$2.7 million", "almost $2.7 million", True),
        ("Captain Ilse Marrable", "Ilse Marrable", True),
        ("guilty", "not guilty", False),
        ("£40", "$40", False),
        ("$5", "5%", False),
        ("2", "2 million", False),
        ("-5", "5", False),
        ("four", "twenty-four", False),
        ("Korea", "North Korea", False),
        ("administrator", "acting administrator", False),
    ],
)
def test_the_shorter_answer_stands_in_the_longer_and_is_half_of_it(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


def test_case_articles_and_marks_do_not_make_answers_differ() -> None:
    one, other = make_passage("In the U.S. it was.", "a"), make_passage("In US it was.", "b")
    assert len(group([span(one, "the U.S.", 2.0), span(other, "US", 1.0)])) == 1


def test_groups_stay_in_order_and_take_one_span_of_a_passage() -> None:
    spans = [span(A, "43 migrants", 4.0), span(C, "119", 3.0), span(A, "43", 2.0), span(B, "43", 1.0)]
    assert group(spans) == [(spans[0], spans[3]), (spans[1],)]
    assert group([]) == []


def test_features_are_what_they_say() -> None:
    spans = [span(A, "43 migrants", 4.0, hit_score=0.3), span(B, "43", 3.0, hit_score=0.9)]
    [candidate] = rate(reading(*spans), Rule())
    assert candidate.features == pytest.approx({"margin": 4.0, "retrieval": (0.9 - 0.3) / (0.9 - 0.3)})
    assert set(candidate.features) >= set(FEATURES)


@pytest.mark.parametrize("scale", [1.0, 12.0, 0.016])
def test_a_retrievers_own_scale_does_not_matter(scale: float) -> None:
    spans = [span(p, p.text[3:6], 1.0, hit_score=scale * score) for p, score in ((A, 1.0), (B, 0.25), (C, 0.5))]
    found = {c.best.hit.passage.passage_id: c.features["retrieval"] for c in rate(reading(*spans), Rule())}
    assert found == pytest.approx({A.passage_id: 1.0, B.passage_id: 0.0, C.passage_id: (0.5 - 0.25) / (1 - 0.25)})


def test_the_rule_orders_candidates_not_the_margin() -> None:
    both = reading(span(A, "43", 3.0, hit_score=0.1), span(C, "119", 2.0, hit_score=0.9))
    assert decide(both, Rule()).text == "43"
    assert decide(both, Rule(0.0, {"margin": 1.0, "retrieval": 5.0})).text == "119"


def test_ties_break_by_passage_id_then_place() -> None:
    one, other = make_passage("It was red then blue.", "a"), make_passage("It was green.", "b")
    spans = [span(other, "green", 1.0), span(one, "blue", 1.0), span(one, "red", 1.0)]
    assert [c.best.text for c in rate(reading(*spans), Rule())] == ["red", "blue", "green"]


def test_below_the_threshold_the_closest_sentence_is_shown_and_is_no_answer() -> None:
    answer = decide(reading(span(A, "43 migrants", -1.0), span(C, "119", -2.0)), Rule())
    assert (answer.text, answer.abstained, answer.reason) == (SAID_NOTHING, True, str(Reason.NO_ANSWER))
    assert answer.confidence == pytest.approx(1 / (1 + math.exp(1.0)))
    assert answer.sentence == "It carried 43 migrants on Monday."
    assert [c.quote for c in answer.citations] == [answer.sentence]
    assert answer.alternatives == ()


def test_the_threshold_itself_is_enough() -> None:
    assert not decide(reading(span(A, "43", 0.0)), Rule(threshold=0.5)).abstained
    assert decide(reading(span(A, "43", 0.0)), Rule(threshold=0.500001)).abstained


def test_any_threshold_can_be_swept_over_one_reading() -> None:
    kept = reading(span(A, "43", 1.0))
    answered = [not decide(kept, Rule(threshold=t / 10)).abstained for t in range(11)]
    confidence = 1 / (1 + math.exp(-1.0))
    assert answered == [t / 10 <= confidence for t in range(11)]


def test_nothing_found_is_said_so() -> None:
    answer = decide(Reading("Who?", (), (), float("inf")), Rule())
    assert (answer.question, answer.text, answer.abstained) == ("Who?", SAID_NOTHING, True)
    assert answer.reason == "nothing in the articles matches the question"
    assert (answer.confidence, answer.sentence, answer.citations) == (0.0, "", ())


def test_alternatives_pass_the_threshold_do_not_overlap_and_are_few() -> None:
    words = make_passage("It was red, blue, green, white, black and grey.", "a")
    spans = [span(words, text, 9.0 - n) for n, text in enumerate(["red", "blue", "green", "white", "black"])]
    low, beside = span(words, "grey", -3.0), span(words, "red, blue, green, white", 8.5)
    answer = decide(reading(*spans, low, beside), Rule())
    assert answer.text == "red"
    assert [a.text for a in answer.alternatives] == ["blue", "green", "white"][:MAX_ALTERNATIVES]
    assert [a.confidence for a in answer.alternatives] == pytest.approx([1 / (1 + math.exp(-m)) for m in (8, 7, 6)])
    assert answer.alternatives[0].sentence == words.text
    assert [c.number for c in answer.alternatives[0].citations] == [1]


def test_an_answer_across_two_sentences_is_cited_with_both() -> None:
    answer = decide(reading(span(A, "Texas. It carried 43", 3.0)), Rule())
    assert answer.sentence == "A flight left Texas. It carried 43 migrants on Monday."


PASSAGES = [A, B, C, make_passage("Né 🚀 “43”… e\u0301 said.\nPhoto by Mr. X", "d", 7), make_passage("x", "e", 3)]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from(PASSAGES), st.integers(0, 99), st.integers(1, 9), st.floats(-5, 5)), max_size=8)
)
def test_every_quote_is_verbatim_and_holds_its_answer(raw: list[tuple[Passage, int, int, float]]) -> None:
    spans = []
    for passage, at, length, margin in raw:
        first = at % len(passage.text)
        last = min(first + length, len(passage.text))
        spans.append(Span(Hit(passage, 0.5, 1, "x"), passage.start + first, passage.start + last, margin, 0.0))
    answer = decide(reading(*spans), Rule())
    cited = [*answer.citations, *(c for a in answer.alternatives for c in a.citations)]
    by_id = {passage.source.article_id: passage for passage in PASSAGES}
    for citation in cited:
        passage = by_id[citation.source.article_id]
        assert passage.text[citation.start - passage.start : citation.end - passage.start] == citation.quote
    assert {c.source.article_id for c in cited} <= {s.hit.passage.source.article_id for s in spans}
    for one in (answer, *answer.alternatives):
        if one.text != SAID_NOTHING:
            assert one.text in one.sentence == one.citations[0].quote
            assert [c.number for c in one.citations] == list(range(1, len(one.citations) + 1))
    assert all(one.confidence >= other.confidence for one, other in pairwise(answer.alternatives))


def test_a_candidate_shows_its_best_span() -> None:
    spans = (span(A, "43", 2.0), span(B, "43", 1.0))
    assert Candidate(spans, {}, 0.5).best is spans[0]
