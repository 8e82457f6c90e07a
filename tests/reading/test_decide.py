"""Deciding by hand: hits, spans and features are written out; no model runs."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.reading.decide import MAX_ALTERNATIVES, Candidate, decide, rate
from rag.reading.rule import Rule
from rag.types import SAID_NOTHING, Hit, Passage, Reading, Reason, Span
from tests.conftest import make_passage
from tests.reading.spans import FLIGHT, A, B, C, reading, span


def test_the_best_candidate_is_the_answer_with_its_whole_sentence() -> None:
    answer = decide(reading(span(A, "43 migrants", 4.0), span(C, "119", 1.0)), Rule())
    assert (answer.text, answer.sentence) == ("43 migrants", "It carried 43 migrants on Monday.")
    assert (answer.abstained, answer.reason) == (False, None)
    assert answer.confidence == pytest.approx(1 / (1 + math.exp(-4.0)))
    [citation] = answer.citations
    start = 100 + FLIGHT.index("It carried")
    assert (citation.number, citation.source, citation.quote) == (1, A.source, answer.sentence)
    assert (citation.start, citation.end) == (start, start + len("It carried 43 migrants on Monday."))


def test_a_yes_no_question_is_answered_by_the_sentence_that_proves_it() -> None:
    read = reading(span(A, "43 migrants", 4.0), span(A, "Monday", 3.8), span(B, "on board", 3.5), span(C, "119", 3.0))
    answer = decide(replace(read, question="Did 43 migrants fly?"), Rule())
    assert answer.text == answer.sentence == answer.citations[0].quote == "It carried 43 migrants on Monday."
    told = [(other.text, other.sentence) for other in answer.alternatives]
    assert told
    assert all(text == sentence for text, sentence in told)
    assert len({answer.text, *(text for text, _ in told)}) == len(told) + 1  # no sentence twice
    silent = decide(replace(read, question="Did 43 migrants fly?"), Rule(threshold=0.999))
    assert (silent.text, silent.sentence) == (SAID_NOTHING, answer.sentence)


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
