"""Asking questions on trial, with an embedder that counts letters and a reader that finds nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import pytest

from rag.eval.questions import Evidence, QuestionRow
from rag.eval.rows import Row
from rag.training.trials import Asked, ask_questions, ask_rows, make_trial
from rag.types import Hit, Reading, Span
from tests.conftest import make_passage


def reading(*candidates: tuple[str, float, float], question: str = "What colour was it?") -> Reading:
    """A reading of one passage for each (text, margin, retrieval score)."""
    spans = []
    for text, margin, score in candidates:
        passage = make_passage(f"It was {text} then.", text)
        hit = Hit(passage, score, 1, "fused")
        spans.append(Span(hit, 7, 7 + len(text), margin, 0.0))
    spans.sort(key=lambda span: -span.margin)
    return Reading(question, tuple(span.hit for span in spans), tuple(spans), 0.0)


def test_a_candidate_is_right_where_an_answer_would_be() -> None:
    read = reading(("red", 3.0, 1.0), ("dark blue sea", 1.0, 0.5))
    right = make_trial(Asked(read, ("blue",), "a story"))
    # "dark blue sea" against "blue": precision 1/3, recall 1, F1 = 2 * (1/3) / (4/3) = 1/2
    assert right.candidates == (
        ({"margin": 3.0, "retrieval": 1.0, "polar": 0.0}, False),
        ({"margin": 1.0, "retrieval": 0.0, "polar": 0.0}, True),
    )
    assert (right.answerable, right.about) == (True, "a story")
    numbers = make_trial(Asked(reading(("About 34 migrants", 1.0, 1.0)), ("About 43 migrants",), "a story"))
    assert [found for _, found in numbers.candidates] == [False]
    nothing = make_trial(Asked(read, (), "a story"))
    assert [found for _, found in nothing.candidates] == [False, False]
    assert not nothing.answerable


@pytest.mark.parametrize(
    ("quote", "right"),
    [("It was red then.", True), ("was red", True), ("They say: It was red then.", True), ("It was blue then.", False)],
)
def test_a_yes_no_question_is_answered_by_the_sentence_that_proves_it(quote: str, right: bool) -> None:
    read = reading(("red", 3.0, 1.0), question="Was it red?")
    [(features, found)] = make_trial(Asked(read, (quote,), "a story", proof=True)).candidates
    assert (features["polar"], found) == (1.0, right)
    assert [found for _, found in make_trial(Asked(read, (), "a story", proof=True)).candidates] == [False]


def test_hand_written_questions_are_asked_once_about_the_article_that_proves_them() -> None:
    proof = (Evidence("n1", "It was red."), Evidence("n2", "Red."))
    rows = [
        QuestionRow("1", "Who?", "fact", ("red", "dark red"), evidence=proof),
        QuestionRow("2", "Why?", "fact", ()),
        QuestionRow("3", "Was it red?", "yes_no", ("yes",), evidence=proof),
    ]
    trials = ask_questions(rows, lambda question: reading(("red", 1.0, 1.0), question=question))
    assert [(t.reading.question, t.answers, t.about, t.proof) for t in trials] == [
        ("Who?", ("red", "dark red"), "n1", False),
        ("Why?", (), "2", False),
        ("Was it red?", ("It was red.", "Red."), "n1", True),
    ]


class Letters:
    """An embedder that counts letters."""

    name, dim, max_tokens = "letters", 26, 256

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+", text))

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> np.ndarray:
        counts = np.array([text.lower().count(chr(97 + n)) for n in range(26)], np.float32) + 1e-3
        return counts / np.linalg.norm(counts)


class Notes:
    """A reader that finds nothing; what it was given stands in the Reading."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        return Reading(question, tuple(hits), (), float("inf"))


CONTEXTS = [
    "The flight to Bogota carried 43 migrants.",
    "A treaty was signed in Oslo by the minister.",
    "Also in the news: 43 seats were won in Oslo.",
    "Stocks fell in Paris.",
]
ROWS = [
    Row("1", CONTEXTS[0], "How many migrants were on the flight?", ("43",)),
    Row("2", CONTEXTS[1], "Where was the treaty signed?", ("Oslo",)),
    Row("3", CONTEXTS[1], "Who won the flight?", ()),
    Row("4", CONTEXTS[2], "Seats?", ("43 seats",)),
    Row("5", CONTEXTS[3], "What fell?", ("Stocks",)),
]


def trials_of(rows: Sequence[Row], passages: int = 3) -> tuple[list[Asked], list[int]]:
    progress: list[int] = []
    made = ask_rows(
        rows, Letters(), Notes(), tokens=64, passages=passages, on_done=lambda *done: progress.append(done[0])
    )
    return made, progress


def test_an_answerable_question_is_asked_twice_and_another_once() -> None:
    trials, progress = trials_of(ROWS)
    assert [t.answers for t in trials] == [("43",), (), ("Oslo",), (), (), ("43 seats",), (), ("Stocks",), ()]
    assert [t.reading.question for t in trials[:2]] == [ROWS[0].question] * 2
    assert progress == [1, 2, 3, 4, 5]


def test_the_second_asking_sees_neither_the_own_context_nor_one_that_says_the_answer() -> None:
    trials, _ = trials_of(ROWS)
    texts = [[hit.passage.text for hit in t.reading.hits] for t in trials]
    assert texts[0][0] == CONTEXTS[0]
    assert sorted(texts[1]) == sorted([CONTEXTS[1], CONTEXTS[3]])  # context 2 says 43
    assert sorted(texts[3]) == sorted([CONTEXTS[0], CONTEXTS[3]])  # context 2 says Oslo
    assert CONTEXTS[0] in texts[6]  # "43" is not "43 seats"
    assert all(len(found) <= 3 for found in texts)


def test_an_answer_without_a_word_is_known_in_other_contexts_too() -> None:
    marked, plain = "The treaty got 🚀 for its mark.", "The treaty got no mark."
    rows = [Row("1", "The mark of the treaty: 🚀", "Which mark?", ("🚀",)), Row("2", marked, "What?", ()),
            Row("3", plain, "What?", ())]  # fmt: skip
    trials, _ = trials_of(rows)
    assert [hit.passage.text for hit in trials[1].reading.hits] == [plain]


def test_halves_go_by_what_is_asked_about() -> None:
    trials, _ = trials_of(ROWS)
    found = [make_trial(t) for t in trials]
    assert [t.about for t in found] == [CONTEXTS[0]] * 2 + [CONTEXTS[1]] * 3 + [CONTEXTS[2]] * 2 + [CONTEXTS[3]] * 2
    halves = [int(hashlib.sha256(context.encode()).hexdigest(), 16) % 2 for context in CONTEXTS]
    assert [t.half for t in found] == [halves[0]] * 2 + [halves[1]] * 3 + [halves[2]] * 2 + [halves[3]] * 2
