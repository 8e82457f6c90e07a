"""What speaks for a candidate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.reading.decide import rate
from rag.reading.evidence import asks_yes_no, candidates, points
from rag.reading.rule import FEATURES, Rule
from tests.reading.spans import A, B, C, reading, span


def test_features_are_what_they_say() -> None:
    spans = [span(A, "43 migrants", 4.0, hit_score=0.3), span(B, "43", 3.0, hit_score=0.9)]
    [candidate] = rate(reading(*spans), Rule())
    assert candidate.features == pytest.approx({"margin": 4.0, "retrieval": (0.9 - 0.3) / (0.9 - 0.3), "polar": 0.0})
    assert set(candidate.features) >= set(FEATURES)


@pytest.mark.parametrize("scale", [1.0, 12.0, 0.016])
def test_a_retrievers_own_scale_does_not_matter(scale: float) -> None:
    spans = [span(p, p.text[3:6], 1.0, hit_score=scale * score) for p, score in ((A, 1.0), (B, 0.25), (C, 0.5))]
    found = {c.best.hit.passage.passage_id: c.features["retrieval"] for c in rate(reading(*spans), Rule())}
    assert found == pytest.approx({A.passage_id: 1.0, B.passage_id: 0.0, C.passage_id: (0.5 - 0.25) / (1 - 0.25)})


@pytest.mark.parametrize(
    ("question", "polar"),
    [("Is it open?", True), ("wasn't it open", True), ("Has he told what it is?", True),
     ("After the fire, was it open?", True), ("I live there: may I park?", True), ("What is it?", False),
     ("In which year, did he say, was it?", False), ("Is it open or shut?", False), ("Isolde, who is she?", False),
     ("The council decided", False), ("", False), ("May 2025 regatta winner", False), ("it sank, May 17", False),
     ("Can you tell me who won the race?", False), ("Do you know how many were aboard?", False),
     ("Had the council refused, who would have paid?", False), ("Tell me the mayor's name, will you?", False),
     ("The body, the Council, are made up of what type of people?", False), ("May's last day", False),
     ("Must-see things", False), ("Won't the ferry run?", True), ("And did he resign?", True),
     ("The ferry sank. Did anyone die?", True), ("Do you have to pay when it rains?", True),
     ("Name a must-have boat", False), ("the boats - were they late?", True)],
)  # fmt: skip
def test_a_question_that_a_verb_opens_asks_for_yes_or_no(question: str, polar: bool) -> None:
    assert asks_yes_no(question) is polar


def test_a_yes_no_question_is_told_the_rule() -> None:
    asked = replace(reading(span(A, "43 migrants", 4.0)), question="Did 43 migrants land?")
    [(_, features)] = candidates(asked)
    assert features["polar"] == 1.0


@pytest.mark.parametrize(
    ("answer", "pointing"),
    [("he", True), ("Their", True), ("I", True), ("WHO", False), ("IT", False), ("one", False), ("he said", False),
     ("43", False), ("Ada", False)],
)  # fmt: skip
def test_a_mere_pronoun_points_at_an_answer_and_is_none(answer: str, pointing: bool) -> None:
    assert points(answer) is pointing


def test_a_pronoun_is_no_candidate_however_sure_the_reader_is() -> None:
    found = candidates(reading(span(B, "they", 9.0), span(A, "43 migrants", 1.0)))
    assert [[one.text for one in spans] for spans, _ in found] == [["43 migrants"]]
